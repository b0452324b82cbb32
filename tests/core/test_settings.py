"""The settings: declared once, kept as differences, one bad value never hides the others."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core import settings as module
from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.core.settings import OPTIONS, Settings, SettingsError, change, load


def test_that_a_missing_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.toml") == (Settings(), ())


def test_that_only_differences_from_the_defaults_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    changed = change(path, Settings(), theme="dark", week_starts="monday")
    assert changed.theme == "dark"
    assert tomllib.loads(path.read_text()) == {"theme": "dark"}
    assert load(path) == (changed, ())


def test_that_a_setting_put_back_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    changed = change(path, Settings(), theme="dark", thresholds=(50, 100))
    change(path, changed, theme="system")
    assert tomllib.loads(path.read_text()) == {"thresholds": [50, 100]}


def test_that_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    change(path, Settings(), notify=False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_that_one_bad_setting_never_hides_the_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        'theme = "purple"\nweek_starts = "sunday"\nnotify = 1\nquiet_from = "25:00"\n'
        "thresholds = [90, 80]\nunheard_of = 3\nsnooze_until = 1979-05-27T07:32:00Z\n"
        'log_folders = ["/srv/logs"]\n'
    )
    settings, problems = load(path)
    assert settings == Settings(week_starts="sunday", log_folders=("/srv/logs",))
    names = ("theme", "notify", "quiet_from", "thresholds", "unheard_of", "snooze_until")
    assert len(problems) == len(names)
    for name, problem in zip(names, problems, strict=True):
        assert name in problem


@pytest.mark.parametrize("content", [b"theme = ", b"\xff\xfe\x00", b"= 3"])
def test_that_a_file_which_is_no_toml_is_named_and_the_defaults_hold(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    settings, problems = load(path)
    assert settings == Settings()
    assert len(problems) == 1
    assert str(path) in problems[0]


def test_that_a_settings_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    settings, problems = load(tmp_path)
    assert settings == Settings()
    assert "cannot be read" in problems[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "purple"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../etc/passwd"),
        ("notify", "yes"),
        ("quiet_to", "7:00"),
        ("snooze_until", "2026-11-20T14:00:00"),
        ("thresholds", ()),
        ("thresholds", (0,)),
        ("log_folders", ("a\nb",)),
        ("log_folders", "text"),
        ("nothing", True),
    ],
)
def test_that_a_wrong_value_is_refused_by_name_and_changes_nothing(
    tmp_path: Path, name: str, value: module.Value
) -> None:
    path = tmp_path / "settings.toml"
    with pytest.raises(SettingsError, match=name):
        change(path, Settings(), **{name: value})
    assert not path.exists()


@pytest.mark.parametrize(
    ("name", "value", "is_taken"),
    [
        ("gateway_port", 1024, True),
        ("gateway_port", 1023, False),
        ("gateway_port", "4815", False),
        ("gateway_port", True, False),
        ("gateway_upstreams", ("groq=https://api.groq.com/openai",), True),
        ("gateway_upstreams", ("a\nb",), False),
        ("receive_otlp", True, True),
        ("theme", "purple", False),
    ],
)
def test_that_a_value_can_be_tried_before_it_is_kept(
    name: str, value: module.Value, *, is_taken: bool
) -> None:
    assert module.takes(name, value) is is_taken


def test_that_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="cannot be kept"):
        change(tmp_path / "absent" / "settings.toml", Settings(), notify=False)


def test_that_every_option_is_titled_and_described() -> None:
    for name, option in OPTIONS.items():
        assert option.name == name
        assert option.title
        assert option.description.endswith(".")


printable = st.text(max_size=40).filter(str.isprintable)


@given(folders=st.lists(printable, max_size=5).map(tuple), quiet=st.times())
def test_that_what_is_kept_is_what_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, folders: tuple[str, ...], quiet: object
) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    try:
        "".join(folders).encode()
    except UnicodeEncodeError:
        return
    kept = change(path, Settings(), log_folders=folders, quiet_from=str(quiet)[:5])
    assert load(path) == (kept, ())

"""The profile: one folder when it is named, else the usual ones, and private either way."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from alwrity_desktop.core import profile
from alwrity_desktop.core.domain.errors import WorldError


@pytest.fixture(autouse=True)
def _umask_is_put_back() -> Iterator[None]:
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


def test_that_one_named_folder_holds_everything(tmp_path: Path) -> None:
    found = profile.find({"ALWRITY_DESKTOP_HOME": str(tmp_path / "here")})
    paths = (found.settings, found.window, found.ledger, found.sample, found.prices, found.log)
    assert all(path.is_relative_to(tmp_path / "here") for path in (*paths, found.cache))
    assert len(set(paths)) == len(paths)
    assert not (tmp_path / "here").exists()


def test_that_without_a_name_the_usual_folders_hold_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    found = profile.find({})
    assert "alwrity-desktop" in str(found.ledger)
    if os.uname().sysname == "Linux":
        assert found.ledger == tmp_path / "data" / "alwrity-desktop" / "ledger.sqlite3"


def test_that_folders_and_new_files_are_closed_to_others(tmp_path: Path) -> None:
    home = tmp_path / "a" / "b"
    found = profile.find({"ALWRITY_DESKTOP_HOME": str(home)})
    profile.prepare(found)
    (home / "new").write_text("")
    for path in (home, found.cache, found.logs, home / "new"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_that_an_open_folder_of_ours_is_closed_and_a_shared_one_is_left(tmp_path: Path) -> None:
    ours, shared = tmp_path / "ours", tmp_path / "shared"
    ours.mkdir()
    ours.chmod(0o755)
    shared.mkdir()
    shared.chmod(0o1777)
    profile.prepare(profile.find({"ALWRITY_DESKTOP_HOME": str(ours)}))
    profile.prepare(profile.find({"ALWRITY_DESKTOP_HOME": str(shared)}))
    assert stat.S_IMODE(ours.stat().st_mode) == 0o700
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777


def test_that_a_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = profile.find({"ALWRITY_DESKTOP_HOME": str(tmp_path / "file" / "home")})
    with pytest.raises(WorldError, match=r"cannot be used .*ALWRITY_DESKTOP_HOME"):
        profile.prepare(found)

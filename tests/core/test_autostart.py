"""The gateway's entry among what the desktop starts at login."""

from __future__ import annotations

import configparser
import re
import shlex
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core import autostart
from alwrity_desktop.core.domain.errors import WorldError


def exec_of(path: Path) -> str:
    parser = configparser.RawConfigParser()
    parser.read(path, encoding="utf-8")
    return parser["Desktop Entry"]["Exec"]


def test_that_the_entry_starts_the_gateway_with_this_profile(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "ALWRITY_DESKTOP_HOME": "/home/ada/my data"}
    autostart.set_at_login(environ, is_wanted=True)
    words = shlex.split(exec_of(autostart.entry_path(environ)))
    assert words == [
        "env", "ALWRITY_DESKTOP_HOME=/home/ada/my data",
        sys.executable, "-m", "alwrity_desktop", "gateway",
    ]  # fmt: skip
    autostart.set_at_login(environ, is_wanted=False)
    autostart.set_at_login(environ, is_wanted=False)
    assert not autostart.entry_path(environ).exists()


def test_that_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "autostart").write_text("")
    with pytest.raises(WorldError, match="start at login cannot be kept"):
        autostart.set_at_login({"XDG_CONFIG_HOME": str(tmp_path)}, is_wanted=True)


def test_that_a_relative_folder_is_not_believed() -> None:
    path = autostart.entry_path({"XDG_CONFIG_HOME": "here"})
    assert path.is_absolute()
    assert path.parts[-3:-1] == (".config", "autostart")


@given(
    st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1), min_size=1)
)
def test_that_every_word_arrives_as_it_was(words: list[str]) -> None:
    assert words_of(autostart.command_line(words)) == words


def words_of(line: str) -> list[str]:
    """Read an Exec key as desktops do: escapes of the string, field codes, then quotes."""
    plain = line.replace("\\\\", "\\").replace("%%", "%")
    found = re.findall(r'"((?:\\.|[^"\\])*)"(?: |$)|([^ "]+)(?: |$)', plain)
    return [re.sub(r"\\(.)", r"\1", quoted) or bare for quoted, bare in found]

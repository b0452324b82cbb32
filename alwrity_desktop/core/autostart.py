"""Starts the gateway at login, by an entry in the desktop's autostart folder."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.core.files import replacing
from alwrity_desktop.core.gateway_control import GATEWAY_COMMAND
from alwrity_desktop.core.profile import HOME_VARIABLE

ENTRY: Final = "alwrity-desktop-gateway.desktop"

_RESERVED: Final = frozenset(" \t\n\"'\\><~|&;$*?#()`%")
_ESCAPED: Final = str.maketrans({each: f"\\{each}" for each in '"`$\\'})


def is_possible() -> bool:
    """Return whether this desktop starts what its autostart folder names."""
    return sys.platform.startswith(("linux", "freebsd"))


def entry_path(environ: Mapping[str, str]) -> Path:
    """Return where the entry lies, whether it is there or not."""
    config = environ.get("XDG_CONFIG_HOME", "")
    folder = Path(config) if config.startswith("/") else Path.home() / ".config"
    return folder / "autostart" / ENTRY


def set_at_login(environ: Mapping[str, str], *, is_wanted: bool) -> None:
    """Make the entry, or take it away. Raises WorldError where the folder cannot be written."""
    path = entry_path(environ)
    try:
        if not is_wanted:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(_entry(environ))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"The start at login cannot be kept in {path} ({reason})."
        raise WorldError(message) from error


def _entry(environ: Mapping[str, str]) -> str:
    command = list(GATEWAY_COMMAND[:-1])
    home = environ.get(HOME_VARIABLE, "").strip()
    if home:
        command = ["env", f"{HOME_VARIABLE}={Path(home).expanduser().absolute()}", *command]
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        "Name=ALwrity Desktop gateway",
        "Comment=Counts what AI calls cost as they pass",
        f"Exec={command_line(command)}",
        "NoDisplay=true",
        "Terminal=false",
    )
    return "\n".join(lines) + "\n"


def command_line(words: Sequence[str]) -> str:
    """Return *words* as the Exec key of a desktop entry has them."""
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    if word and _RESERVED.isdisjoint(word):
        return word
    # Quoted once for the command line, and once more for the entry's own strings.
    quoted = f'"{word.translate(_ESCAPED)}"'.replace("%", "%%")
    return quoted.replace("\\", "\\\\")

"""Looks for a display before Qt does: without one Qt aborts the process."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from alwrity_desktop.core.domain.errors import WorldError

_X11_FOLDER: Final = Path("/tmp/.X11-unix")  # noqa: S108 - where X servers listen
_SCREENLESS: Final = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")


def check_display(environ: Mapping[str, str], platform: str) -> None:
    """Raise WorldError with what to do where no window can be opened."""
    if platform in {"win32", "darwin"}:
        return
    if environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in _SCREENLESS:
        return
    wayland, display = environ.get("WAYLAND_DISPLAY", ""), environ.get("DISPLAY", "")
    if wayland and _wayland_answers(environ, wayland):
        return
    if display and _x_answers(display):
        return
    where = f"The display {display or wayland} does not answer." if display or wayland else ""
    raise WorldError(
        f"{where or 'There is no display here'}"
        f"{'' if where else ', so the window cannot be opened.'} "
        "Start it in a desktop session, or use the command line: "
        "alwrity-desktop report, alwrity-desktop --help."
    )


def _wayland_answers(environ: Mapping[str, str], name: str) -> bool:
    return _connects(Path(environ.get("XDG_RUNTIME_DIR", "/")) / name)


def _x_answers(display: str) -> bool:
    """Return whether a local X server answers; a remote one is left to Qt."""
    host, _, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if host not in {"", "unix"} or not number.isdigit():
        return bool(number)
    return _connects(_X11_FOLDER / f"X{number}") or _connects_abstract(f"X{number}")


def _connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _connects_abstract(name: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(f"\0{_X11_FOLDER}/{name}")
        except OSError:
            return False
        return True

"""The program's clock and the system's time zone: the only places that ask the machine for time."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from alwrity_desktop.core.domain.errors import PersonError
from alwrity_desktop.core.domain.periods import zone_of

NOW_VARIABLE: Final = "ALWRITY_DESKTOP_NOW"
LOCALTIME: Final = Path("/etc/localtime")
FALLBACK_ZONE: Final = "UTC"

_NS_PER_MS: Final = 1_000_000
_ZONE_FOLDER: Final = "zoneinfo/"


class Clock(msgspec.Struct, frozen=True):
    """Tells the time: the machine's, or one fixed moment."""

    #: UTC milliseconds at which the clock stands still; None for a clock that runs.
    fixed_ms: int | None = None

    def now_ms(self) -> int:
        """Return the present moment, UTC milliseconds since 1970."""
        return time.time_ns() // _NS_PER_MS if self.fixed_ms is None else self.fixed_ms


def clock_from_environment(environ: Mapping[str, str] | None = None) -> Clock:
    """Return the clock that ALWRITY_DESKTOP_NOW fixes, else the running one.

    A time without an offset is in the system's zone. Raises PersonError for text that is no
    ISO time.
    """
    environ = os.environ if environ is None else environ
    text = environ.get(NOW_VARIABLE, "").strip()
    if not text:
        return Clock()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = (
            f'{NOW_VARIABLE} is "{text:.40}", which is no time. '
            "Write it as 2026-11-20T14:32:00+01:00."
        )
        raise PersonError(message) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(system_timezone(environ)))
    return Clock(round(moment.timestamp() * 1000))


def system_timezone(environ: Mapping[str, str] | None = None, localtime: Path = LOCALTIME) -> str:
    """Return the IANA name of the system's zone: TZ, else /etc/localtime's link, else UTC."""
    environ = os.environ if environ is None else environ
    for name in (environ.get("TZ", "").removeprefix(":"), _zone_of_link(localtime)):
        if name and _is_zone(name):
            return name
    return FALLBACK_ZONE


def _zone_of_link(link: Path) -> str:
    try:
        target = link.readlink().as_posix()
    except OSError:
        return ""
    _, found, name = target.rpartition(_ZONE_FOLDER)
    return name if found else ""


def _is_zone(name: str) -> bool:
    try:
        zone_of(name)
    except PersonError:
        return False
    return True

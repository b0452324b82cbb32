"""The clock stands where it was set, and the system's zone has a name."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from alwrity_desktop.core.clock import Clock, clock_from_environment, system_timezone
from alwrity_desktop.core.domain.errors import PersonError

NOON_MS = 1_795_172_400_000


def test_that_the_variable_fixes_the_clock() -> None:
    clock = clock_from_environment({"ALWRITY_DESKTOP_NOW": "2026-11-20T12:00:00+01:00"})
    assert clock.now_ms() == NOON_MS
    assert clock_from_environment({"ALWRITY_DESKTOP_NOW": "2026-11-20T11:00:00Z"}) == clock


def test_that_a_time_without_offset_is_in_the_systems_zone() -> None:
    environ = {"ALWRITY_DESKTOP_NOW": "2026-11-20T12:00:00", "TZ": "Europe/Berlin"}
    assert clock_from_environment(environ).now_ms() == NOON_MS


def test_that_the_clock_runs_when_nothing_is_set() -> None:
    before = time.time_ns() // 1_000_000
    assert before <= clock_from_environment({}).now_ms() <= time.time_ns() // 1_000_000
    assert Clock(5).now_ms() == 5


def test_that_a_wrong_time_is_said_in_words() -> None:
    with pytest.raises(PersonError, match="no time"):
        clock_from_environment({"ALWRITY_DESKTOP_NOW": "tea time"})


@pytest.mark.parametrize(
    ("variable", "target", "expected"),
    [
        ("Asia/Tokyo", "/usr/share/zoneinfo/Europe/Berlin", "Asia/Tokyo"),
        (":Asia/Tokyo", "/usr/share/zoneinfo/Europe/Berlin", "Asia/Tokyo"),
        ("", "/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        ("Nowhere/At_All", "../usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        ("", "/etc/somewhere", "UTC"),
        ("", "/usr/share/zoneinfo/Nowhere/At_All", "UTC"),
    ],
)
def test_that_the_systems_zone_is_found(
    tmp_path: Path, variable: str, target: str, expected: str
) -> None:
    link = tmp_path / "localtime"
    link.symlink_to(target)
    assert system_timezone({"TZ": variable}, link) == expected


def test_that_a_machine_without_a_zone_is_in_utc(tmp_path: Path) -> None:
    assert system_timezone({}, tmp_path / "missing") == "UTC"

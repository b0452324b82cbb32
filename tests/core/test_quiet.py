"""Quiet hours and snooze."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alwrity_desktop.core.quiet import iso_utc, quiet_until_ms, tomorrow_ms
from alwrity_desktop.core.settings import Settings

BERLIN = "Europe/Berlin"


def ms(iso: str) -> int:
    return round(datetime.fromisoformat(iso).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-20T23:30:00+01:00", "2026-11-21T07:00:00+01:00"),
        ("2026-11-21T02:00:00+01:00", "2026-11-21T07:00:00+01:00"),
        ("2026-11-20T22:00:00+01:00", "2026-11-21T07:00:00+01:00"),
        ("2026-11-20T21:59:00+01:00", None),
        ("2026-11-21T07:00:00+01:00", None),
    ],
)
def test_that_quiet_hours_pass_midnight(now: str, until: str | None) -> None:
    settings = Settings(quiet_from="22:00", quiet_to="07:00")
    expected = None if until is None else ms(until)
    assert quiet_until_ms(settings, ms(now), BERLIN) == expected


def test_that_quiet_hours_can_lie_within_a_day() -> None:
    settings = Settings(quiet_from="12:00", quiet_to="13:30")
    noon = ms("2026-11-20T12:10:00+01:00")
    assert quiet_until_ms(settings, noon, BERLIN) == ms("2026-11-20T13:30:00+01:00")
    assert quiet_until_ms(settings, ms("2026-11-20T14:00:00+01:00"), BERLIN) is None


def test_that_half_a_span_is_no_quiet_time() -> None:
    now = ms("2026-11-20T23:30:00+01:00")
    assert quiet_until_ms(Settings(quiet_from="22:00"), now, BERLIN) is None


def test_that_the_later_of_snooze_and_quiet_hours_counts() -> None:
    settings = Settings(
        quiet_from="22:00", quiet_to="07:00", snooze_until="2026-11-22T00:00:00+01:00"
    )
    now = ms("2026-11-20T23:30:00+01:00")
    assert quiet_until_ms(settings, now, BERLIN) == ms("2026-11-22T00:00:00+01:00")
    assert quiet_until_ms(settings, ms("2026-11-22T12:00:00+01:00"), BERLIN) is None


def test_that_tomorrow_begins_at_the_zones_midnight_also_when_the_clock_changes() -> None:
    before = ms("2026-10-24T23:00:00+02:00")
    assert tomorrow_ms(before, BERLIN) == ms("2026-10-25T00:00:00+02:00")
    on_the_day = ms("2026-10-25T12:00:00+01:00")
    assert tomorrow_ms(on_the_day, BERLIN) == ms("2026-10-26T00:00:00+01:00")


def test_that_a_moment_is_kept_with_its_offset() -> None:
    kept = iso_utc(ms("2026-11-21T00:00:00+01:00"))
    assert datetime.fromisoformat(kept) == datetime(2026, 11, 20, 23, tzinfo=UTC)

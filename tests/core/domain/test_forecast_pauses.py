"""Pauses to come are told from those that were; one that is unlikely is not counted."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.forecast_pauses import PauseChances, Pauses


def chances(days: str) -> PauseChances:
    """Return what days tell: "u" is one of use, "." one without."""
    pauses = Pauses()
    for day in days:
        pauses.add(is_used=day == "u")
    return pauses.chances


def test_that_someone_who_never_stops_is_expected_to_go_on() -> None:
    assert chances("u" * 60).used_share(15) == 1.0


def test_that_a_single_pause_long_ago_is_not_expected_again() -> None:
    assert chances("u" * 40 + "." * 6 + "u" * 40).used_share(15) == 1.0


def test_that_frequent_pauses_are_counted() -> None:
    assert chances("uuuuu..." * 10).used_share(16) == pytest.approx(5 / 8, abs=0.1)


def test_that_in_a_pause_use_is_expected_to_come_back() -> None:
    months = "u" * 30 + "." * 5
    soon, late = (chances(months * 3).used_share(days) for days in (3, 20))
    assert 0 < soon < 0.6 < late < 1


def test_that_long_pauses_make_for_a_late_return() -> None:
    short, long = (("u" * 20 + "." * length) * 3 for length in (2, 12))
    assert chances(long).used_share(10) < chances(short).used_share(10) - 0.15


def test_that_the_farther_ahead_the_more_a_pause_counts() -> None:
    now = chances(("u" * 20 + "." * 5) * 4 + "u" * 10)
    shares = [now.used_share(days) for days in range(1, 80)]
    assert shares[0] == 1.0
    assert shares[-1] < 0.9
    assert all(after <= before for before, after in pairwise(shares))


@given(days=st.text("u.", max_size=200), ahead=st.integers(min_value=1, max_value=400))
def test_that_a_share_is_one(days: str, ahead: int) -> None:
    assert 0 < chances(days).used_share(ahead) <= 1

"""Budgets: a threshold is reached exactly when it is, and never by rounding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.alerts import crossed
from alwrity_desktop.core.domain.budgets import (
    Budget,
    Limit,
    LimitKind,
    Status,
    has_reached,
    percent_used,
    status_of,
    worst,
)

used_of = st.tuples(st.integers(0, 10**18), st.integers(1, 10**18))


@given(used_of, st.integers(1, 1000))
def test_that_a_threshold_is_reached_exactly_when_its_share_is_used(
    amounts: tuple[int, int], threshold: int
) -> None:
    used, limit = amounts
    assert has_reached(used, limit, threshold) == (100 * used >= threshold * limit)


@given(used_of)
def test_that_the_percentage_never_says_more_than_was_reached(amounts: tuple[int, int]) -> None:
    used, limit = amounts
    percent = percent_used(used, limit)
    for threshold in (80, 90, 100):
        assert (percent >= threshold) == has_reached(used, limit, threshold)


@pytest.mark.parametrize(
    ("used", "limit", "percent", "status"),
    [
        (0, 100, 0.0, Status.ACTIVE),
        (79_999, 100_000, 79.9, Status.ACTIVE),
        (80, 100, 80.0, Status.WARNING),
        (99_999, 100_000, 99.9, Status.WARNING),
        (100, 100, 100.0, Status.LIMIT_REACHED),
        (250, 100, 250.0, Status.LIMIT_REACHED),
        (0, 0, 0.0, Status.ACTIVE),
        (1, 0, 100.0, Status.LIMIT_REACHED),
    ],
)
def test_that_a_limit_stands_as_its_use_says(
    used: int, limit: int, percent: float, status: Status
) -> None:
    assert (percent_used(used, limit), status_of(used, limit)) == (percent, status)


def test_that_the_worst_of_nothing_is_active() -> None:
    assert worst(()) == Status.ACTIVE
    assert worst((Status.ACTIVE, Status.WARNING)) == Status.WARNING
    assert worst((Status.WARNING, Status.LIMIT_REACHED, Status.ACTIVE)) == Status.LIMIT_REACHED


@pytest.mark.parametrize(
    ("provider", "model", "scope"),
    [(None, None, "account"), ("a", None, "provider"), (None, "m", "model"), ("a", "m", "model")],
)
def test_that_a_budget_covers_what_it_names(
    provider: str | None, model: str | None, scope: str
) -> None:
    budget = Budget(1, "B", LimitKind.COST, 1, "month", provider=provider, model=model)
    assert budget.scope == scope


def test_that_thresholds_are_crossed_lowest_first() -> None:
    limit = Limit(
        "B",
        "account",
        LimitKind.CALLS,
        95,
        100,
        95.0,
        Status.WARNING,
        "budget",
        "month",
        "2026-12-01",
        thresholds=(90, 50, 100),
    )
    assert crossed(limit) == (50, 90)


@pytest.mark.parametrize(
    ("fields", "scope", "covered"),
    [
        ({}, "account", {"local"}),
        ({"account": "all"}, "account", {"local", "alice", "openai", "gpt-5", "notes"}),
        ({"account": "alice"}, "account", {"alice"}),
        ({"account": "all", "provider": "openai"}, "provider", {"openai"}),
        ({"account": "all", "model": "gpt-5", "provider": "openai"}, "model", set()),
        ({"account": "all", "model": "gpt-5"}, "model", {"gpt-5"}),
        ({"account": "all", "project": "notes"}, "project", {"notes"}),
    ],
)
def test_that_a_budget_covers_its_scope_and_nothing_else(
    fields: dict[str, str], scope: str, covered: set[str]
) -> None:
    budget = Budget(1, "mine", LimitKind.COST, 5, "month", **fields)  # type: ignore[arg-type] # words
    calls = {
        "local": ("local", "mistral", "large", ""),
        "alice": ("alice", "mistral", "large", ""),
        "openai": ("bob", "openai", "o3", ""),
        "gpt-5": ("bob", "azure", "gpt-5", ""),
        "notes": ("bob", "mistral", "large", "notes"),
    }

    assert budget.scope == scope
    assert {name for name, call in calls.items() if budget.covers(*call)} == covered

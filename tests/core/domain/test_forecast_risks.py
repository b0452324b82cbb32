"""A limit that will be reached is told once, ahead of time, and again only after it was gone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from alwrity_desktop.core.domain.alerts import Severity
from alwrity_desktop.core.domain.budgets import Limit, LimitKind, Status
from alwrity_desktop.core.domain.forecast_risks import Watched, risk_alerts
from alwrity_desktop.core.domain.forecast_words import ordinal
from alwrity_desktop.core.domain.projection import Projection, ProjectionPoint

USD = 10**12
BUDGET = Limit(
    name="monthly budget",
    scope="account",
    kind=LimitKind.COST,
    used=40 * USD,
    limit=50 * USD,
    percent=80.0,
    status=Status.WARNING,
    origin="budget",
    period="month",
    resets_on="2026-12-01",
)
NONE: frozenset[str] = frozenset()


def watched(
    end_usd: float | None, limit: Limit = BUDGET, key: str = "budget:1:1:2026-11"
) -> Watched:
    if end_usd is None:
        return Watched(
            key, limit, Projection(limit.kind, limit.used, refused="Too little history.")
        )
    end = round(end_usd * USD)
    points = []
    for index in range(11):
        amount = limit.used + (end - limit.used) * (index + 1) // 11
        points.append(ProjectionPoint(f"2026-11-{20 + index}", amount, amount, amount))
    return Watched(
        key, limit, Projection(limit.kind, limit.used, end, end, end, None, tuple(points))
    )


def test_that_a_limit_that_will_be_reached_is_told_with_its_day() -> None:
    (alert,) = risk_alerts(NONE, [watched(62)]).alerts
    assert alert.title == "Monthly budget reaches 100% on the 24th"
    assert alert.message == "Monthly budget: $40.00 of $50.00 this month, on track for $62.00"
    assert (alert.day, alert.severity, alert.key) == (
        "2026-11-24",
        Severity.WARNING,
        "budget:1:1:2026-11",
    )


def test_that_a_risk_is_told_once_while_it_wavers_and_again_after_it_was_gone() -> None:
    told, alerts = NONE, []
    for end in (49, 51, 49, 48, 52, 47, 46, 51, 60):
        risks = risk_alerts(told, [watched(end)])
        told = risks.told
        alerts.append(len(risks.alerts))
    assert alerts == [0, 1, 0, 0, 0, 0, 0, 1, 0]


def test_that_what_cannot_be_told_neither_fires_nor_clears() -> None:
    told = risk_alerts(NONE, [watched(60)]).told
    unknown = risk_alerts(told, [watched(None)])
    assert (unknown.told, unknown.alerts) == (told, ())
    assert risk_alerts(NONE, [watched(None)]).told == NONE


def test_that_a_limit_that_was_reached_is_no_risk() -> None:
    reached = replace(BUDGET, used=50 * USD)
    assert risk_alerts(NONE, [watched(80, reached)]).alerts == ()


def test_that_each_limit_and_each_period_is_a_risk_of_its_own() -> None:
    first = risk_alerts(NONE, [watched(60)])
    both = risk_alerts(first.told, [watched(60), watched(60, key="budget:2:1:2026-11")])
    assert [alert.key for alert in both.alerts] == ["budget:2:1:2026-11"]
    later = risk_alerts(both.told, [watched(60, key="budget:1:1:2026-12")])
    assert [alert.key for alert in later.alerts] == ["budget:1:1:2026-12"]
    assert later.told == {"budget:1:1:2026-12"}


def test_that_days_ahead_read_as_people_say_them() -> None:
    assert risk_alerts(NONE, [watched(200)]).alerts[0].title.endswith("reaches 100% today")
    far = watched(60)
    moved = [
        replace(point, day=f"2027-0{index % 9 + 1}-03")
        for index, point in enumerate(far.projection.curve)
    ]
    away = replace(far, projection=replace(far.projection, curve=tuple(moved)))
    assert risk_alerts(NONE, [away]).alerts[0].title.endswith("on June 3rd")


def test_that_a_servers_limit_has_its_own_name() -> None:
    gemini = replace(
        BUDGET, name="gemini_calls", kind=LimitKind.CALLS, origin="server", used=40, limit=50
    )
    (alert,) = risk_alerts(NONE, [watched(62, gemini)]).alerts
    assert alert.title.startswith("Gemini calls reaches 100%")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (23, "23rd"),
        (31, "31st"),
    ],
)
def test_that_days_are_numbered_as_people_number_them(number: int, words: str) -> None:
    assert ordinal(number) == words

"""A report of calls that have no price, so that nobody knows their cost."""

# The builder hands any field on to the dataclass, which checks it.
# ruff: noqa: ANN401

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from alwrity_desktop.core.domain.budgets import Status
from alwrity_desktop.core.domain.forecast import Forecast
from alwrity_desktop.core.domain.report import (
    Amounts,
    Comparison,
    Figures,
    Group,
    Point,
    Report,
    UnpricedModel,
)
from tests import builders


def an_unpriced_report(**more: Any) -> Report:
    """Return a report of seven calls, none of which has a price, now or in October."""
    unpriced = Figures(
        calls=7, input_tokens=7000, output_tokens=1400, unpriced_calls=7, unpriced_tokens=8400
    )
    amounts = Amounts(0, 7, 8400, 7)
    points = tuple(
        replace(point, total=amounts, by_provider={"x": amounts})
        for point in builders.november_points()[:20]
    )
    months = (Point("2026-10-01", amounts, {"x": amounts}), Point("2026-11-01", amounts, {}))
    values: dict[str, Any] = {
        "totals": unpriced,
        "groups": {
            "provider": (Group("x", unpriced),),
            "model": (Group("nobody-9", unpriced, provider="x"),),
        },
        "status": Status.ACTIVE,
        "limits": (),
        "forecast": Forecast(None, None, None, refused="The calls so far have no known price."),
        "points": points,
        "history_days": points,
        "history_weeks": (),
        "history_months": months,
        "comparison": Comparison("2026-10-01", "2026-10-20", unpriced, None, 0.0, 0.0, days=points),
        "unpriced": (UnpricedModel("x", "nobody-9", 7),),
        "calls_ever": 14,
    }
    return builders.a_report(**(values | more))

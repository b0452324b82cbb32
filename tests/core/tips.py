"""Calls that are worth a tip, and tips found again by their kind."""

from __future__ import annotations

from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.tip import Tip
from alwrity_desktop.core.domain.usage import Call
from tests.core.trees import NOW_MS, one_call

DAY_MS = 86_400_000


def flash(number: int, **how: object) -> Call:
    """Return a call of Gemini 2.5 Flash that costs 28 cents."""
    known: dict[str, object] = {
        "identity": f"flash:{number}",
        "occurred_at_ms": NOW_MS - DAY_MS,
        "provider": "gemini",
        "model": "gemini-2.5-flash",
        "input_tokens": 100_000,
        "output_tokens": 100_000,
    }
    return one_call(**{**known, **how})


def named(tips: tuple[Tip, ...], kind: str) -> Tip:
    (found,) = [tip for tip in tips if tip.kind == kind]
    return found


def sum_of_group(report: Report, tip: Tip) -> int:
    return next(
        group.figures.cost_pico
        for group in report.groups["model"]
        if (group.provider, group.key) == (tip.query.provider, tip.query.model)
    )

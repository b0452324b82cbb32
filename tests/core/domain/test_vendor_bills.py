"""Bills beside calls: which months, whose calls, and why they may differ."""

from __future__ import annotations

from msgspec.structs import replace

from alwrity_desktop.core.domain.periods import custom
from alwrity_desktop.core.domain.reconciling import UNPRICED
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.statements import Statement, StatementKind
from alwrity_desktop.core.domain.vendor_bills import (
    LATE,
    NOT_SEEN,
    PRICED,
    bounds_of,
    differences,
    months_in,
)

PICO = 10**12
SAID = Statement(
    "bill",
    "billing",
    StatementKind.PROVIDER,
    "2026-11",
    "openai",
    calls=10,
    tokens=1000,
    cost_pico=5 * PICO,
    said_at_ms=1,
    confirmed_at_ms=1,
)


def likely(**own: int) -> dict[str, str]:
    known = {"calls": 10, "input_tokens": 1000, "cost_pico": 5 * PICO} | own
    rows = differences([SAID], {"2026-11": {"openai": Figures(**known)}})
    return {row.measure: row.likely for row in rows}


def test_that_each_figure_has_a_row() -> None:
    own = Figures(calls=8, input_tokens=900, cost_pico=4 * PICO)
    calls, tokens, cost = differences([SAID], {"2026-11": {"openai": own}})
    assert (calls.what, calls.calls_say, calls.server_says, calls.difference) == (
        "calls 2026-11 openai",
        "8",
        "10",
        "-2",
    )
    assert (tokens.difference, cost.difference) == ("-100", "-1.00")


def test_that_what_agrees_needs_no_reason_and_what_does_not_has_one() -> None:
    assert likely() == {"calls": "", "tokens": "", "cost": ""}
    assert likely(cost_pico=5 * PICO - 1)["cost"] == ""
    assert likely(calls=9, input_tokens=900, cost_pico=PICO) == dict.fromkeys(
        ("calls", "tokens", "cost"), NOT_SEEN
    )
    assert likely(calls=11)["calls"] == LATE
    assert likely(cost_pico=6 * PICO)["cost"] == PRICED


def test_that_what_is_not_said_has_no_row_and_the_newest_counts() -> None:
    newer = replace(SAID, calls=None, tokens=None, cost_pico=PICO, confirmed_at_ms=2)
    (row,) = differences([newer, SAID], {"2026-11": {}})
    assert (row.server_says, row.calls_say) == ("1.00", "0.00")
    assert differences([SAID], {"2026-10": {}}) == ()


def test_that_months_are_those_of_the_period_in_utc() -> None:
    older = replace(SAID, period="2026-10")
    others = [
        replace(SAID, period="month"),
        replace(SAID, kind=StatementKind.TOTAL, period="2026-09"),
    ]
    period = custom("2026-10-15", "2026-11-15", "Europe/Berlin")
    assert months_in([older, SAID, *others], period) == ["2026-11", "2026-10"]
    assert months_in([SAID], custom("2026-01-01", "2026-10-31", "UTC")) == []
    assert bounds_of("2026-12") == (1_796_083_200_000, 1_798_761_600_000)


def test_that_a_bill_is_held_against_no_cost_that_nobody_knows() -> None:
    own = Figures(calls=10, input_tokens=1000, unpriced_calls=10)
    calls, _tokens, cost = differences([SAID], {"2026-11": {"openai": own}})
    assert (calls.calls_say, calls.difference) == ("10", "0")
    assert (cost.calls_say, cost.difference, cost.likely) == (None, None, UNPRICED)
    assert likely(calls=0, input_tokens=0, cost_pico=0)["cost"] == NOT_SEEN

"""What servers count beyond the calls that they list: the larger of both, and never twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alwrity_desktop.core.domain.money import PICO_PER_CENT
from alwrity_desktop.core.domain.periods import Period, period_of
from alwrity_desktop.core.domain.reconciling import Sums
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.statements import ALL_TIME, Statement, StatementKind
from alwrity_desktop.core.domain.unlisted import beyond_calls
from tests.core.reports import NOW_MS

KEY = "2026-11"
MONTH = replace(period_of("month", NOW_MS, "UTC"), billing_period=KEY)
counts = st.integers(0, 50)


def said(calls: int, cost_pico: int = 0, provider: str = "", origin: str = "trends") -> Statement:
    kind = StatementKind.PROVIDER if provider else StatementKind.TOTAL
    return Statement(
        "work", origin, kind, KEY, provider, calls=calls, tokens=calls, cost_pico=cost_pico
    )


def held(**calls: int) -> dict[str, Sums]:
    sums = Sums()
    for provider, number in calls.items():
        sums = sums.plus(provider, Figures(calls=number, input_tokens=number))
    return {KEY: sums, ALL_TIME: sums}


@given(st.dictionaries(st.sampled_from("abc"), st.tuples(counts, counts)), counts)
def test_that_the_sum_is_the_larger_of_both(parts: dict[str, tuple[int, int]], lost: int) -> None:
    listed = {name: number for name, (number, _) in parts.items()}
    total = sum(number for _, number in parts.values())
    claims = [said(total), said(max(0, total - lost), origin="dashboard")]
    claims += [said(number, provider=name) for name, (_, number) in parts.items()]
    found = beyond_calls(claims, held(**listed), MONTH)
    more = 0 if found.totals is None else found.totals.calls
    assert sum(listed.values()) + more == max(total, sum(listed.values()))
    groups = found.of_dimension("provider")
    assert sum(group.figures.calls for group in groups) == more


def test_that_what_is_counted_under_another_name_counts_once() -> None:
    claims = [said(5), said(5, provider="video")]
    assert beyond_calls(claims, held(wavespeed=5), MONTH).totals is None
    claims = [said(6), said(6, provider="video")]
    found = beyond_calls(claims, held(wavespeed=5), MONTH)
    assert found.totals is not None
    assert found.totals.calls == 1
    assert [group.key for group in found.of_dimension("provider")] == ["not itemised"]


def test_that_cents_are_no_use() -> None:
    held_cost = {KEY: Sums(Figures(calls=1, cost_pico=PICO_PER_CENT * 4 // 10))}
    assert beyond_calls([said(1, PICO_PER_CENT)], held_cost, MONTH).totals is None


def test_that_days_and_weeks_have_no_share_of_what_has_no_day() -> None:
    claims = [said(9)]
    calendar = replace(MONTH, billing_period="")
    whole: dict[str, Period] = {kind: replace(calendar, kind=kind) for kind in ("month", "all")}
    for kind in ("day", "week", "custom"):
        assert beyond_calls(claims, held(a=2), replace(calendar, kind=kind)).totals is None
    for period in whole.values():
        found = beyond_calls(claims, held(a=2), period).totals
        assert found is not None
        assert found.calls == 7

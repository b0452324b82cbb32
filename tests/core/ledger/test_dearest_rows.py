"""The dearest calls and conversations: those of the calls, whatever was corrected or seen twice."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alwrity_desktop.core import prices
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.repricing import RepriceQuestion
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.ledger.ledger import Ledger
from tests.core.ledger.calls import DAY_MS, NOW_MS, a_call, a_log, from_logs, from_script

LOCAL: Final = Scope(("local",))
EVER: Final = (0, NOW_MS + DAY_MS)

made: Final[st.SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["claude-sonnet-4-5-20250929", "claude-haiku-4-5", "odd"]),
        "account": st.sampled_from(["local", "local", "other"]),
        "conversation": st.sampled_from(["", "c1", "c2", "c3"]),
        "status_code": st.sampled_from([None, 200, 500]),
        "input_tokens": st.integers(0, 50),
        "output_tokens": st.integers(0, 5),
        "occurred_at_ms": st.integers(NOW_MS - 3 * DAY_MS, NOW_MS),
    }
)


@given(
    st.lists(made, max_size=30),
    st.lists(made, max_size=15),
    st.sampled_from([LOCAL, Scope(("other",)), Scope(("local", "other"))]),
    st.integers(0, 3),
    st.integers(1, 3),
)
@settings(max_examples=40, deadline=None)
def test_that_the_dearest_are_those_of_all_calls(
    tmp_path_factory: pytest.TempPathFactory,
    fields: list[dict[str, Any]],
    later: list[dict[str, Any]],
    scope: Scope,
    first_day: int,
    most: int,
) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("dearest") / "ledger.sqlite3")
    book = prices.open_price_book()
    calls = [a_call(f"msg_{number}", **each) for number, each in enumerate(fields)]
    ledger.record(from_logs(a_log(calls)), book)
    # Better copies of known calls correct them.
    more = [a_call(f"msg_{2 * number}", **each) for number, each in enumerate(later)]
    ledger.record(from_logs(a_log(more, "/logs/b.jsonl")), book)
    start_ms = NOW_MS // 900_000 * 900_000 - first_day * DAY_MS

    rows = list(ledger.calls(scope, start_ms, EVER[1]))
    with ledger.snapshot() as snapshot:
        dear = snapshot.dearest_calls(scope, start_ms, EVER[1], most)
        talks = snapshot.dearest_conversations(scope, start_ms, EVER[1], most)
    ledger.close()

    paid = [row for row in rows if row.cost_pico]
    paid.sort(key=lambda row: (-(row.cost_pico or 0), row.id))
    assert dear == paid[:most]
    costs: dict[str, int] = {}
    for row in paid:
        if row.conversation:
            costs[row.conversation] = costs.get(row.conversation, 0) + (row.cost_pico or 0)
    dearest = sorted(costs.values(), reverse=True)
    assert [figures.cost_pico for _, figures in talks] == dearest[:most]
    for key, figures in talks:
        members = [row for row in rows if row.conversation == key]
        assert (figures.calls, figures.cost_pico) == (len(members), costs[key])
        assert figures.errors == sum((row.status_code or 0) >= 400 for row in members)
        assert figures.unpriced_calls == sum(row.cost_pico is None for row in members)


def test_that_calls_that_became_free_make_room_for_others(ledger: Ledger, book: PriceBook) -> None:
    free: dict[str, Any] = {"input_tokens": 0, "output_tokens": 0}
    dear = [
        a_call(identity=f"record:{number}", reported_cost_pico=10**12 + number, **free)
        for number in range(60)
    ]
    cheap = [a_call(identity=f"record:c{number}", input_tokens=number) for number in range(5)]
    ledger.record(from_script(*dear, *cheap), book)
    with ledger.snapshot() as snapshot:
        before = snapshot.dearest_calls(LOCAL, *EVER, 2)

    question = RepriceQuestion("local", *EVER, with_reported=True)
    ledger.reprice(question, book, from_script(), is_trial=False)
    with ledger.snapshot() as snapshot:
        after = snapshot.dearest_calls(LOCAL, *EVER, 2)

    assert [row.identity for row in before] == ["record:59", "record:58"]
    assert [row.identity for row in after] == ["record:c4", "record:c3"]


def test_that_a_billing_period_has_its_own_dearest_wherever_they_lie(
    ledger: Ledger, book: PriceBook
) -> None:
    calls = [
        a_call(
            identity=f"record:{number}",
            account="work",
            billing_period=f"2026-{11 - number % 2}",
            conversation=f"talk {number}",
            input_tokens=1000 * number,
            occurred_at_ms=NOW_MS - number * DAY_MS,
        )
        for number in range(1, 9)
    ]
    ledger.record(from_script(*calls), book)
    scope = Scope(("work",), "2026-10")
    with ledger.snapshot() as snapshot:
        dear = snapshot.dearest_calls(scope, NOW_MS, NOW_MS + 1, 3)
        talks = snapshot.dearest_conversations(scope, NOW_MS, NOW_MS + 1, 1)

    assert [row.identity for row in dear] == ["record:7", "record:5", "record:3"]
    assert [key for key, _ in talks] == ["talk 7"]

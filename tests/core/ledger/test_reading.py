"""Sums from the rollups: the same as the calls', for any dimensions, never out of range."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alwrity_desktop.core import prices
from alwrity_desktop.core.domain.breakdown import total_of
from alwrity_desktop.core.domain.money import MAX_COST_PICO
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.sums import OffsetSpan
from alwrity_desktop.core.ledger.ledger import Ledger
from alwrity_desktop.core.ledger.migrate import HEAD
from alwrity_desktop.core.ledger.schema import QUARTER_MS
from tests.core.ledger.calls import DAY_MS, HOUR_MS, NOW_MS, a_call, a_log, from_logs, from_script

EVER = (0, NOW_MS + 1000 * DAY_MS)
DIMENSIONS = ("provider", "model", "source", "project", "agent", "conversation", "endpoint")

made: Final[st.SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["claude-sonnet-4-5-20250929", "claude-haiku-4-5", "odd"]),
        "project": st.sampled_from(["", "a", "b"]),
        "agent": st.sampled_from(["", "x"]),
        "status_code": st.sampled_from([None, 200, 500]),
        "input_tokens": st.integers(0, 10**9),
        "duration_ms": st.none() | st.integers(0, 10**6),
        "occurred_at_ms": st.integers(NOW_MS - 3 * DAY_MS, NOW_MS),
    }
)


@given(st.lists(made, max_size=15), st.sets(st.sampled_from(DIMENSIONS)))
@settings(max_examples=30)
def test_that_the_sums_by_any_dimensions_are_those_of_the_calls(
    tmp_path_factory: pytest.TempPathFactory,
    fields: list[dict[str, Any]],
    names: set[str],
) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("sums") / "ledger.sqlite3")
    calls = [a_call(f"msg_{number}", **each) for number, each in enumerate(fields)]
    ledger.record(from_logs(a_log(calls)), prices.open_price_book())

    with ledger.snapshot() as snapshot:
        whole = total_of(row.figures for row in snapshot.by_series("local", *EVER))
        parts = snapshot.by_series("local", *EVER, sorted(names))
        spans = [OffsetSpan(EVER[0], NOW_MS + DAY_MS, 20_700)]
        slots = snapshot.by_slot("local", spans, 3600)
        timed = snapshot.durations("local", *EVER)
    rows = list(ledger.calls("local", *EVER))
    ledger.close()

    assert total_of(row.figures for row in parts) == whole
    assert total_of(row.figures for row in slots) == whole
    assert whole.calls == len(calls)
    assert whole.input_tokens == sum(call.input_tokens for call in calls)
    assert whole.cost_pico == sum(row.cost_pico or 0 for row in rows)
    assert whole.unpriced_calls == sum(row.cost_pico is None for row in rows)
    assert whole.errors == sum(call.is_error for call in calls)
    assert whole.duration_ms == sum(call.duration_ms or 0 for call in calls)
    assert sum(each.calls for each in timed) == whole.duration_calls
    for row in parts:
        assert set(row.dimensions) == {*names, "status_code", "price_status"}


def test_that_sums_pass_the_range_of_64_bits(ledger: Ledger, book: PriceBook) -> None:
    dearest = MAX_COST_PICO - 1
    calls = [
        a_call(identity=f"record:{number}", reported_cost_pico=dearest) for number in range(12)
    ]
    ledger.record(from_script(*calls[:6]), book)
    spread = [
        a_call(
            identity=f"record:s{number}",
            reported_cost_pico=dearest,
            occurred_at_ms=NOW_MS - number * HOUR_MS,
        )
        for number in range(12)
    ]
    ledger.record(from_script(*spread), book)

    with ledger.snapshot() as snapshot:
        (row,) = snapshot.by_series("local", *EVER)

    assert row.figures.cost_pico == 18 * dearest
    assert row.figures.cost_pico > 1 << 63


def test_that_a_span_ends_before_its_end(ledger: Ledger, book: PriceBook) -> None:
    border = NOW_MS // QUARTER_MS * QUARTER_MS
    ledger.record(
        from_script(
            a_call(identity="record:before", occurred_at_ms=border - 1),
            a_call(identity="record:at", occurred_at_ms=border),
        ),
        book,
    )
    with ledger.snapshot() as snapshot:
        before = total_of(row.figures for row in snapshot.by_series("local", 0, border))
        after = total_of(row.figures for row in snapshot.by_series("local", border, EVER[1]))
        assert snapshot.bounds("local") == (border - QUARTER_MS, border)

    assert (before.calls, after.calls) == (1, 1)


def test_that_a_dimension_that_does_not_exist_is_our_fault(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="has no colour"), ledger.snapshot() as snapshot:
        snapshot.by_series("local", *EVER, ["colour"])


def test_that_an_empty_ledger_has_no_bounds_and_no_sources(ledger: Ledger) -> None:
    with ledger.snapshot() as snapshot:
        assert snapshot.bounds("local") is None
        assert snapshot.calls_ever("local") == 0
        assert snapshot.sources("local") == []
        assert snapshot.rejects() == []
        assert snapshot.alerts("local") == []


def test_that_a_snapshot_sees_one_state(ledger: Ledger, book: PriceBook) -> None:
    ledger.record(from_script(a_call(identity="record:1")), book)
    with ledger.snapshot() as snapshot:
        assert snapshot.calls_ever("local") == 1
        ledger.record(from_script(a_call(identity="record:2")), book)
        assert snapshot.calls_ever("local") == 1
    with ledger.snapshot() as snapshot:
        assert snapshot.calls_ever("local") == 2


def test_that_refused_lines_are_summed_by_reason_with_the_newest_example(
    ledger: Ledger, book: PriceBook
) -> None:
    first = a_log([a_call()], "/logs/a.jsonl", rejected=[("Bad", 2, 10)])
    second = a_log([], "/logs/b.jsonl", rejected=[("Bad", 3, 77), ("Worse", 1, 5)])
    ledger.record(from_logs(first), book)
    ledger.record(from_logs(second, now_ms=NOW_MS + 1), book)

    with ledger.snapshot() as snapshot:
        refused = {each.reason: each for each in snapshot.rejects()}
        (source,) = snapshot.sources("local")

    assert {reason: each.lines for reason, each in refused.items()} == {"Bad": 5, "Worse": 1}
    assert (refused["Bad"].example_path, refused["Bad"].example_offset) == ("/logs/b.jsonl", 77)
    assert (source.source, source.files, source.calls) == ("claude-code", 2, 1)
    assert source.last_read_ms == NOW_MS + 1


def test_that_the_versions_are_told(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.snapshot() as snapshot:
        library, tables = snapshot.versions()

    assert tuple(int(part) for part in library.split(".")) >= (3, 51, 3)
    assert tables == HEAD

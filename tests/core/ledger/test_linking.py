"""A call that several sources saw is one call, in whatever order and parts they brought it."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alwrity_desktop.core.domain.identity import lone_identity
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.report import CallQuery, CallRow, Figures
from alwrity_desktop.core.domain.sums import OffsetSpan, Scope
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.ledger.ledger import Ledger
from tests.core.ledger.calls import (
    DAY_MS,
    HOUR_MS,
    NOW_MS,
    a_call,
    a_log,
    from_logs,
    from_script,
    totals,
)

AT_MS: Final = NOW_MS - HOUR_MS
MESSAGE: Final = "msg_013Zva2CMHLNnXjNJJKqJ2EF"
BOTH: Final = Scope(("local", "alice"))


def by_gateway(key: str = "a", **fields: Any) -> Call:  # noqa: ANN401 - any field of a call
    identity = lone_identity("gateway", f"key-{key}")
    known = {"source": "gateway", "model": "claude-sonnet-4-5", "duration_ms": 2000}
    return a_call(**{**known, "identity": identity, "response_id": MESSAGE, **fields})


def by_log(message: str = MESSAGE, **fields: Any) -> Call:  # noqa: ANN401 - as above
    return a_call(message, **{"project": "notes", "occurred_at_ms": AT_MS - 1000, **fields})


def by_otlp(key: str = "a", **fields: Any) -> Call:  # noqa: ANN401 - as above
    identity = lone_identity("otlp", f"span-{key}")
    return a_call(**{"identity": identity, "source": "otlp", "occurred_at_ms": AT_MS, **fields})


def by_server(row: int = 1, **fields: Any) -> Call:  # noqa: ANN401 - as above
    known = {
        "identity": f"alwrity:127.0.0.1:8000:alice:{row}:2026-11-20T12:32:00",
        "source": "alwrity",
        "account": "alice",
        "model": "claude-sonnet-4-5",
        "billing_period": "2026-11",
        "status_code": 200,
        "reported_cost_pico": 9_000_000_000,
    }
    return a_call(**{**known, **fields})


def book_all(ledger: Ledger, book: PriceBook, *batches: Iterable[Call]) -> None:
    for calls in batches:
        ledger.record(from_script(*calls), book)
        assert ledger.rollup_differences() == 0


def listed(ledger: Ledger, account: str | Scope = "local") -> list[CallRow]:
    return list(ledger.page(account, CallQuery(0, NOW_MS + DAY_MS)).rows)


def sums(ledger: Ledger, account: str | Scope) -> Figures:
    with ledger.snapshot() as snapshot:
        rows = snapshot.by_series(account, 0, NOW_MS + DAY_MS, ("provider", "account"))
        slots = snapshot.by_slot(account, [OffsetSpan(0, NOW_MS + DAY_MS, 0)], 86_400)
        ever = snapshot.calls_ever(account)
    total = sum((row.figures for row in rows), Figures())
    assert sum((slot.figures for slot in slots), Figures()) == total
    assert ever == total.calls
    return total


def test_that_gateway_log_and_otlp_are_one_call_with_all_its_places(
    ledger: Ledger, book: PriceBook
) -> None:
    ledger.record(from_logs(a_log([by_log()])), book)
    for call in (by_otlp(response_id=MESSAGE), by_gateway()):
        # By whatever door they came: it is the source that saw them.
        ledger.record(from_script(call), book)

    (row,) = listed(ledger)
    assert (row.source, row.project) == ("gateway", "notes")
    assert row.seen_in == ("gateway", "/logs/a.jsonl", "otlp")
    assert row.disagreements == ()
    assert totals(ledger).calls == 1
    assert totals(ledger).cost_pico == row.cost_pico


def test_that_the_key_is_known_from_whoever_knows_it(ledger: Ledger, book: PriceBook) -> None:
    reported = by_log(source="opencode", reported_cost_pico=9_000_000_000)
    book_all(ledger, book, [reported], [by_gateway(api_key="key 3f9a21")])

    (row,) = listed(ledger)
    assert (row.source, row.project, row.api_key) == ("opencode", "notes", "key 3f9a21")
    with ledger.snapshot() as snapshot:
        (group,) = snapshot.by_series("local", 0, NOW_MS, ("api_key",))
    assert (group.dimensions["api_key"], group.figures.calls) == ("key 3f9a21", 1)


def test_that_the_best_evidence_decides_the_cost_and_the_rest_is_shown(
    ledger: Ledger, book: PriceBook
) -> None:
    book_all(ledger, book, [by_log(output_tokens=1)], [by_gateway()])

    (row,) = listed(ledger)
    assert (row.output_tokens, row.cost_pico) == (500, 10_500_000_000)
    found = {each.field: dict(each.says) for each in row.disagreements}
    assert found["output_tokens"] == {"gateway": 500, "claude-code": 1}
    assert found["cost_pico"] == {"gateway": 10_500_000_000, "claude-code": 3_015_000_000}
    assert totals(ledger).output_tokens == 500


def test_that_a_second_sighting_is_told_as_merged(ledger: Ledger, book: PriceBook) -> None:
    first = ledger.record(from_script(by_log()), book)
    second = ledger.record(from_script(by_gateway()), book)

    assert (first.added, first.merged) == (1, 0)
    assert (second.added, second.merged) == (0, 1)


def test_that_a_call_of_a_flat_rate_plan_stays_one_when_the_gateway_passes_it(
    ledger: Ledger, book: PriceBook
) -> None:
    book_all(ledger, book, [by_gateway()], [by_log(is_flat_rate=True)])

    (row,) = listed(ledger)
    assert (row.source, row.price_status) == ("gateway", "list_equivalent")


@pytest.mark.parametrize("given_id", ["", "None", "7", "chatcmpl-12", MESSAGE])
def test_that_a_provider_that_always_gives_the_same_id_swallows_no_call(
    ledger: Ledger, book: PriceBook, given_id: str
) -> None:
    calls = [by_gateway(str(number), response_id=given_id) for number in range(100)]
    book_all(ledger, book, [by_log(output_tokens=7)], calls[:1], calls[1:60], calls[60:])

    assert totals(ledger).calls == 101


def test_that_an_id_that_turns_out_to_be_reused_gives_back_what_it_tied(
    ledger: Ledger, book: PriceBook
) -> None:
    book_all(ledger, book, [by_log(output_tokens=1)], [by_gateway()])
    assert totals(ledger).calls == 1

    book_all(ledger, book, [by_gateway("b", occurred_at_ms=AT_MS + HOUR_MS)])

    assert totals(ledger).calls == 3
    assert {row.project for row in listed(ledger)} == {"", "notes"}
    assert [row.disagreements for row in listed(ledger)] == [()] * 3


def test_that_calls_without_ids_are_one_by_time_model_and_figures(
    ledger: Ledger, book: PriceBook
) -> None:
    calls = [by_gateway(response_id=""), by_otlp()]
    book_all(ledger, book, calls[:1], calls[1:])

    assert totals(ledger).calls == 1


def test_that_what_may_be_either_of_two_calls_is_swallowed_by_neither(
    ledger: Ledger, book: PriceBook
) -> None:
    book_all(ledger, book, [by_gateway("a", response_id="")], [by_otlp()])
    assert totals(ledger).calls == 1

    book_all(ledger, book, [by_gateway("b", response_id="", occurred_at_ms=AT_MS + 1000)])

    assert totals(ledger).calls == 3


def test_that_calls_of_one_source_are_never_tied(ledger: Ledger, book: PriceBook) -> None:
    book_all(ledger, book, [by_otlp("a")], [by_otlp("b")])

    assert totals(ledger).calls == 2


def test_that_a_server_and_this_computer_each_count_a_call_and_together_once(
    ledger: Ledger, book: PriceBook
) -> None:
    book_all(ledger, book, [by_gateway(response_id="")], [by_server()])

    assert (sums(ledger, "local").calls, sums(ledger, "alice").calls) == (1, 1)
    assert sums(ledger, Scope(("alice",), "2026-11")).cost_pico == 9_000_000_000
    assert sums(ledger, BOTH).calls == 1
    assert sums(ledger, BOTH).cost_pico == 10_500_000_000
    assert sums(ledger, Scope(("alice", "bob"))).calls == 1
    (row,) = listed(ledger, BOTH)
    assert row.source == "gateway"
    assert {each.field for each in row.disagreements} == {"cost_pico"}
    (row,) = listed(ledger, "alice")
    assert (row.source, row.cost_pico) == ("alwrity", 9_000_000_000)


def test_that_a_better_copy_of_a_record_that_does_not_count_changes_no_sum(
    ledger: Ledger, book: PriceBook
) -> None:
    logged = by_log(output_tokens=1)
    book_all(ledger, book, [by_gateway()], [logged])
    before = totals(ledger)

    batch = from_script(by_log(output_tokens=400))
    result = ledger.record(batch_of_copies(batch), book)

    assert (result.added, result.corrected) == (0, 1)
    assert totals(ledger) == before
    assert ledger.rollup_differences() == 0
    (row,) = listed(ledger)
    assert ("claude-code", 400) in row.disagreements[0].says


def test_that_a_better_copy_of_a_combined_call_keeps_what_others_know(
    ledger: Ledger, book: PriceBook
) -> None:
    book_all(ledger, book, [by_gateway(output_tokens=10)], [by_log()])

    for output_tokens in (400, 400, 450):
        copy = by_gateway(output_tokens=output_tokens)
        ledger.record(batch_of_copies(from_script(copy)), book)
        assert ledger.rollup_differences() == 0

    (row,) = listed(ledger)
    assert (row.project, row.output_tokens) == ("notes", 450)
    again = ledger.record(batch_of_copies(from_script(by_gateway(output_tokens=450))), book)
    assert again.corrected == 0


def batch_of_copies(batch: Batch) -> Batch:
    return replace(batch, is_corrected_by_copies=True)


def state(ledger: Ledger) -> tuple[object, ...]:
    """Return all that can be seen of the ledger, without the numbers of its rows."""
    rows = [
        (row.identity, row.source, row.project, row.price_status, row.cost_pico, row.disagreements)
        for account in ("local", "alice", BOTH)
        for row in listed(ledger, account)
    ]
    figures = [sums(ledger, account) for account in ("local", "alice", BOTH)]
    return sorted(rows), figures


MANY: Final = (
    by_gateway("a"),
    by_gateway("b", response_id="", occurred_at_ms=AT_MS + 2000),
    by_log(output_tokens=1),
    by_log("msg_2", is_flat_rate=True),
    by_otlp("a", response_id=MESSAGE),
    by_otlp("b", occurred_at_ms=AT_MS + 4000),
    by_server(1),
    by_server(2, occurred_at_ms=AT_MS + 6000),
)


def test_that_three_calls_of_four_sources_are_the_same_in_every_order(
    tmp_path: Path, book: PriceBook
) -> None:
    calls = (by_gateway(), by_log(), by_otlp(response_id=MESSAGE), by_server())
    found = []
    for number, order in enumerate(itertools.permutations(calls)):
        ledger = Ledger(tmp_path / f"{number}.sqlite3")
        book_all(ledger, book, *([call] for call in order))
        found.append(state(ledger))
        ledger.close()

    assert all(each == found[0] for each in found)
    assert [figures.calls for figures in found[0][1]] == [1, 1, 1]  # type: ignore[attr-defined] # of figures


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(MANY), unique_by=lambda call: call.identity, min_size=2),
    st.randoms(use_true_random=False),
    st.integers(1, 4),
)
def test_that_order_and_parts_do_not_matter(
    book: PriceBook, calls: list[Call], random: Random, size: int
) -> None:
    mixed = list(calls)
    random.shuffle(mixed)
    parts: Sequence[Sequence[Call]] = [
        mixed[start : start + size] for start in range(0, len(mixed), size)
    ]
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for name, batches in (("whole", [calls]), ("parts", parts)):
            ledger = Ledger(Path(folder) / name)
            book_all(ledger, book, *batches)
            found.append(state(ledger))
            ledger.close()

    assert found[0] == found[1]

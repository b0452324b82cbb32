"""Booking: each call once, at its price of the day, with sums that agree."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlite
from hypothesis import given, settings
from hypothesis import strategies as st

from alwrity_desktop.core import prices
from alwrity_desktop.core.domain.money import pico_from_usd
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.report import CallQuery
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.engine import writing
from alwrity_desktop.core.ledger.ledger import Ledger
from alwrity_desktop.core.ledger.schema import FIGURE_COLUMNS
from tests.core.ledger.calls import HOUR_MS, NOW_MS, a_call, a_log, from_logs, from_script, totals

ALL = CallQuery(0, NOW_MS + HOUR_MS)


def test_that_a_call_is_booked_at_its_price(ledger: Ledger, book: PriceBook) -> None:
    result = ledger.record(from_logs(a_log([a_call()])), book)

    assert (result.added, result.merged) == (1, 0)
    figures = totals(ledger)
    assert (figures.calls, figures.input_tokens, figures.output_tokens) == (1, 1000, 500)
    assert figures.cost_pico == pico_from_usd("0.0105")


def test_that_a_copied_log_counts_once(ledger: Ledger, book: PriceBook) -> None:
    calls = [a_call(f"msg_{number}") for number in range(20)]
    ledger.record(from_logs(a_log(calls)), book)

    result = ledger.record(from_logs(a_log(calls, "/elsewhere/a.jsonl")), book)

    assert (result.added, result.merged, result.corrected) == (0, 20, 0)
    assert totals(ledger).calls == 20


def test_that_a_larger_copy_corrects_the_call_by_a_row_of_its_own(
    ledger: Ledger, book: PriceBook
) -> None:
    ledger.record(from_logs(a_log([a_call(output_tokens=1)])), book)

    result = ledger.record(from_logs(a_log([a_call(output_tokens=500)])), book)

    assert (result.added, result.merged, result.corrected) == (0, 1, 1)
    assert totals(ledger).cost_pico == pico_from_usd("0.0105")
    assert ledger.rollup_differences() == 0
    (row,) = ledger.page("local", ALL).rows
    assert (row.output_tokens, row.cost_pico) == (500, pico_from_usd("0.0105"))


def test_that_a_smaller_copy_changes_nothing(ledger: Ledger, book: PriceBook) -> None:
    ledger.record(from_logs(a_log([a_call(output_tokens=500)])), book)

    result = ledger.record(from_logs(a_log([a_call(output_tokens=1)])), book)

    assert result.corrected == 0
    assert totals(ledger).output_tokens == 500


def test_that_a_copy_without_request_id_is_the_same_call(ledger: Ledger, book: PriceBook) -> None:
    ledger.record(from_logs(a_log([a_call("msg_1", "")])), book)

    result = ledger.record(from_logs(a_log([a_call("msg_1", "req_1")])), book)

    assert result.added == 0
    assert totals(ledger).calls == 1


def test_that_a_side_conversation_never_outranks_the_main_one(
    ledger: Ledger, book: PriceBook
) -> None:
    replay = a_call("msg_1", "req_9", output_tokens=900, is_sidechain=True)
    ledger.record(from_logs(a_log([replay])), book)

    ledger.record(from_logs(a_log([a_call("msg_1", "req_1")])), book)

    assert totals(ledger).calls == 1
    assert totals(ledger).output_tokens == 500


def test_that_an_identity_of_a_merged_copy_is_known_later(ledger: Ledger, book: PriceBook) -> None:
    replay = a_call("msg_1", "req_9", is_sidechain=True)
    ledger.record(from_logs(a_log([replay])), book)
    ledger.record(from_logs(a_log([a_call("msg_1", "req_1")])), book)

    ledger.record(from_logs(a_log([a_call("msg_1", "req_9")])), book)

    assert totals(ledger).calls == 1


def test_that_other_answers_to_the_same_prefix_stay_calls_of_their_own(
    ledger: Ledger, book: PriceBook
) -> None:
    first, second = a_call("msg_1", ""), a_call("msg_12", "")
    ledger.record(from_logs(a_log([first])), book)

    assert ledger.record(from_logs(a_log([second])), book).added == 1


def test_that_a_model_without_a_price_stays_out_of_the_sum(ledger: Ledger, book: PriceBook) -> None:
    ledger.record(from_logs(a_log([a_call(), a_call("msg_2", model="claude-nobody-9")])), book)

    figures = totals(ledger)
    assert (figures.calls, figures.unpriced_calls) == (2, 1)
    assert figures.cost_pico == pico_from_usd("0.0105")
    unpriced = ledger.page("local", CallQuery(0, NOW_MS, state="unpriced")).rows
    assert [row.cost_pico for row in unpriced] == [None]


def test_that_a_recorded_id_is_one_call_and_the_first_figures_stay(
    ledger: Ledger, book: PriceBook
) -> None:
    first = a_call(identity="record:7", input_tokens=10)
    ledger.record(from_script(first), book)

    same = ledger.record(from_script(first), book).booked[0]
    other = ledger.record(from_script(a_call(identity="record:7", input_tokens=99)), book).booked[0]

    assert (same.is_new, same.is_different) == (False, False)
    assert (other.is_new, other.is_different) == (False, True)
    assert totals(ledger).input_tokens == 10


def test_that_a_price_is_frozen_when_booked(ledger: Ledger, book: PriceBook) -> None:
    ledger.record(from_logs(a_log([a_call()])), book)

    (row,) = ledger.page("local", ALL).rows

    assert row.price_status == "priced"
    assert row.price_origin is not None
    assert row.price_origin.startswith("maintained list")
    assert sum(line.cost_pico or 0 for line in row.lines) == row.cost_pico


def test_that_no_program_can_change_a_booked_call(ledger: Ledger, book: PriceBook) -> None:
    ledger.record(from_logs(a_log([a_call()])), book)

    with (
        pytest.raises(sqlite.IntegrityError, match="never updated"),
        writing(ledger._file) as connection,
    ):
        connection.execute("UPDATE calls SET cost_pico = 0")


def test_that_refused_lines_are_named_with_their_place(ledger: Ledger, book: PriceBook) -> None:
    log = a_log([a_call()], rejected=[("Line is not valid JSON", 3, 512)])
    ledger.record(from_logs(log), book)
    ledger.record(from_logs(log), book)

    with ledger.snapshot() as snapshot:
        (refused,) = snapshot.rejects()
    assert (refused.reason, refused.lines, refused.example_offset) == (
        "Line is not valid JSON",
        3,
        512,
    )


def test_that_refused_lines_of_later_parts_add_up(ledger: Ledger, book: PriceBook) -> None:
    ledger.record(from_logs(a_log([], rejected=[("Line is not valid JSON", 3, 5)])), book)
    later = a_log([], rejected=[("Line is not valid JSON", 2, 900)], begun_at=1000)
    ledger.record(from_logs(later), book)

    with ledger.snapshot() as snapshot:
        (refused,) = snapshot.rejects()
    assert (refused.lines, refused.example_offset) == (5, 900)


def copies() -> st.SearchStrategy[Call]:
    """Return copies of a few messages that differ in everything that copies differ in."""
    return st.builds(
        lambda message, request, output, hours, side, model: a_call(
            f"msg_{message}",
            request,
            output_tokens=output,
            occurred_at_ms=NOW_MS - hours * HOUR_MS,
            is_sidechain=side,
            model=model,
        ),
        st.integers(0, 2),
        st.sampled_from(["", "req_1"]),
        st.integers(1, 3),
        st.integers(1, 30),
        st.booleans(),
        st.sampled_from(["claude-sonnet-4-5", "claude-nobody-9"]),
    )


@settings(max_examples=60)
@given(st.lists(copies(), min_size=1, max_size=8), st.data())
def test_that_totals_do_not_depend_on_the_order_of_import(
    calls: list[Call], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(calls))
    cut = data.draw(st.integers(0, len(calls)))
    book = prices.open_price_book()
    with tempfile.TemporaryDirectory() as folder:
        at_once, in_parts = Ledger(Path(folder) / "a"), Ledger(Path(folder) / "b")
        try:
            at_once.record(from_logs(a_log(calls)), book)
            for part in (shuffled[:cut], shuffled[cut:], calls):
                in_parts.record(from_logs(a_log(part)), book)

            assert totals(at_once) == totals(in_parts)
            assert in_parts.rollup_differences() == 0
        finally:
            at_once.close()
            in_parts.close()


def test_that_a_call_and_its_row_name_their_figures_in_one_order() -> None:
    figures = FIGURE_COLUMNS[FIGURE_COLUMNS.index("input_tokens") :][:11]
    first = Call.__struct_fields__.index("input_tokens")

    assert Call.__struct_fields__[first : first + 11] == figures
    assert figures[-1] == "duration_ms"


def test_that_a_cost_beyond_belief_stays_out_of_the_sum(ledger: Ledger, book: PriceBook) -> None:
    images = a_call(
        identity="record:1", provider="stability", model="image", images=10**9, input_tokens=0
    )

    (booked,) = ledger.record(from_script(images), book).booked

    assert (booked.cost_pico, booked.price_status) == (None, "unpriced")


def test_that_of_copies_that_differ_in_their_key_alone_the_same_one_stays_in_any_order(
    tmp_path: Path, book: PriceBook
) -> None:
    copies = (a_call(), a_call(api_key="Blog"))
    names: list[str] = []
    for order in (copies, copies[::-1]):
        ledger = Ledger(tmp_path / f"{len(names)}.sqlite3")
        for copy in order:
            ledger.record(from_logs(a_log([copy])), book)
        (row,) = ledger.page("local", CallQuery(0, NOW_MS)).rows
        names.append(row.api_key)
        assert ledger.rollup_differences() == 0
        ledger.close()
    assert names[0] == names[1]

"""Calls that come in columns are booked as those that come one by one are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alwrity_desktop.core.call_sheets import sheet_of
from alwrity_desktop.core.domain.identity import merge
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.report import CallQuery, CallRow
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger import intake as intake_module
from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.ledger.intake import Intake
from alwrity_desktop.core.ledger.ledger import Ledger
from alwrity_desktop.core.log_reading import Haul, LogReading
from alwrity_desktop.core.prices import open_price_book
from tests.core.ledger.calls import HOUR_MS, NOW_MS, a_call, a_log, from_logs, totals

BOOK = open_price_book()
Logs = Sequence[Sequence[Call]]


def copies() -> st.SearchStrategy[Call]:
    """Return copies of a few messages that differ in everything that copies differ in."""
    return st.builds(
        lambda message, request, output, hours, side, duration: a_call(
            f"msg_{message}",
            request,
            output_tokens=output,
            occurred_at_ms=NOW_MS - hours * HOUR_MS,
            is_sidechain=side,
            duration_ms=duration,
        ),
        st.integers(0, 4),
        st.sampled_from(["", "req_1", "req_2"]),
        st.integers(1, 3),
        st.integers(1, 30),
        st.booleans(),
        st.sampled_from([None, None, 40]),
    )


def hauls() -> st.SearchStrategy[list[list[list[Call]]]]:
    """Return the calls of some logs in each of some hauls."""
    logs = st.lists(st.lists(copies(), max_size=4), max_size=3)
    return st.lists(logs, min_size=1, max_size=3)


def taken(
    found: Sequence[Logs], *, is_first: bool = True, before: int | None = None
) -> tuple[Intake, Batch]:
    """Return an intake of hauls, and the batch that they belong to.

    All are taken in, or so many *before* the booking begins and the others meanwhile.
    """
    intake = Intake(BOOK, is_first=is_first)
    names = (f"/logs/{number}" for number in count())

    def take(hauls: Iterable[Logs]) -> Iterator[list[LogReading]]:
        for logs in hauls:
            sheet, quotes = sheet_of(logs, BOOK)
            readings = [a_log([], next(names)) for _ in logs]
            intake.take(Haul(readings, sheet, quotes))
            yield readings

    readings = [reading for each in take(found[:before]) for reading in each]
    if before is not None:
        intake.arriving = take(found[before:])
    return intake, from_logs(*readings)


def rows(ledger: Ledger) -> list[CallRow]:
    """Return what the ledger says of each call; which number it has does not matter."""
    page = ledger.page("local", CallQuery(0, NOW_MS, size=1000))
    return sorted((replace(row, id=0) for row in page.rows), key=repr)


@given(hauls(), st.integers(1, 4))
def test_that_columns_hold_what_merging_every_call_gives(found: list[Logs], at_once: int) -> None:
    every = merge(call for logs in found for log in logs for call in log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake_module, "_MERGED_AT_ONCE", at_once)
        intake, _ = taken(found)

    made = intake.distinct()

    in_columns = [call for part in intake.parts for call in part.of(part.sheet.calls())]
    assert sorted(made + in_columns, key=repr) == sorted(every, key=repr)


@settings(max_examples=80)
@given(hauls(), st.booleans(), st.lists(copies(), max_size=3), st.sampled_from([None, 0, 1]))
def test_that_columns_are_booked_as_calls_are(
    found: list[Logs], is_first: bool, earlier: list[Call], before: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        in_columns, by_calls = Ledger(Path(folder) / "a"), Ledger(Path(folder) / "b")
        try:
            for ledger in (in_columns, by_calls):
                if earlier:
                    ledger.record(from_logs(a_log(earlier, "/logs/earlier")), BOOK)
            intake, batch = taken(found, is_first=is_first, before=before)
            given_logs = [log for logs in found for log in logs]
            logs = [a_log(log, f"/logs/{number}") for number, log in enumerate(given_logs)]

            result = in_columns.record(batch, BOOK, intake)

            expected = by_calls.record(from_logs(*logs), BOOK)
            assert (result.added, result.merged) == (expected.added, expected.merged)
            assert rows(in_columns) == rows(by_calls)
            assert totals(in_columns) == totals(by_calls)
            assert in_columns.rollup_differences() == 0
        finally:
            in_columns.close()
            by_calls.close()


def test_that_copies_that_get_better_while_they_are_booked_are_one_call(
    ledger: Ledger, book: PriceBook
) -> None:
    # The row that goes each time is the newest: its id is given again.
    copies_of_one = [[[a_call("a", output_tokens=tokens)]] for tokens in range(1, 6)]
    intake, batch = taken([[[a_call("b")]], *copies_of_one, [[a_call("c")]]], before=1)

    result = ledger.record(batch, book, intake)

    assert (result.added, result.merged) == (3, 4)
    assert {row.identity.split(":")[1]: row.output_tokens for row in rows(ledger)} == {
        "a": 5,
        "b": a_call("b").output_tokens,
        "c": a_call("c").output_tokens,
    }
    assert ledger.rollup_differences() == 0


@pytest.mark.parametrize("is_first", [True, False])
def test_that_each_call_names_the_log_that_its_figures_were_read_from(
    ledger: Ledger, book: PriceBook, is_first: bool
) -> None:
    found = [
        [[a_call("a"), a_call("d", "")], [a_call("b"), a_call("d", output_tokens=1)]],
        [[], [a_call("c", output_tokens=1), a_call("b")], [a_call("c")]],
    ]
    intake, batch = taken(found, is_first=is_first)

    ledger.record(batch, book, intake)

    with ledger._file.connect() as connection:
        query = "SELECT c.identity, f.path FROM calls c JOIN files f ON f.id = c.file_id"
        named = {row[0].split(":")[1]: row[1] for row in connection.execute(query)}
    assert named == {"a": "/logs/0", "b": "/logs/1", "c": "/logs/4", "d": "/logs/0"}

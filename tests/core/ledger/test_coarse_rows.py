"""Sums of hours and days: the same as those of quarters, whatever is asked of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Final

import pytest
import sqlcipher3.dbapi2 as sqlite
from hypothesis import given, settings
from hypothesis import strategies as st

from alwrity_desktop.core import prices
from alwrity_desktop.core.domain.breakdown import day_of_slot, total_of
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.sums import OffsetSpan
from alwrity_desktop.core.ledger.coarse_rows import (
    DAYS,
    DURATIONS,
    HALF_HOURS,
    LEVELS,
    Level,
    levels_for,
    levels_for_hours,
    pieces,
)
from alwrity_desktop.core.ledger.ledger import Ledger
from alwrity_desktop.core.ledger.schema import QUARTER_MS
from tests.core.ledger.calls import DAY_MS, HOUR_MS, NOW_MS, a_call, a_log, from_logs, from_script

DIMENSIONS: Final = ("provider", "model", "project", "agent", "conversation", "status_code")
FIRST_MS: Final = NOW_MS - 20 * DAY_MS

made: Final[st.SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["claude-sonnet-4-5-20250929", "claude-haiku-4-5", "odd"]),
        "project": st.sampled_from(["", "a"]),
        "conversation": st.sampled_from(["", "c1", "c2", "c3"]),
        "status_code": st.sampled_from([None, 200, 500]),
        "input_tokens": st.integers(0, 10**6),
        "duration_ms": st.none() | st.integers(0, 10**6),
        "occurred_at_ms": st.integers(FIRST_MS, NOW_MS),
    }
)
quarters: Final = st.integers(FIRST_MS // QUARTER_MS - 10, NOW_MS // QUARTER_MS + 10)


@given(st.integers(0, 5000), st.integers(0, 5000), st.sampled_from([(), (HALF_HOURS,), LEVELS]))
def test_that_pieces_make_up_their_span_once_and_keep_to_their_tables(
    first: int, after: int, levels: tuple[Level, ...]
) -> None:
    found = list(pieces(first, after, levels, "rollups"))

    covered = [quarter for piece in found for quarter in range(piece.first, piece.after)]
    assert sorted(covered) == list(range(first, after))
    length = {"rollups": 1} | {level.table: level.quarters for level in levels}
    for piece in found:
        assert piece.first % length[piece.table] == piece.after % length[piece.table] == 0
    fine = sum(piece.after - piece.first for piece in found if piece.table == "rollups")
    coarsest = levels[-1].quarters if levels else max(first, after) + 1
    assert fine <= 2 * coarsest


def test_that_a_level_is_read_only_for_what_it_tells_apart() -> None:
    assert levels_for(["provider", "model", "status_code"]) == [DAYS, HALF_HOURS]
    assert levels_for(["project", "api_key"]) == [DAYS]
    assert levels_for(["conversation"]) == []
    assert levels_for_hours(7200, ["provider"]) == [HALF_HOURS]
    assert levels_for_hours(-3600 * 5, []) == [HALF_HOURS]
    assert levels_for_hours(19_800, ["model"]) == [HALF_HOURS]
    assert levels_for_hours(20_700, []) == []
    assert levels_for_hours(3600, ["project"]) == []


@given(
    st.lists(made, max_size=12),
    st.lists(made, max_size=6),
    st.tuples(quarters, quarters),
    st.sets(st.sampled_from(DIMENSIONS)),
    st.sampled_from([0, 3600, -18_000, 19_800, 20_700]),
)
@settings(max_examples=40, deadline=None)
def test_that_any_span_adds_up_to_its_calls(
    tmp_path_factory: pytest.TempPathFactory,
    fields: list[dict[str, Any]],
    later: list[dict[str, Any]],
    span: tuple[int, int],
    names: set[str],
    offset_s: int,
) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("coarse") / "ledger.sqlite3")
    book = prices.open_price_book()
    calls = [a_call(f"msg_{number}", **each) for number, each in enumerate(fields)]
    ledger.record(from_logs(a_log(calls)), book)
    # Some are better copies of known calls, which move sums; others are new.
    more = [a_call(f"msg_{2 * number}", **each) for number, each in enumerate(later)]
    ledger.record(from_logs(a_log(more, "/logs/b.jsonl")), book)
    start_ms, end_ms = (quarter * QUARTER_MS for quarter in sorted(span))

    rows = list(ledger.calls("local", start_ms, end_ms))
    with ledger.snapshot() as snapshot:
        parts = snapshot.by_series("local", start_ms, end_ms, sorted(names))
        one_span = [OffsetSpan(start_ms, end_ms, offset_s)]
        hours = snapshot.by_slot("local", one_span, 3600)
        week = snapshot.by_week_hour("local", one_span)
        timed = snapshot.durations("local", start_ms, end_ms)
        known = snapshot.bounds("local"), snapshot.calls_ever("local")
        brought = snapshot.sources("local")
    everything = list(ledger.calls("local", 0, NOW_MS + 1))
    differences = ledger.rollup_differences()
    ledger.close()

    def key(row: Any) -> tuple[object, ...]:  # noqa: ANN401 - a call or the dimensions of some
        return tuple(getattr(row, name) or 0 for name in sorted(names))

    wanted = Counter(key(row) for row in rows)
    sums: defaultdict[tuple[object, ...], Figures] = defaultdict(Figures)
    for part in parts:
        sums[tuple(part.dimensions[name] or 0 for name in sorted(names))] += part.figures
    assert {name: one.calls for name, one in sums.items()} == dict(wanted)
    whole = total_of(sums.values())
    assert whole.cost_pico == sum(row.cost_pico or 0 for row in rows)
    assert whole.input_tokens == sum(row.input_tokens for row in rows)
    assert total_of(row.figures for row in hours) == total_of(row.figures for row in week) == whole
    assert sum(each.calls for each in timed) == whole.duration_calls
    for row in rows:
        local_s = row.occurred_at_ms // 1000 + offset_s
        assert any(slot.slot == local_s // 3600 for slot in hours)
        assert any(slot.slot == local_s // 3600 % 168 for slot in week)
    at = [row.occurred_at_ms // QUARTER_MS * QUARTER_MS for row in everything]
    assert known == ((min(at), max(at)) if at else None, len(everything))
    assert sum(one.calls for one in brought) == len(everything)
    assert {one.newest_ms for one in brought} <= {max(at, default=None), None}
    assert differences == 0


def test_that_the_hours_of_a_week_keep_their_weekday(ledger: Ledger, book: PriceBook) -> None:
    ledger.record(from_script(a_call(identity="record:1", occurred_at_ms=NOW_MS)), book)
    with ledger.snapshot() as snapshot:
        span = OffsetSpan(NOW_MS - DAY_MS, NOW_MS + DAY_MS, 3600)
        (row,) = snapshot.by_week_hour("local", [span])

    # A Friday at 14:32; the first Friday since 1970 was the second of January.
    assert (day_of_slot(row.slot // 24), row.slot % 24) == ("1970-01-02", 14)


def test_that_calls_that_differ_in_their_conversation_share_a_row_of_a_day(
    ledger: Ledger, book: PriceBook
) -> None:
    for part in range(3):
        calls = [
            a_call(
                identity=f"record:{part}:{number}",
                conversation=f"talk {part}:{number}",
                occurred_at_ms=NOW_MS - number * HOUR_MS,
                duration_ms=100,
            )
            for number in range(5)
        ]
        ledger.record(from_script(*calls), book)

    connection = sqlite.connect(str(ledger.path))
    counts = [
        connection.execute(f"SELECT count(*), sum(calls) FROM {table}").fetchone()  # noqa: S608
        for table in ("rollups", HALF_HOURS.table, DAYS.table, DURATIONS.table)
    ]
    connection.close()
    assert counts == [(15, 15), (5, 15), (1, 15), (1, 15)]


@pytest.mark.parametrize("level", [HALF_HOURS, DAYS, DURATIONS])
def test_that_sums_of_hours_and_days_that_are_off_are_noticed(
    ledger: Ledger, book: PriceBook, level: Level
) -> None:
    ledger.record(from_script(a_call(identity="record:1", duration_ms=100)), book)
    assert ledger.rollup_differences() == 0

    connection = sqlite.connect(str(ledger.path), isolation_level=None)
    connection.execute(f"UPDATE {level.table} SET calls = 7")  # noqa: S608 - ours
    connection.close()

    assert ledger.rollup_differences() > 0


def test_that_an_older_ledger_gets_its_sums_of_hours_and_days(
    tmp_path: Path, book: PriceBook
) -> None:
    path = tmp_path / "ledger.sqlite3"
    opened = Ledger(path)
    calls = [
        a_call(
            identity=f"record:{number}",
            conversation=f"talk {number % 4}",
            model="odd" if number % 3 else "claude-haiku-4-5",
            occurred_at_ms=NOW_MS - number * 7 * HOUR_MS,
            duration_ms=number * 10,
        )
        for number in range(40)
    ]
    opened.record(from_script(*calls), book)
    opened.close()
    connection = sqlite.connect(str(path), isolation_level=None)
    before = contents(connection)
    for table in TABLES:
        connection.execute(f"DROP TABLE {table}")
    connection.execute("UPDATE alembic_version SET version_num = '0005'")
    connection.close()

    opened = Ledger(path)
    assert opened.rollup_differences() == 0
    opened.close()
    connection = sqlite.connect(str(path))
    assert contents(connection) == before
    connection.close()


TABLES: Final = ("series_groups", HALF_HOURS.table, DAYS.table, DURATIONS.table)


def contents(connection: sqlite.Connection) -> dict[str, list[tuple[int, ...]]]:
    """Return the rows of the sums above the rollups."""
    return {
        table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()  # noqa: S608
        for table in TABLES
    }

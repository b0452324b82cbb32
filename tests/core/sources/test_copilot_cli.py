"""Tests of reading the session store of Copilot CLI."""

from __future__ import annotations

from pathlib import Path

import pytest

from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.base import Cell, Reject
from alwrity_desktop.core.sources.copilot_cli import DATABASE, EVENTS, SOURCE
from tests.logs import NOW_MS, START_MS, iso


def event(number: int = 1, **fields: Cell) -> list[Cell]:
    row: dict[str, Cell] = {
        "id": number,
        "session_id": b"s-1",
        "created_at": iso(START_MS).encode(),
        "model": b"claude-sonnet-4.5",
        "input_tokens": 1000,
        "output_tokens": 50,
        "cache_read_tokens": 600,
        "cache_write_tokens": 100,
        "reasoning_tokens": 20,
        "duration_ms": 1234.5,
        "copilot_usage_model": None,
    }
    return [(row | fields)[name] for name in EVENTS.columns]


def read(*rows: list[Cell]) -> tuple[list[Call], list[Reject]]:
    sessions: list[list[Cell]] = [[b"s-1", b"/home/ada/engine"], [b"s-2", None]]
    return SOURCE.read_rows({"sessions": sessions, EVENTS.name: rows}, NOW_MS)


def test_that_the_cache_is_taken_out_of_the_input() -> None:
    ((call,), rejects) = read(event())
    assert rejects == []
    assert call == Call(
        identity="copilot-cli::s-1%3A1",
        occurred_at_ms=START_MS,
        source="copilot-cli",
        provider="anthropic",
        model="claude-sonnet-4.5",
        input_tokens=300,
        cache_read_tokens=600,
        cache_write_5m_tokens=100,
        output_tokens=50,
        reasoning_tokens=20,
        duration_ms=1234,
        project="engine",
        conversation="s-1",
        is_flat_rate=True,
    )


def test_that_row_ids_of_two_stores_never_meet() -> None:
    calls, _ = read(event(1), event(1, session_id=b"s-2"))
    assert len({call.identity for call in calls}) == 2


def test_that_a_time_without_a_zone_is_utc() -> None:
    ((call,), _) = read(event(created_at=iso(START_MS)[:19].replace("T", " ").encode()))
    assert call.occurred_at_ms == START_MS // 1000 * 1000


def test_that_a_cache_larger_than_the_input_leaves_no_negative_count() -> None:
    ((call,), _) = read(event(cache_read_tokens=900, cache_write_tokens=900))
    counts = (call.input_tokens, call.cache_read_tokens, call.cache_write_5m_tokens)
    assert counts == (0, 900, 100)


def test_that_the_model_that_was_billed_is_named() -> None:
    ((call,), _) = read(event(model=None, copilot_usage_model=b"gpt-5-mini"))
    assert (call.model, call.provider) == ("gpt-5-mini", "openai")
    ((call,), _) = read(event(model=b"raptor"))
    assert call.provider == "github"


def test_that_a_row_without_tokens_is_no_call() -> None:
    assert read(event(input_tokens=None, output_tokens=0, cache_read_tokens=None)) == ([], [])


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"input_tokens": -1}, base.NEGATIVE_COUNT),
        ({"output_tokens": 10**9 + 1}, base.ABSURD_COUNT),
        ({"input_tokens": 10**9, "output_tokens": 1}, base.ABSURD_COUNT),
        ({"input_tokens": b"12"}, base.BAD_COUNT),
        ({"input_tokens": 1.5}, base.BAD_COUNT),
        ({"created_at": None}, base.BAD_TIME),
        ({"created_at": b"soon"}, base.BAD_TIME),
        ({"created_at": 10**30}, base.BAD_TIME),
        ({"created_at": 0}, base.EARLY_TIME),
        ({"created_at": NOW_MS + 10**6}, base.FUTURE_TIME),
        ({"model": None}, base.BAD_MODEL),
    ],
)
def test_that_what_cannot_be_is_refused_and_the_rest_stays(
    fields: dict[str, Cell], reason: str
) -> None:
    calls, rejects = read(event(7, **fields), event(8))
    assert (len(calls), rejects) == (1, [Reject(reason, 7)])
    assert reason in base.REASONS


def test_that_the_store_is_found_and_nothing_beside_it(tmp_path: Path) -> None:
    own = tmp_path / ".copilot"
    (own / "session-state").mkdir(parents=True)
    store = own / DATABASE
    store.write_bytes(b"")
    (own / "session-state" / DATABASE).write_bytes(b"")
    assert SOURCE.folders({}, tmp_path) == (own,)
    assert SOURCE.folders({"COPILOT_HOME": str(own)}, Path("/nowhere")) == (own,)
    assert [SOURCE.accept(each) for each in (own, tmp_path, store)] == [(own,), (own,), (store,)]
    assert SOURCE.accept(tmp_path / "absent") == ()
    found = [item for item in base.walk(own, SOURCE) if isinstance(item, base.LogFile)]
    assert [item.path for item in found] == [str(store)]

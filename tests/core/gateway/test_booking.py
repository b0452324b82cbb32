"""Booking: each call once, whatever its provider calls it, and whenever the gateway was killed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path

import msgspec
import pytest

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import LedgerUnavailableError
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.gateway.booking import Booker, own_identity
from alwrity_desktop.core.gateway.door import Standing
from alwrity_desktop.core.gateway.spool import BEGUN, DONE, Place, Record, SpoolWriter, load_state
from alwrity_desktop.core.gateway_ledger import ContextDoor
from tests.core.gateway.harness import booked_calls, open_profile

ALL = 10**9


class Dying(ContextDoor):
    """A ledger whose program is killed right before or right after it booked."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.when = ""

    def book(self, calls: Sequence[Call]) -> None:
        """Book, and die when told to."""
        if self.when == "before":
            raise KeyboardInterrupt
        super().book(calls)
        if self.when == "after":
            raise KeyboardInterrupt


class Locked(ContextDoor):
    """A ledger that another program holds."""

    is_locked = True

    def book(self, calls: Sequence[Call]) -> None:
        """Book, unless it is locked."""
        if self.is_locked:
            raise LedgerUnavailableError("Another program has held the ledger for too long.")
        super().book(calls)


class Broken:
    """A ledger that fails in a way that nobody thought of."""

    def book(self, calls: Sequence[Call]) -> None:
        """Fail."""
        raise ZeroDivisionError

    def standings(self) -> tuple[Standing, ...]:
        """Fail."""
        raise ZeroDivisionError

    def price_book(self) -> PriceBook:
        """Fail."""
        raise ZeroDivisionError

    def unpriced_allowed(self) -> frozenset[str]:
        """Fail."""
        raise ZeroDivisionError

    def signature(self) -> Hashable:
        """Return nothing."""
        return None

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def context() -> Context:
    return open_profile()


def call(identity: str, tokens: int = 10) -> Call:
    return Call(
        identity=identity,
        occurred_at_ms=1_795_000_000_000,
        source="gateway",
        provider="openai",
        model="gpt-4o-mini",
        input_tokens=tokens,
    )


def writer_in(folder: Path) -> SpoolWriter:
    return SpoolWriter(folder, load_state(folder).booked)


def book_all(booker: Booker) -> int:
    booked = 0
    while (news := booker.step(ALL)).has_more or news.calls:
        booked += news.calls
        assert not news.trouble
    return booked


def restarted(folder: Path, door: ContextDoor) -> int:
    """Book as a gateway does that is started anew; return how many it booked."""
    writer = writer_in(folder)
    booked = book_all(Booker(folder, door, writer.place.segment))
    writer.close()
    return booked


def test_that_ids_that_a_provider_reuses_swallow_no_call(context: Context, tmp_path: Path) -> None:
    door = ContextDoor(context)
    for run in range(3):
        writer = writer_in(tmp_path)
        booker = Booker(tmp_path, door, writer.place.segment)
        for number in range(100):
            same = msgspec.structs.replace(
                call(own_identity(f"{run}-{number}")), response_id="chatcmpl-the-same-each-time"
            )
            writer.append(Record(DONE, f"{run}-{number}", same))
        assert book_all(booker) == 100
        writer.close()
    assert len(booked_calls(context)) == 300
    context.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_that_a_batch_is_booked_once_however_its_booking_ends(
    context: Context, tmp_path: Path, when: str
) -> None:
    door = Dying(context)
    writer = writer_in(tmp_path)
    booker = Booker(tmp_path, door, writer.place.segment)
    book_all(booker)
    for number in range(50):
        writer.append(Record(DONE, f"k{number}", call(own_identity(f"k{number}"))))
    door.when = when
    with pytest.raises(KeyboardInterrupt):
        booker.step(ALL)
    for number in range(10):
        writer.append(Record(DONE, f"late{number}", call(own_identity(f"late{number}"))))
    writer.close()
    door.when = ""
    restarted(tmp_path, door)
    restarted(tmp_path, door)
    assert len(booked_calls(context)) == 60
    context.close()


def test_that_calls_under_way_at_a_crash_are_booked_as_estimates(
    context: Context, tmp_path: Path
) -> None:
    door = ContextDoor(context)
    writer = writer_in(tmp_path)
    booker = Booker(tmp_path, door, writer.place.segment)
    for number in range(4):
        writer.append(Record(BEGUN, f"k{number}", call(f"gateway::k{number}", 7)))
    writer.append(Record(DONE, "k0", call("openai::a", 100)))
    book_all(booker)
    assert len(booked_calls(context)) == 1
    writer.append(Record(DONE, "k1", call("openai::b", 100)))
    writer.close()
    assert restarted(tmp_path, door) == 3
    assert restarted(tmp_path, door) == 0
    tokens = sorted(row.input_tokens for row in booked_calls(context))
    assert tokens == [7, 7, 100, 100]
    context.close()


def test_that_a_locked_ledger_is_named_and_nothing_is_lost(
    context: Context, tmp_path: Path
) -> None:
    door = Locked(context)
    writer = writer_in(tmp_path)
    booker = Booker(tmp_path, door, writer.place.segment)
    writer.append(Record(DONE, "k", call("openai::a")))
    booker.step(ALL)
    for _ in range(3):
        assert "held the ledger" in booker.step(ALL).trouble
    door.is_locked = False
    assert book_all(booker) == 1
    writer.close()
    context.close()


def test_that_a_fault_of_the_ledger_does_not_end_booking(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    booker = Booker(tmp_path, Broken(), writer.place.segment)
    writer.append(Record(DONE, "k", call("openai::a")))
    booker.step(ALL)
    news = booker.step(ALL)
    assert "own fault" in news.trouble
    assert news.booked == Place()
    writer.close()

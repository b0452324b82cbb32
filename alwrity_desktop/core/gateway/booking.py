"""Books what the spool holds into the ledger: in order, in batches, each call once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.domain.identity import lone_identity
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.gateway.door import LedgerDoor, Standing
from alwrity_desktop.core.gateway.spool import (
    DONE,
    Place,
    Record,
    State,
    load_state,
    read_records,
    remove_booked,
    save_state,
)

SOURCE: Final = "gateway"
BATCH: Final = 2000

_LOG: Final = logging.getLogger(__name__)
_BUG: Final = "The ledger failed in a way that is this program's own fault."


class News(msgspec.Struct, frozen=True):
    """What the ledger's thread tells the gateway."""

    #: All before it is in the ledger.
    booked: Place
    calls: int = 0
    #: None where they could not be read; the last known ones then stand.
    standings: tuple[Standing, ...] | None = None
    price_book: PriceBook | None = None
    unpriced_allowed: frozenset[str] = frozenset()
    #: What is wrong with the ledger, "" when nothing is.
    trouble: str = ""
    has_more: bool = False


def own_identity(key: str) -> str:
    """Return the identity of a call that the gateway passed on: no provider chose its *key*."""
    return lone_identity(SOURCE, key)


class Booker:
    """Reads the spool and books it. For the ledger's thread alone."""

    def __init__(self, folder: Path, door: LedgerDoor, first_segment: int) -> None:
        """Go on where the state in *folder* says that booking stopped.

        Segments before *first_segment* are of a gateway that has ended.
        """
        self._folder = folder
        self._door = door
        self._state = load_state(folder)
        self._first_segment = first_segment
        self._is_recovering = True

    def step(self, newest: int) -> News:
        """Book one batch, if there is one, and tell how budgets stand then.

        *newest* is the segment being written. Never raises: what could not be booked stays in
        the spool for the next time.
        """
        return self._told(lambda: self._news(self._book_next(newest)))

    def look(self) -> News:
        """Tell how budgets stand, without booking. Never raises."""
        return self._told(lambda: self._news((0, False)))

    def _told(self, work: Callable[[], News]) -> News:
        try:
            return work()
        except (AlwrityError, OSError) as error:
            return News(self._state.booked, trouble=_sentence(error))
        except Exception:  # noqa: BLE001 - the queue has to outlive whatever the ledger does
            _LOG.exception("Booking failed.")
            return News(self._state.booked, trouble=_BUG)

    def _news(self, booked: tuple[int, bool]) -> News:
        calls, has_more = booked
        return News(
            self._state.booked,
            calls,
            self._door.standings(),
            self._door.price_book(),
            self._door.unpriced_allowed(),
            has_more=has_more,
        )

    def _book_next(self, newest: int) -> tuple[int, bool]:
        if self._is_recovering:
            return self._recover(newest)
        return self._book(self._records(newest), newest)

    def _recover(self, newest: int) -> tuple[int, bool]:
        """Book what a gateway that has ended left, and then what was under way at its end.

        The provider may have billed those calls: they are booked with what is known of them.
        """
        records = self._records(self._first_segment - 1)
        if records:
            booked, _ = self._book(records, newest)
            return booked, True
        orphans = tuple(self._state.begun.values())
        if orphans:
            self._door.book(orphans)
            self._keep(State(self._state.booked))
        self._is_recovering = False
        return len(orphans), True

    def _book(self, records: Sequence[tuple[Record, Place]], newest: int) -> tuple[int, bool]:
        """Book *records*; a crash before the end books them again, by the same identities."""
        if not records:
            return 0, False
        begun = dict(self._state.begun)
        done: dict[str, Call] = {}
        for record, _ in records:
            if record.kind == DONE:
                begun.pop(record.key, None)
                done[record.key] = record.call
            else:
                begun[record.key] = record.call
        if done:
            self._door.book(tuple(done.values()))
        self._keep(State(records[-1][1], begun))
        remove_booked(self._folder, self._state, newest)
        return len(done), len(records) >= BATCH

    def _records(self, newest: int) -> list[tuple[Record, Place]]:
        """Return the next records up to a segment."""
        return list(read_records(self._folder, self._state.booked, newest, BATCH))

    def _keep(self, state: State) -> None:
        save_state(self._folder, state)
        self._state = state


def _sentence(error: AlwrityError | OSError) -> str:
    if isinstance(error, AlwrityError):
        return str(error)
    reason = error.strerror or type(error).__name__
    return f"The gateway's queue cannot be written ({reason})."

"""Keeps the books of a running gateway: spool first, then the ledger, and budgets between."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Final

from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.gateway.booking import Booker, News
from alwrity_desktop.core.gateway.budget_gate import BudgetGate, Hold
from alwrity_desktop.core.gateway.config import GatewayConfig
from alwrity_desktop.core.gateway.door import LedgerDoor
from alwrity_desktop.core.gateway.ledger_thread import LedgerThread
from alwrity_desktop.core.gateway.spool import BEGUN, DONE, Place, Record, SpoolWriter, load_state
from alwrity_desktop.core.gateway.status import Tally

BOOKING_INTERVAL_S: Final = 0.5
RETRY_INTERVAL_S: Final = 2.0
STOP_PATIENCE_S: Final = 10.0
START_PATIENCE_S: Final = 10.0

MAX_KEPT_RECORDS: Final = 20_000
"""While the disk takes nothing, so many calls wait in memory; older ones are given up first."""


class Desk:
    """Everything between a call that is over and the ledger. For one event loop."""

    def __init__(self, config: GatewayConfig, door: LedgerDoor) -> None:
        """Open the spool of *config*. Raises OSError when its folder cannot be written."""
        self._clock = config.clock
        self._door = door
        self._writer = SpoolWriter(config.folder, load_state(config.folder).booked)
        self._booker = Booker(config.folder, door, self._writer.place.segment)
        self._thread = LedgerThread()
        self._kept: deque[Record] = deque(maxlen=MAX_KEPT_RECORDS)
        self._keys = self._make_keys()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.tally = Tally(self.now_ms())
        self.gate = BudgetGate(
            self._look,
            door.signature,
            fails_closed=config.fails_closed,
            unpriced_allowed=config.unpriced_allowed,
        )

    @property
    def waiting(self) -> int:
        """How many calls of this run wait for the ledger."""
        return max(self.tally.spooled + len(self._kept) - self.tally.booked, 0)

    def now_ms(self) -> int:
        """Return the present moment, UTC milliseconds."""
        return self._clock.now_ms()

    def new_key(self) -> str:
        """Return a key that no other call has."""
        return next(self._keys)

    async def start(self) -> None:
        """Learn how budgets stand, then book what a gateway before this one left, and go on.

        A ledger that does not answer in time keeps no gateway from starting.
        """
        loop = asyncio.get_running_loop()
        self._first = loop.create_task(self._learn())
        await asyncio.wait((self._first,), timeout=START_PATIENCE_S)
        self._task = loop.create_task(self._keep_booking())

    def begin(self, key: str, call: Call) -> None:
        """Note that a call went to its provider, so that a crash leaves a trace of it."""
        self._append(Record(BEGUN, key, call), is_kept=False)

    def finish(self, key: str, call: Call, hold: Hold | None) -> None:
        """Book *call*: when this returns it is in the spool."""
        place = self._append(Record(DONE, key, call), is_kept=True)
        self.gate.settle(hold, call, place)

    def take(self, calls: Iterable[Call]) -> None:
        """Book calls that a program told of; they are in the spool when this returns."""
        for call in calls:
            self.finish(self.new_key(), call, None)

    async def stop(self) -> None:
        """Book what waits, as far as the ledger takes it; the rest stays in the spool."""
        self._stopping.set()
        if self._task is not None:
            await self._task
        with contextlib.suppress(asyncio.TimeoutError):
            async with asyncio.timeout(STOP_PATIENCE_S):
                while (await self._step()).has_more:
                    pass
        self._writer.close()
        self._door.close()
        await asyncio.get_running_loop().run_in_executor(None, self._thread.stop, 1.0)

    def _append(self, record: Record, *, is_kept: bool) -> Place | None:
        self._write_kept()
        if self._kept:
            if is_kept:
                self._kept.append(record)
            return None
        try:
            place = self._writer.append(record)
        except OSError as error:
            self.tally.spool_trouble = (
                f"The gateway's queue cannot be written ({error.strerror}); calls wait in memory."
            )
            if is_kept:
                self._kept.append(record)
            return None
        self.tally.spooled += record.kind == DONE
        return place

    def _write_kept(self) -> None:
        """Try once more to write what could not be written, in order."""
        while self._kept:
            try:
                self._writer.append(self._kept[0])
            except OSError:
                return
            self._kept.popleft()
            self.tally.spooled += 1
        self.tally.spool_trouble = ""

    async def _keep_booking(self) -> None:
        while not self._stopping.is_set():
            signature = self._door.signature()
            news = await self._step()
            self.gate.take(news, signature)
            if news.has_more:
                continue
            pause_s = RETRY_INTERVAL_S if news.trouble else BOOKING_INTERVAL_S
            with contextlib.suppress(asyncio.TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._stopping.wait()

    async def _step(self) -> News:
        self._write_kept()
        newest = self._writer.place.segment
        news = await self._thread.run(lambda: self._booker.step(newest))
        self.tally.booked += news.calls
        self.tally.ledger_trouble = news.trouble
        return news

    async def _learn(self) -> None:
        signature = self._door.signature()
        self.gate.take(await self._look(), signature)

    async def _look(self) -> News:
        news = await self._thread.run(self._booker.look)
        self.tally.ledger_trouble = news.trouble
        return news

    @staticmethod
    def _make_keys() -> Iterator[str]:
        """Yield keys that begin with this run's own chance."""
        run = f"{time.monotonic_ns():x}{secrets.token_hex(8)}"
        return (f"{run}-{number:x}" for number in count(1))

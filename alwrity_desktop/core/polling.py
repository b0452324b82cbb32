"""The polling loop: what is due, what changed, how long to wait; a step that a test can call."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

import msgspec

from alwrity_desktop.core.accounts import SyncResult
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.sources.servers.base import PLANS, STATUS, TRENDS, USAGE

MAX_BACKOFF: Final = 16
"""However often something failed, it is tried again after this many usual waits."""

SPREAD: Final = 0.1
"""Part of a wait that is left to chance, so that programs do not ask in step."""


class Cadence(msgspec.Struct, frozen=True):
    """How often something is asked for, in milliseconds."""

    visible_ms: int
    hidden_ms: int
    is_spread: bool = False

    def wait_ms(self, *, is_hidden: bool, failures: int) -> int:
        """Return the wait before the next try; it doubles with each failure in a row."""
        usual = self.hidden_ms if is_hidden else self.visible_ms
        return usual * min(1 << failures, MAX_BACKOFF)


LEDGER: Final = Cadence(visible_ms=1_000, hidden_ms=30_000)
LOGS: Final = Cadence(visible_ms=300_000, hidden_ms=900_000, is_spread=True)

ACCOUNT_CADENCES: Final[Mapping[str, Cadence]] = {
    STATUS: Cadence(visible_ms=30_000, hidden_ms=300_000, is_spread=True),
    USAGE: Cadence(visible_ms=300_000, hidden_ms=300_000, is_spread=True),
    TRENDS: Cadence(visible_ms=900_000, hidden_ms=900_000, is_spread=True),
    PLANS: Cadence(visible_ms=86_400_000, hidden_ms=86_400_000, is_spread=True),
}
"""How often each part of a connected server is asked for."""

STALE_AFTER_MS: Final = 3 * ACCOUNT_CADENCES[USAGE].visible_ms
"""Figures of a server that were confirmed longer ago are called stale."""

HINT_PAUSE_MS: Final = 1_000
"""However many messages a server sends, a part is fetched once in so long."""

ASLEEP_MS: Final = 60_000
"""When the day's time goes on so much further than the waits, the machine slept."""

_RETRY: Final = Cadence(visible_ms=30_000, hidden_ms=300_000, is_spread=True)
_LONGEST_RETRY_MS: Final = 300_000


class Schedule:
    """When one thing is due next, by a clock that only goes forward."""

    def __init__(self, cadence: Cadence, chance: random.Random | None = None) -> None:
        self._cadence = cadence
        # The spread is no secret.
        self._chance = chance or random.Random()  # noqa: S311
        self._is_hidden = False
        self._failures = 0
        self._asked_at_ms: int | None = None
        self._wait_ms = 0

    @property
    def failures(self) -> int:
        """How often in a row it failed."""
        return self._failures

    @property
    def next_at_ms(self) -> int | None:
        """When it is due; None means at once."""
        return None if self._asked_at_ms is None else self._asked_at_ms + self._wait_ms

    def set_hidden(self, is_hidden: bool) -> None:  # noqa: FBT001 - a setter of one flag
        """Take the slower or the quicker cadence from now on."""
        if is_hidden == self._is_hidden:
            return
        self._is_hidden = is_hidden
        self._choose_wait()

    def hasten(self) -> None:
        """Make it due at once."""
        self._asked_at_ms = None

    def hasten_to(self, at_ms: int) -> None:
        """Make it due no later than *at_ms*, which lies after the last try."""
        if self._asked_at_ms is not None:
            self._wait_ms = min(self._wait_ms, max(0, at_ms - self._asked_at_ms))

    def remaining_ms(self, now_ms: int) -> int:
        """Return how long there is to wait, 0 when it is due."""
        due = self.next_at_ms
        return 0 if due is None else max(0, due - now_ms)

    def succeeded(self, now_ms: int) -> None:
        """Note a success; the next try follows after the usual wait."""
        self._failures = 0
        self._asked_at_ms = now_ms
        self._choose_wait()

    def failed(self, now_ms: int) -> None:
        """Note a failure; the next try follows later than usual."""
        self._failures += 1
        self._asked_at_ms = now_ms
        self._choose_wait()

    def _choose_wait(self) -> None:
        # The first retry comes after the usual wait, the ones after it later and later.
        failures = max(0, self._failures - 1)
        wait = self._cadence.wait_ms(is_hidden=self._is_hidden, failures=failures)
        if self._cadence.is_spread:
            wait = round(wait * (1 + self._chance.uniform(-SPREAD, SPREAD)))
        self._wait_ms = wait


class Step(msgspec.Struct, frozen=True):
    """What one step of the ledger's poll found."""

    #: Accounts in whose ledger something was committed since the step before.
    changed: tuple[str, ...]
    error: AlwrityError | None = None


class LedgerPoll:
    """Looks whether anything was committed, by this process or any other."""

    def __init__(self, version: Callable[[str], int], schedule: Schedule | None = None) -> None:
        self._version = version
        self._known: dict[str, int] = {}
        self.schedule = schedule or Schedule(LEDGER)

    def step(self, accounts: Sequence[str], now_ms: int) -> Step:
        """Ask for the versions if that is due.

        The first sight of an account is a change: nobody knows how old the figures are that
        were taken before it.
        """
        if self.schedule.remaining_ms(now_ms):
            return Step(())
        changed = []
        try:
            for account in accounts:
                version = self._version(account)
                if self._known.get(account) != version:
                    self._known[account] = version
                    changed.append(account)
        except AlwrityError as error:
            is_new = not self.schedule.failures
            self.schedule.failed(now_ms)
            return Step(tuple(changed), error if is_new else None)
        self.schedule.succeeded(now_ms)
        return Step(tuple(changed))


class AccountPoll:
    """When which part of one account is due; asks nothing itself.

    A failure keeps every part due, and holds all of them back for longer and longer, so that
    a server that is away is asked one question now and then and everything once it is back.
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()  # noqa: S311 - the spread is no secret
        self._parts = {
            part: Schedule(cadence, self._chance) for part, cadence in ACCOUNT_CADENCES.items()
        }
        self._asked_at_ms: dict[str, int] = {}
        self._is_hidden = False
        self._failures = 0
        self._not_before_ms: int | None = None
        #: Whether the person asked for the next step.
        self.is_hastened = False

    def set_hidden(self, is_hidden: bool) -> None:  # noqa: FBT001 - a setter of one flag
        """Take the slower or the quicker cadence from now on."""
        self._is_hidden = is_hidden
        for schedule in self._parts.values():
            schedule.set_hidden(is_hidden)

    def hasten(self, *, is_by_person: bool = True) -> None:
        """Make everything due at once."""
        self.is_hastened = self.is_hastened or is_by_person
        self._not_before_ms = None
        for schedule in self._parts.values():
            schedule.hasten()

    def hint(self, part: str, now_ms: int) -> None:
        """Make one part due because the server said that it changed: once a second at most."""
        asked_at_ms = self._asked_at_ms.get(part)
        if asked_at_ms is not None:
            self._parts[part].hasten_to(max(now_ms, asked_at_ms + HINT_PAUSE_MS))

    def remaining_ms(self, now_ms: int) -> int:
        """Return how long there is to wait, 0 when something is due."""
        held_ms = 0 if self._not_before_ms is None else max(0, self._not_before_ms - now_ms)
        return max(held_ms, min(each.remaining_ms(now_ms) for each in self._parts.values()))

    def due(self, now_ms: int) -> frozenset[str]:
        """Return the parts that are due, none while the account is held back."""
        if self.remaining_ms(now_ms):
            return frozenset()
        return frozenset(
            part for part, schedule in self._parts.items() if not schedule.remaining_ms(now_ms)
        )

    def done(self, parts: Collection[str], result: SyncResult, now_ms: int) -> None:
        """Note what asking for *parts* led to."""
        self.is_hastened = False
        self._asked_at_ms.update(dict.fromkeys(parts, now_ms))
        if result.is_ok:
            self._failures, self._not_before_ms = 0, None
            for part in parts:
                self._parts[part].succeeded(now_ms)
            return
        wait_ms = _RETRY.wait_ms(is_hidden=self._is_hidden, failures=self._failures)
        wait_ms = min(wait_ms, _LONGEST_RETRY_MS)
        wait_ms = round(wait_ms * (1 + self._chance.uniform(-SPREAD, SPREAD)))
        self._failures += 1
        self._not_before_ms = now_ms + max(wait_ms, result.retry_after_ms or 0)


SyncEach = Callable[[Mapping[str, frozenset[str]], Collection[str]], Sequence[SyncResult]]
"""Asks for the parts of each account, at once; those in the second argument by the person."""


class AccountPolls:
    """The polls of all accounts: one step asks for everything that is due. Any thread may hint."""

    def __init__(
        self, sync_each: SyncEach, make_poll: Callable[[], AccountPoll] = AccountPoll
    ) -> None:
        self._sync_each = sync_each
        self._make_poll = make_poll
        self._polls: dict[str, AccountPoll] = {}
        self._seen: tuple[int, int] | None = None
        self._lock = threading.Lock()

    def watch(self, accounts: Sequence[str], *, is_hidden: bool) -> None:
        """Say which accounts there are, and whether anybody is looking at the window."""
        with self._lock:
            kept = {name: self._polls.get(name) or self._make_poll() for name in accounts}
            self._polls = kept
            for poll in kept.values():
                poll.set_hidden(is_hidden)

    def hasten(self, account: str | None = None) -> None:
        """Have one account, or all of them, asked at once: the person wants it."""
        with self._lock:
            for name, poll in self._polls.items():
                if account in {None, name}:
                    poll.hasten()

    def hint(self, account: str, parts: Collection[str], now_ms: int) -> None:
        """Have *parts* fetched soon: the server said that they changed."""
        with self._lock:
            poll = self._polls.get(account)
            if poll is not None:
                for part in parts:
                    poll.hint(part, now_ms)

    def remaining_ms(self, now_ms: int) -> int:
        """Return how long there is to wait; without accounts, until somebody looks again."""
        with self._lock:
            waits = [poll.remaining_ms(now_ms) for poll in self._polls.values()]
        return min(waits, default=_LONGEST_RETRY_MS)

    def remaining_ms_of(self, account: str, now_ms: int) -> int | None:
        """Return how long until *account* is asked next; None for one that is not watched."""
        with self._lock:
            poll = self._polls.get(account)
            return None if poll is None else poll.remaining_ms(now_ms)

    def step(self, now_ms: int, wall_ms: int) -> tuple[SyncResult, ...]:
        """Ask for what is due and return what came of it.

        *now_ms* only goes forward and measures the waits; *wall_ms* is the time of day, by
        which a machine that slept is told: then everything is due, once.
        """
        with self._lock:
            self._wake(now_ms, wall_ms)
            due = {name: parts for name, poll in self._polls.items() if (parts := poll.due(now_ms))}
            hastened = {name for name in due if self._polls[name].is_hastened}
        results = tuple(self._sync_each(due, hastened)) if due else ()
        with self._lock:
            for result in results:
                poll = self._polls.get(result.name)
                if poll is not None:
                    poll.done(due[result.name], result, now_ms)
        return results

    def _wake(self, now_ms: int, wall_ms: int) -> None:
        seen, self._seen = self._seen, (now_ms, wall_ms)
        if seen is not None and (wall_ms - seen[1]) - (now_ms - seen[0]) > ASLEEP_MS:
            for poll in self._polls.values():
                poll.hasten(is_by_person=False)

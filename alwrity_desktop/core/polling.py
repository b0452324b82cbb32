"""The polling loop: what is due, what changed, how long to wait; a step that a test can call."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from alwrity_desktop.core.domain.errors import AlwrityError

MAX_BACKOFF: Final = 16
"""However often something failed, it is tried again after this many usual waits."""

SPREAD: Final = 0.1
"""Part of a wait that is left to chance, so that programs do not ask in step."""


@dataclass(frozen=True, slots=True)
class Cadence:
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


@dataclass(frozen=True, slots=True)
class Step:
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

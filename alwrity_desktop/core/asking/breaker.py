"""The breaker: a host that fails again and again is left alone, for longer each time."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Final

FAILURES_TO_OPEN: Final = 5
FIRST_REST_S: Final = 5.0
LONGEST_REST_S: Final = 300.0

#: A rest is this much shorter or longer by chance, so that programs do not come back in step.
_JITTER: Final = 0.2


class Breaker:
    """Counts failures in a row; open, it lets one trial through when its rest is over.

    Safe between threads. Every ``enter`` that does not raise is followed by one of
    ``succeed``, ``fail`` and ``abandon``.
    """

    def __init__(
        self, elapsed_s: Callable[[], float], chance: Callable[[], float] = random.random
    ) -> None:
        """Begin closed; *elapsed_s* tells the time, *chance* a number from 0 to 1."""
        self._elapsed_s = elapsed_s
        self._chance = chance
        self._lock = threading.Lock()
        self._failures = 0
        self._rest_s = 0.0
        self._open_until_s: float | None = None
        self._is_trying = False

    def enter(self) -> float:
        """Return 0 when a request may go, else the seconds until one may be tried."""
        with self._lock:
            if self._open_until_s is None:
                return 0.0
            wait_s = self._open_until_s - self._elapsed_s()
            if wait_s > 0 or self._is_trying:
                return max(wait_s, 1.0)
            self._is_trying = True
            return 0.0

    def wait_s(self) -> float:
        """Return the seconds until the host may be tried, 0 for now."""
        with self._lock:
            if self._open_until_s is None:
                return 0.0
            return max(self._open_until_s - self._elapsed_s(), 0.0)

    def succeed(self) -> None:
        """Close: the host answers."""
        with self._lock:
            self._failures = 0
            self._rest_s = 0.0
            self._open_until_s = None
            self._is_trying = False

    def fail(self) -> None:
        """Count a failure: enough in a row open, and a failed trial doubles the rest."""
        with self._lock:
            self._failures += 1
            if not self._is_trying and (
                self._failures < FAILURES_TO_OPEN or self._open_until_s is not None
            ):
                return
            self._is_trying = False
            self._rest_s = min(max(self._rest_s * 2, FIRST_REST_S), LONGEST_REST_S)
            spread = 1 + _JITTER * (2 * self._chance() - 1)
            self._open_until_s = self._elapsed_s() + min(self._rest_s * spread, LONGEST_REST_S)

    def abandon(self) -> None:
        """Forget a request that was called off: it says nothing about the host."""
        with self._lock:
            self._is_trying = False

    def allow_trial(self) -> None:
        """Let the next request through: the person asked for it."""
        with self._lock:
            if self._open_until_s is not None:
                self._open_until_s = self._elapsed_s()

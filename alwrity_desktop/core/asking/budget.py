"""How often a server may be asked: so many requests a minute for an account and for a host."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

WINDOW_S: Final = 60.0
PER_ACCOUNT: Final = 20
"""Requests in any minute for one account."""

PER_BURST: Final = 120
"""The same in a minute in which much has to be told: a first sync, many alerts marked read."""

PER_HOST: Final = 140
"""Requests in any minute for one host; servers allow 200 to an address that others may share."""


class RequestBudget:
    """The requests of the last minute to one host, of all its accounts. Safe between threads."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        """Begin with nothing spent; *elapsed_s* tells the time that passes."""
        self._elapsed_s = elapsed_s
        self._lock = threading.Lock()
        self._sent: deque[tuple[float, str]] = deque()
        self._bursts: dict[str, float] = {}

    def take(self, account: str) -> float:
        """Count one request of *account* and return 0, or the seconds until one may go."""
        with self._lock:
            wait_s = self._wait_s(account)
            if wait_s <= 0:
                self._sent.append((self._elapsed_s(), account))
            return wait_s

    def wait_s(self, account: str) -> float:
        """Return the seconds until *account* may ask, 0 for now, without counting anything."""
        with self._lock:
            return self._wait_s(account)

    def allow_burst(self, account: str) -> None:
        """Let *account* ask more for one minute, in which there is much to tell."""
        with self._lock:
            self._bursts[account] = self._elapsed_s() + WINDOW_S

    def _wait_s(self, account: str) -> float:
        now_s = self._elapsed_s()
        while self._sent and self._sent[0][0] <= now_s - WINDOW_S:
            self._sent.popleft()
        allowed = PER_BURST if self._bursts.get(account, now_s) > now_s else PER_ACCOUNT
        own = [sent_s for sent_s, name in self._sent if name == account]
        waits = [
            sent[-limit] + WINDOW_S - now_s
            for sent, limit in ((own, allowed), ([s for s, _ in self._sent], PER_HOST))
            if len(sent) >= limit
        ]
        return max(waits, default=0.0)

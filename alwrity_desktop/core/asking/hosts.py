"""What all accounts of one host share: its budget, its breaker, and the rest that it asked for."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Final

from alwrity_desktop.core.asking.breaker import Breaker
from alwrity_desktop.core.asking.budget import RequestBudget
from alwrity_desktop.core.asking.pauses import Pauses

LONGEST_REST_S: Final = 900.0
"""No answer makes the program wait longer than this."""


@dataclass(slots=True)
class Host:
    """One origin: scheme, host and port."""

    pauses: Pauses
    budget: RequestBudget = field(init=False)
    breaker: Breaker = field(init=False)
    _rests_until_s: float = field(default=float("-inf"), init=False)

    def __post_init__(self) -> None:
        self.budget = RequestBudget(self.pauses.elapsed_s)
        self.breaker = Breaker(self.pauses.elapsed_s)

    def rest(self, seconds: float) -> None:
        """Ask nothing for so long: the server said so."""
        until_s = self.pauses.elapsed_s() + min(seconds, LONGEST_REST_S)
        self._rests_until_s = max(self._rests_until_s, until_s)

    def rest_s(self) -> float:
        """Return the seconds that the server still wants to be left alone, 0 for none."""
        return max(self._rests_until_s - self.pauses.elapsed_s(), 0.0)

    def wait_s(self, account: str) -> float:
        """Return the seconds until *account* can be asked about, 0 for now."""
        return max(self.rest_s(), self.breaker.wait_s(), self.budget.wait_s(account))


class Hosts:
    """The hosts by origin. Safe between threads."""

    def __init__(self, pauses: Pauses) -> None:
        self._pauses = pauses
        self._lock = threading.Lock()
        self._hosts: dict[str, Host] = {}

    def of(self, origin: str) -> Host:
        """Return the one host of *origin*."""
        with self._lock:
            return self._hosts.setdefault(origin, Host(self._pauses))

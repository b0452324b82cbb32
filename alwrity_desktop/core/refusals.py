"""Keeps what a door refused as the refused lines of logs are kept, for doctor and Health to name.

Counts, reasons and places are kept, and never anything of the line or row itself.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.domain.health import STANDARD_INPUT
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.log_reading import RejectedLines
from alwrity_desktop.core.path_names import path_text

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.ledger import Ledger


class Keeper(Protocol):
    """Where refusals are kept: the context, as far as it is needed."""

    clock: Clock

    def ledger(self, account: str) -> Ledger:
        """Return the ledger of *account*. Raises LedgerUnavailableError."""


class Refusals:
    """What one door refuses of one table, or of what is piped to it."""

    def __init__(self, keeper: Keeper, door: str, path: Path | None = None) -> None:
        """Gather for *door* what it refuses of *path*, of standard input without one.

        A table is read from its start: what was refused of it before is then replaced. What
        is piped is another stream each time, and adds up.
        """
        self._keeper = keeper
        self._door = door
        self._path = STANDARD_INPUT if path is None else path_text(str(path.resolve()))
        self._is_anew = path is not None
        self._lines: Counter[str] = Counter()
        self._places: dict[str, int] = {}

    def add(self, reason: str, place: int) -> None:
        """Gather the line or row of the number *place*; *reason* has nothing of its text."""
        self._lines[reason] += 1
        self._places[reason] = place

    def keep(self) -> None:
        """Keep what was gathered since the last time. Raises LedgerUnavailableError."""
        if not self._lines and not self._is_anew:
            return
        refused = [
            RejectedLines(reason, lines, self._places[reason])
            for reason, lines in self._lines.items()
        ]
        self._keeper.ledger(LOCAL_ACCOUNT).keep_refused(
            self._door, self._path, refused, self._keeper.clock.now_ms(), is_anew=self._is_anew
        )
        self._is_anew = False
        self._lines.clear()
        self._places.clear()

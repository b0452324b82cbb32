"""Pausing between questions, and the time that passes meanwhile; simulated in tests."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Pauses(Protocol):
    """How long something took, and waiting; never the time of day."""

    def elapsed_s(self) -> float:
        """Return seconds since some fixed moment; they never run backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; ends early, by cancellation, when the network is closed."""
        ...


class RealPauses:
    """The machine's own time."""

    def elapsed_s(self) -> float:
        """Return seconds since some fixed moment; they never run backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait; ends early, by cancellation, when the network is closed."""
        await asyncio.sleep(seconds)

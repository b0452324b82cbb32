"""The stand-in server's clock: the program's own by default, and tests may move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alwrity_desktop.core.clock import Clock, clock_from_environment


class ServerClock:
    """Tells the time, and can be set forward."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or clock_from_environment()
        self._ahead_ms = 0

    def now_ms(self) -> int:
        """Return the server's moment, UTC milliseconds since 1970."""
        return self._clock.now_ms() + self._ahead_ms

    def now(self) -> datetime:
        """Return the server's moment as today's server writes it: naive, in UTC."""
        return datetime.fromtimestamp(0, UTC).replace(tzinfo=None) + timedelta(
            milliseconds=self.now_ms()
        )

    def advance(self, seconds: float) -> None:
        """Let this much time pass."""
        self._ahead_ms += round(seconds * 1000)

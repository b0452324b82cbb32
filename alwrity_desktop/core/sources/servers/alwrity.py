"""ALwrity servers: usage, plan, limits, alerts and calls of one user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from alwrity_desktop.core.accounts import PRESETS
from alwrity_desktop.core.domain.server import Preflight
from alwrity_desktop.core.sources.servers import alwrity_asks
from alwrity_desktop.core.sources.servers.alwrity_pull import AlwrityPull, Errand
from alwrity_desktop.core.sources.servers.base import Ask, KnownRows, Pull, ServerSource


class AlwritySource:
    """Servers of both generations: today's, and those that answer as documented."""

    name: str = "alwrity"
    title: str = "ALwrity"
    has_user: bool = True
    presets: Mapping[str, str] = PRESETS["alwrity"]

    def pull(
        self,
        ask: Ask,
        account: str,
        user: str,
        known: KnownRows,
        parts: frozenset[str],
        now_ms: int,
    ) -> Pull:
        """Ask for *parts* and return what came. Raises only when nothing at all could be had."""
        return AlwrityPull(ask, Errand(account, user, known, parts, now_ms)).run()

    def check(self, ask: Ask, user: str) -> str:
        """Try the account; return a sentence that says what answers. Raises what went wrong."""
        return alwrity_asks.check(ask, user)

    def mark_read(self, ask: Ask, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Mark the server's alerts read; return the ids that it took or does not know."""
        return alwrity_asks.mark_read(ask, ids)

    def preflight(self, ask: Ask, operations: tuple[Mapping[str, str | int], ...]) -> Preflight:
        """Ask what *operations* would cost and whether they would be let through."""
        return alwrity_asks.preflight(ask, operations)

    def link(self, ask: Ask, what: str, tier: str, cycle: str) -> str:
        """Return the address of the "checkout" or "portal" page."""
        return alwrity_asks.link(ask, what, tier, cycle)


SERVER: Final[ServerSource] = AlwritySource()

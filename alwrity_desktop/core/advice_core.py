"""What the desk for advice needs of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.profile import Profile
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.core.settings import Settings

if TYPE_CHECKING:
    from alwrity_desktop.core.domain.report import Report
    from alwrity_desktop.core.domain.sums import Scope
    from alwrity_desktop.core.ledger.ledger import Ledger


class AdviceCore(Protocol):
    """The ledger, the reports and the clock, as the context has them."""

    profile: Profile
    clock: Clock

    @property
    def settings(self) -> Settings:
        """The settings as they are kept now."""
        ...

    def timezone(self) -> str:
        """Return the zone in which periods are cut."""
        ...

    def scope(self, account: str) -> Scope:
        """Return whose calls *account* is about."""
        ...

    def ledger(self, account: str) -> Ledger:
        """Return the ledger of *account*."""
        ...

    def report(
        self,
        account: str,
        choice: PeriodChoice,
        dimensions: Sequence[str] = ...,
        *,
        has_tips: bool = ...,
    ) -> Report:
        """Return the report of *account* for *choice*."""
        ...

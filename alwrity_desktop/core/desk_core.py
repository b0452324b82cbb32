"""What the desk for accounts needs of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.profile import Profile
from alwrity_desktop.core.settings import Settings

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.ledger import Ledger


class DeskCore(Protocol):
    """The context, as far as the desk goes."""

    profile: Profile
    clock: Clock

    @property
    def settings(self) -> Settings:
        """The settings as they are kept now."""

    def timezone(self) -> str:
        """Return the zone in use."""

    def ledger(self, account: str) -> Ledger:
        """Return the ledger of *account*. Raises LedgerUnavailableError."""

    def price_book(self) -> PriceBook:
        """Return the price book with the person's own prices."""

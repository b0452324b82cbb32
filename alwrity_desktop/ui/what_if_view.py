"""What the window knows of the dock that shows what the same calls would have cost elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from alwrity_desktop.core.domain.what_if_values import ModelOffer, Outcome, WhatIf


@runtime_checkable
class WhatIfView(Protocol):
    """The dock that shows what if."""

    def start_what_if(self, provider: str | None, model: str | None) -> None:
        """Show the page, about the calls to *provider* and *model*; None for any."""

    def show_offers(self, account: str, offers: Sequence[ModelOffer]) -> None:
        """Offer the models that have a price now."""

    def show_what_if(
        self, account: str, question: WhatIf, outcome: Outcome | None, sentence: str
    ) -> None:
        """Show what came of *question*, or why nothing did."""

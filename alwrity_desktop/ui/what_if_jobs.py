"""Jobs of the ledger's thread about what the same calls would have cost elsewhere."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.domain.model_offers import model_offers
from alwrity_desktop.core.domain.what_if_values import WhatIf
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.ui.events import ModelOffersReady, Topic, WhatIfReady
from alwrity_desktop.ui.jobs import Post


class LoadModelOffers(msgspec.Struct, frozen=True):
    """Fetch the models that have a price now."""

    topic: ClassVar[Topic] = Topic.PRICES
    account: str
    used: frozenset[tuple[str, str]]

    def run(self, context: Context, post: Post) -> None:
        """Post the models."""
        book = context.advice.book(self.account)
        offers = model_offers(book, context.clock.now_ms(), self.used)
        post(ModelOffersReady(self.account, offers))


class WorkOutWhatIf(msgspec.Struct, frozen=True):
    """Price the calls of a period on another model."""

    topic: ClassVar[Topic] = Topic.PRICES
    account: str
    choice: PeriodChoice
    question: WhatIf

    def run(self, context: Context, post: Post) -> None:
        """Post what they would have cost, or why that cannot be told."""
        try:
            outcome = context.advice.what_if(self.account, self.question, self.choice)
        except AlwrityError as error:
            post(WhatIfReady(self.account, self.question, None, str(error)))
        else:
            post(WhatIfReady(self.account, self.question, outcome))

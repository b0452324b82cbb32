"""Pages of a server: which plan to buy, and the host before the browser opens it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from alwrity_desktop.core.domain.server import ServerPlan
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.dialogs.base import Sheet
from alwrity_desktop.ui.widgets import Combo


def host_of(url: str) -> str:
    """Return the host, with its port where one is written, of an address."""
    return urlsplit(url).netloc.rpartition("@")[2]


class UpgradeDialog(Sheet):
    """A plan and how it is paid."""

    #: Tier and cycle.
    chosen = Signal(str, str)

    def __init__(self, plans: Sequence[ServerPlan], parent: QWidget | None = None) -> None:
        """Offer *plans*, cheapest first."""
        super().__init__(self.tr("Upgrade"), self.tr("Continue"), parent)
        self._plan = Combo(self.tr("Plan"), is_small=False)
        self._plan.set_items(tuple((plan.tier, self._words(plan)) for plan in plans))
        self._cycle = Combo(self.tr("Paid"), is_small=False)
        cycles = (("monthly", self.tr("Each month")), ("yearly", self.tr("Each year")))
        self._cycle.set_items(cycles)
        self.add_row(self.tr("Plan"), self._plan)
        self.add_row(self.tr("Paid"), self._cycle)
        self.add_words(
            self.tr("You pay on the server's own page. Nothing is bought by going on."), "caption"
        )

    def _words(self, plan: ServerPlan) -> str:
        if plan.price_monthly_pico is None:
            return plan.name
        template = self.tr("{plan}, {month} a month or {year} a year")
        if plan.price_yearly_pico is None:
            template = self.tr("{plan}, {month} a month")
        return template.format(
            plan=plan.name,
            month=formatting.money(plan.price_monthly_pico),
            year=formatting.money(plan.price_yearly_pico),
        )

    def apply(self) -> bool:
        """Tell what was chosen."""
        self.chosen.emit(str(self._plan.currentData()), str(self._cycle.currentData()))
        return True


class OpenPageDialog(Sheet):
    """Shows the host of a page before the browser opens it."""

    def __init__(self, url: str, parent: QWidget | None = None) -> None:
        """Ask whether *url* shall be opened."""
        super().__init__(self.tr("Open this page?"), self.tr("Open in the browser"), parent)
        self._url = url
        self.add_words(self.tr("The server answered with a page at"))
        self.add_words(host_of(url), "subheading", "text")
        self.add_words(self.tr("Go on only if you know this address."), "caption", "muted")

    def apply(self) -> bool:
        """Open the page."""
        QDesktopServices.openUrl(QUrl(self._url))
        return True

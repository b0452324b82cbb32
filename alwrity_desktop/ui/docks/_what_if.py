"""What if: the same calls on another model, and more or fewer of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from PySide6.QtCore import QCoreApplication, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.model_offers import suggestion
from alwrity_desktop.core.domain.report import Group, Report
from alwrity_desktop.core.domain.what_if import at_volume
from alwrity_desktop.core.domain.what_if_values import ModelOffer, Outcome, WhatIf
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._parts import Figure
from alwrity_desktop.ui.requests import AskModelOffers, AskWhatIf, OpenCalls
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import FlowLayout, PlainLabel
from alwrity_desktop.ui.widgets.chooser import Chooser, Option
from alwrity_desktop.ui.widgets.slider import StopSlider

_PAUSE_MS = 200
_WHOLE = 100
_STOPS = (
    *range(10, 150, 10), 150, 175, 200, 225, 250, 275, 300, 350, 400, 450, 500
)  # fmt: skip
"""Percent of the present calls: fine steps near what there is now, coarse ones far above."""

_Key = tuple[str | None, str | None]
_ANY: _Key = (None, None)


def _tr(text: str) -> str:
    return QCoreApplication.translate("WhatIf", text)


def price_words(offer: ModelOffer) -> str:
    """Return what a model costs: "$2.00 in, $10.00 out"; "" where only pieces have a price."""
    if offer.input_pico is not None or offer.output_pico is not None:
        return _tr("{input} in, {output} out").format(
            input=formatting.unit_price(offer.input_pico),
            output=formatting.unit_price(offer.output_pico),
        )
    if offer.request_pico is not None:
        return _tr("{price} a request").format(price=formatting.unit_price(offer.request_pico))
    return ""


def _offer_option(offer: ModelOffer) -> Option:
    provider, price = formatting.provider_label(offer.provider), price_words(offer)
    note = f"{provider}, {price}" if price else provider
    return Option((offer.provider, offer.model), offer.model, note, f"{offer.title} {provider}")


def _from_options(report: Report) -> list[Option]:
    """Return what can be moved: all calls, those of a provider, those of a model."""

    def note(group: Group) -> str:
        return formatting.money(group.figures.known_cost_pico)

    def used(dimension: str) -> list[Group]:
        return [group for group in report.groups.get(dimension, ()) if group.figures.calls]

    everything = formatting.money(report.known_cost_pico)
    return [
        Option(_ANY, _tr("All calls"), everything),
        *(
            Option(
                (group.key, None),
                _tr("All of {provider}").format(provider=formatting.provider_label(group.key)),
                note(group),
            )
            for group in used("provider")
        ),
        *(
            Option(
                (group.provider, group.key),
                group.key,
                f"{formatting.provider_label(group.provider or '')}, {note(group)}",
            )
            for group in used("model")
        ),
    ]


def _signed(pico: int) -> str:
    """Return an amount with its sign, whichever it is."""
    return f"+{formatting.money(pico)}" if pico > 0 else formatting.money(pico)


class WhatIfPage(QWidget):
    """Pick calls, a model and a volume; read what they would have cost."""

    #: Carries a ``Request``.
    requested = Signal(object)

    def __init__(self) -> None:
        """Make a page that knows of no calls."""
        super().__init__()
        self._account = ""
        self._offers: Sequence[ModelOffer] = ()
        self._question: WhatIf | None = None
        self._outcome: Outcome | None = None
        self._has_offers = self._is_due = False
        self._wanted: _Key | None = None
        self._used: frozenset[tuple[str, str]] = frozenset()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._ask)
        self._from = Chooser(self.tr("The calls that are moved"))
        self._from.setPlaceholderText(self.tr("Search your models"))
        self._to = Chooser(self.tr("The model that they are moved to"))
        self._to.setPlaceholderText(self.tr("Search all models"))
        self._from.chosen.connect(self._choose_from)
        self._to.chosen.connect(self._wait)
        self._prices = PlainLabel("", "caption", "muted")
        self._words = PlainLabel("", "body-dense", "text2")
        self._assumption = PlainLabel("", "caption", "muted")
        for label in (self._prices, self._words, self._assumption):
            label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SIZES.dock_padding_x, 2, SIZES.dock_padding_x, 8)
        column.setSpacing(8)
        column.addWidget(self._make_fields())
        column.addWidget(self._prices)
        column.addWidget(self._make_volume())
        column.addWidget(self._make_figures())
        column.addWidget(self._words)
        column.addWidget(self._assumption)
        column.addStretch(1)

    def _make_fields(self) -> QWidget:
        fields = QWidget()
        flow = FlowLayout(fields, 12)
        for words, chooser in ((self.tr("Same calls of"), self._from), (self.tr("on"), self._to)):
            pair = QWidget()
            row = QHBoxLayout(pair)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            row.addWidget(PlainLabel(words, "body-dense", "text2"))
            row.addWidget(chooser, 1)
            flow.addWidget(pair)
        return fields

    def _make_volume(self) -> QWidget:
        self._slider = StopSlider(self.tr("How many calls"), _STOPS, self._volume_words, _WHOLE)
        self._slider.moved_to.connect(self._show_volume)
        self._volume = PlainLabel("", "body-dense", weight=600)
        self._slider.setToolTip(self.tr("More or fewer calls than there were. Press 0 for 100%."))
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(PlainLabel(self.tr("How many"), "body-dense", "text2"))
        row.addWidget(self._slider, 1)
        row.addWidget(self._volume)
        self._volume.set_plain(self._volume_words(self._slider.stop))
        widest = self._volume.fontMetrics().horizontalAdvance(self._volume_words(_STOPS[-1]))
        self._volume.setMinimumWidth(widest)
        return box

    def _make_figures(self) -> QWidget:
        self._now = Figure(self.tr("As it was"))
        self._then = Figure(self.tr("Instead"))
        self._difference = Figure(self.tr("Difference"))
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for figure in (self._now, self._then, self._difference):
            figure.clicked.connect(self._open_calls)
            row.addWidget(figure, 1)
        self._figures = box
        box.hide()
        return box

    def _volume_words(self, percent: int) -> str:
        return self.tr("{percent}% of the calls").format(percent=percent)

    def show_report(self, report: Report) -> None:
        """Offer the calls of *report*, and work out anew what was worked out before."""
        if report.account.name != self._account:
            self._account, self._outcome, self._has_offers = report.account.name, None, False
            self._from.choose(None)
            self._to.choose(None)
        self._from.set_options(_from_options(report))
        models = report.groups.get("model", ())
        self._used = frozenset((one.provider or "", one.key) for one in models if one.figures.calls)
        if self._wanted is not None:
            self._from.choose(self._wanted)
        if self._from.key is None:
            dearest = max(models, key=lambda one: one.figures.cost_pico, default=None)
            self._from.choose(_ANY if dearest is None else (dearest.provider, dearest.key))
        if self._wanted is not None:
            self._wanted = None
            self._choose_from()
        self._is_due = True
        self._show_if_due()

    def start(self, provider: str | None, model: str | None) -> None:
        """Ask about the calls to *provider* and *model*; None for any."""
        if not self._account:
            # The dock was made just now; its report follows.
            self._wanted = (provider, model)
            return
        self._from.choose((provider, model))
        if self._from.key is None:
            self._from.choose(_ANY)
        self._choose_from()

    def show_offers(self, account: str, offers: Sequence[ModelOffer]) -> None:
        """Offer the models that have a price now."""
        if account != self._account:
            return
        self._offers = offers
        self._to.set_options([_offer_option(offer) for offer in offers])
        if self._to.key is None:
            self._suggest()
        self._wait()

    def show_outcome(
        self, account: str, question: WhatIf, outcome: Outcome | None, sentence: str
    ) -> None:
        """Show what came of *question*; what was asked before it is of no interest any more."""
        if account != self._account or question != self._question:
            return
        self._outcome = outcome
        self._figures.setVisible(outcome is not None)
        if outcome is None:
            self._say(sentence)
            self._assumption.set_plain("")
        else:
            self._show_volume()

    def showEvent(self, event: QShowEvent) -> None:
        """Work out what was put off while the page was out of view."""
        super().showEvent(event)
        self._show_if_due()

    def _show_if_due(self) -> None:
        if not self._is_due or not self.isVisible():
            return
        self._is_due = False
        if self._has_offers:
            self._wait()
        else:
            self._has_offers = True
            self._say(self.tr("Fetching the prices…"))
            self.requested.emit(AskModelOffers(self._used))

    @Slot()
    def _choose_from(self) -> None:
        if self._to.key is None or self._to.key == self._from.key:
            self._suggest()
        self._wait()

    def _suggest(self) -> None:
        provider, model = self._from_key()
        offer = suggestion(self._offers, provider, model)
        if offer is not None:
            self._to.choose((offer.provider, offer.model))

    def _from_key(self) -> _Key:
        key = self._from.key
        return key if isinstance(key, tuple) else _ANY

    @Slot()
    def _wait(self) -> None:
        """Ask after a moment: a choice is often followed by another."""
        self._show_prices()
        if isinstance(self._to.key, tuple):
            self._say(self.tr("Working it out…"))
            self._pause.start(_PAUSE_MS)

    @Slot()
    def _ask(self) -> None:
        if not isinstance(self._to.key, tuple):
            return
        provider, model = self._to.key
        self._question = WhatIf(provider, model, *self._from_key())
        self.requested.emit(AskWhatIf(self._question))

    def _say(self, words: str) -> None:
        self._words.set_plain(words)
        self._words.setVisible(bool(words))

    def _show_prices(self) -> None:
        known = {(offer.provider, offer.model): offer for offer in self._offers}
        named = [known[key] for key in (self._from.key, self._to.key) if key in known]
        prices = [f"{one.model}: {price_words(one)}" for one in named if price_words(one)]
        unit = self.tr("of 1M tokens")
        self._prices.set_plain(f"{' · '.join(prices)} ({unit})" if prices else "")

    @Slot()
    def _show_volume(self) -> None:
        percent = self._slider.stop
        self._volume.set_plain(self._volume_words(percent))
        if self._outcome is not None:
            self._show_outcome(at_volume(self._outcome, Fraction(percent, _WHOLE)), percent)

    def _show_outcome(self, outcome: Outcome, percent: int) -> None:
        calls = self.tr("1 call") if outcome.calls == 1 else self.tr("{count} calls")
        tokens = self.tr("{tokens} tokens").format(tokens=formatting.tokens(outcome.tokens))
        note = calls.format(count=formatting.count(outcome.calls))
        self._now.set_figure(
            formatting.money(outcome.cost_pico), f"{note}, {tokens}" if outcome.tokens else note
        )
        self._then.set_caption(self.tr("On {model}").format(model=outcome.question.model))
        self._then.set_figure(formatting.money(outcome.at_volume_pico), self._volume_words(percent))
        more = outcome.difference_pico
        share = outcome.difference_percent
        words = self.tr("{percent} more") if more > 0 else self.tr("{percent} less")
        self._difference.value.set_colour("success.text" if more < 0 else "text")
        self._difference.set_figure(
            _signed(more),
            self.tr("the same")
            if not more
            else words.format(percent=formatting.percent(None if share is None else abs(share))),
        )
        self._say(" ".join(self._sentences(outcome, percent)))
        self._assumption.set_plain(outcome.assumption)

    def _sentences(self, outcome: Outcome, percent: int) -> list[str]:
        said = []
        if percent != _WHOLE:
            stay = self.tr("Without the change of model, {percent}% of the calls cost {amount}.")
            amount = formatting.money(outcome.as_now_at_volume_pico)
            said.append(stay.format(percent=percent, amount=amount))
        if outcome.is_list_equivalent:
            said.append(self.tr("A flat rate pays some of these calls: they count at list prices."))
        for count, one, several in (
            (
                outcome.unpriced_calls,
                self.tr("1 call has no price now and is left out."),
                self.tr("{count} calls have no price now and are left out."),
            ),
            (
                outcome.unfit_calls,
                self.tr("1 call cannot be priced on this model and is left out."),
                self.tr("{count} calls cannot be priced on this model and are left out."),
            ),
        ):
            if count:
                said.append((one if count == 1 else several).format(count=formatting.count(count)))
        return said

    @Slot()
    def _open_calls(self) -> None:
        if self._outcome is not None:
            asked = self._outcome.question
            self.requested.emit(OpenCalls(asked.from_provider, asked.from_model))

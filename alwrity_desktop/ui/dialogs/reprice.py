"""Applies prices to past calls: which calls, what would change, and what was done before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from alwrity_desktop.core.domain.repricing import (
    ModelChange,
    RepriceQuestion,
    Repricing,
    RevisionKind,
)
from alwrity_desktop.ui import formatting, repricing_text, theme
from alwrity_desktop.ui.dialogs.base import Row
from alwrity_desktop.ui.dialogs.price_revisions import RevisionsList
from alwrity_desktop.ui.dialogs.scrolling import ScrollingSheet
from alwrity_desktop.ui.dialogs.token import AnswerLine
from alwrity_desktop.ui.events import (
    PricesApplied,
    PricesTried,
    RepriceProgressed,
    RepriceStopped,
    RevisionsReady,
)
from alwrity_desktop.ui.tables.columns import Column, Look, Swatch, sortable
from alwrity_desktop.ui.tables.section import TableSection
from alwrity_desktop.ui.widgets import CheckBox, Combo, PushButton

_WIDTH: Final = 640
_BESIDE: Final = 40
_STEPS: Final = 1000


def _tr(text: str) -> str:
    return QCoreApplication.translate("RepriceDialog", text)


class SpanChoice(msgspec.Struct, frozen=True):
    """A span of time whose calls can be chosen."""

    key: str
    label: str
    start_ms: int
    end_ms: int


class RepriceDialog(ScrollingSheet):
    """Nothing is applied before it was tried; what was tried is what is applied."""

    #: The ``RepriceQuestion`` to try.
    try_asked = Signal(object)
    #: The ``Repricing`` that was tried and is to be done.
    apply_asked = Signal(object)
    #: The id of the revision to take back.
    undo_asked = Signal(int)
    stop_asked = Signal()

    def __init__(
        self,
        account: str,
        spans: Sequence[SpanChoice],
        timezone: str,
        parent: QWidget | None = None,
    ) -> None:
        """Offer *spans* of the calls of *account*; times are shown in *timezone*."""
        super().__init__(self.tr("Apply prices to past calls"), self.tr("Apply"), parent)
        room = self.screen().availableGeometry().width() - _BESIDE
        self.setMinimumWidth(min(theme.scaled(_WIDTH), room))
        self.account = account
        self._spans = {each.key: each for each in spans}
        self._models: tuple[tuple[str, str], ...] = ()
        self._tried: Repricing | None = None
        self._is_working = False
        self._add_choices()
        self._add_work()
        self._said = AnswerLine()
        self.column.addWidget(self._said)
        self._table = TableSection(self.tr("What would change"))
        self._table.hide()
        self.column.addWidget(self._table)
        self._revisions = RevisionsList(timezone)
        self._revisions.undo_asked.connect(self._take_back)
        self.column.addWidget(self._revisions)
        # Return looks; only a press of its own applies.
        self._accept.setAutoDefault(False)
        self._look.setDefault(True)
        self._accept.setEnabled(False)
        self._show_stop(is_shown=False)
        self._order_keys()
        self._span.setFocus()
        self.fit_rows()

    def _order_keys(self) -> None:
        """Let the keys go down the dialog: its buttons were made before its rows."""
        places = (self._buttons.itemAt(place) for place in range(self._buttons.count()))
        buttons = [place.widget() for place in places if place is not None]
        below = (self._table.table, *self._revisions.buttons, *buttons)
        # Nothing can be put after a table, so that each comes between the first and the next.
        for part in reversed(below):
            if part is not None:
                QWidget.setTabOrder(self._stop, part)

    def _add_choices(self) -> None:
        self.add_words(
            self.tr(
                "A call keeps the price of its day. Here calls that are booked already take the "
                "prices that are known now, yours among them. You see the difference first, and "
                "can take it back."
            )
        )
        self._span = Combo(self.tr("Which calls"), is_small=False)
        self._span.set_items(tuple((each.key, each.label) for each in self._spans.values()))
        self._provider = Combo(self.tr("Provider"), is_small=False)
        self._model = Combo(self.tr("Model"), is_small=False)
        self._reported = CheckBox(self.tr("Also replace costs that providers and servers reported"))
        self.add_row(self.tr("Which calls"), self._span)
        self.add_beside(
            Row(self.tr("Provider"), self._provider), Row(self.tr("Model"), self._model)
        )
        self.column.addWidget(self._reported)
        self._offer_providers()
        self._span.currentIndexChanged.connect(self._forget)
        self._provider.currentIndexChanged.connect(self._offer_models)
        self._model.currentIndexChanged.connect(self._forget)
        self._reported.toggled.connect(self._forget)

    def _add_work(self) -> None:
        """Add the button that looks, and beside it how far the work is."""
        self._look = PushButton(self.tr("See what changes"), icon="search")
        self._look.clicked.connect(self._try_prices)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName(self.tr("How much of the calls was looked at"))
        self._stop = PushButton(self.tr("Stop"), is_small=True)
        self._stop.setAutoDefault(False)
        self._stop.clicked.connect(self._stop_working)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._look)
        row.addWidget(self._bar, 1)
        row.addWidget(self._stop)
        row.addStretch(0)
        self.column.addWidget(line)

    def take_event(self, event: object) -> None:
        """Show what *event* brings, if it is for this account."""
        match event:
            case RevisionsReady(account, revisions, models) if account == self.account:
                self._models = models
                self._offer_providers()
                self._revisions.show_revisions(revisions)
                self._revisions.set_enabled(is_enabled=not self._is_working)
                self._order_keys()
                self.fit_rows()
            case RepriceProgressed(done, total) if self._is_working:
                self._bar.setRange(0, _STEPS)
                self._bar.setValue(done * _STEPS // max(total, 1))
            case PricesTried(result) if self._is_working:
                self._show_trial(result)
            case PricesApplied(result) if self._is_working:
                self._end(result)
            case RepriceStopped(sentence) if self._is_working:
                self._end_without(sentence)
            case _:
                """For another account, or of a question that was given up."""

    def _offer_providers(self) -> None:
        names = dict.fromkeys(provider for provider, _ in self._models)
        every = ((None, self.tr("Every provider")),)
        self._provider.set_items(
            (*every, *((name, formatting.provider_label(name)) for name in names))
        )
        self._offer_models()

    @Slot()
    def _offer_models(self) -> None:
        chosen = self._provider.currentData()
        names = dict.fromkeys(
            model for provider, model in self._models if chosen in {None, provider}
        )
        every = ((None, self.tr("Every model")),)
        self._model.set_items((*every, *((name, name) for name in names if name)))
        self._forget()

    @property
    def question(self) -> RepriceQuestion:
        """Which calls are chosen."""
        span = self._spans[self._span.currentData()]
        return RepriceQuestion(
            self.account,
            span.start_ms,
            span.end_ms,
            self._provider.currentData(),
            self._model.currentData(),
            self._reported.isChecked(),
        )

    @Slot()
    def _forget(self) -> None:
        """Take the result away: it was about something else."""
        if self._tried is not None:
            self._tried = None
            self._show_nothing()

    def _show_nothing(self) -> None:
        self._said.say("neutral", "info", "")
        self._table.hide()
        self._accept.setEnabled(False)

    @Slot()
    def _try_prices(self) -> None:
        self._tried = None
        self._show_nothing()
        self._begin()
        self.try_asked.emit(self.question)

    def apply(self) -> bool:
        """Have done what was tried, and stay open until it is."""
        if self._tried is not None and self._tried.can_change:
            self._begin()
            self.apply_asked.emit(self._tried)
        return False

    @Slot(int)
    def _take_back(self, revision_id: int) -> None:
        self._tried = None
        self._show_nothing()
        self._begin()
        self.undo_asked.emit(revision_id)

    @Slot()
    def _stop_working(self) -> None:
        self._stop.setEnabled(False)
        self.stop_asked.emit()

    def _begin(self) -> None:
        self._bar.setRange(0, 0)
        self._set_working(is_working=True)

    def _set_working(self, *, is_working: bool) -> None:
        self._is_working = is_working
        if is_working:
            # Before its button is disabled: the focus would wander to whatever comes next.
            self._show_stop(is_shown=True)
        for part in (self._span, self._provider, self._model, self._reported, self._look):
            part.setEnabled(not is_working)
        self._revisions.set_enabled(is_enabled=not is_working)
        self._accept.setEnabled(
            not is_working and self._tried is not None and self._tried.can_change
        )
        if not is_working:
            self._look.setFocus()
            self._show_stop(is_shown=False)

    def _show_stop(self, *, is_shown: bool) -> None:
        self._bar.setVisible(is_shown)
        self._stop.setVisible(is_shown)
        self._stop.setEnabled(is_shown)
        if is_shown:
            self._stop.setFocus()

    def _rest(self) -> None:
        """Let the next question be asked."""
        self._set_working(is_working=False)
        self.fit_rows()

    def _show_trial(self, result: Repricing) -> None:
        self._tried = result
        words = repricing_text.sentence(result)
        if result.can_change:
            looked = self.tr("{changes} Nothing is changed yet.").format(changes=words)
            self._said.say("info", "info", looked)
            total = ModelChange(
                "", "", result.changed, result.before_pico, result.after_pico,
                sum(each.newly_priced for each in result.models),
            )  # fmt: skip
            self._table.set_rows(_columns(repricing_text.writer(result)), result.models, "", total)
            self._table.show()
            self._table.fit()
        else:
            self._said.say("neutral", "circle-check", words)
        self._rest()

    def _end(self, result: Repricing) -> None:
        """Close after prices were applied; the window tells of it. Stay after a return."""
        if result.kind is RevisionKind.REPRICED:
            self.accept()
            return
        self._said.say("success", "circle-check", repricing_text.sentence(result))
        self._rest()

    def _end_without(self, sentence: str) -> None:
        if sentence:
            self._said.say("danger", "circle-x", sentence)
        else:
            self._said.say("neutral", "info", self.tr("Stopped. Nothing was changed."))
        self._rest()


def _columns(write: repricing_text.Writer) -> tuple[Column[ModelChange], ...]:
    return (
        Column(
            "model", _tr("Model"), lambda row: row.model or _tr("All together"),
            is_stretched=True,
            decoration=lambda row: Swatch(row.provider) if row.provider else None,
        ),
        Column(
            "calls", _tr("Calls"), lambda row: formatting.count(row.calls),
            lambda row: float(row.calls), is_number=True,
        ),
        Column(
            "new", _tr("Newly priced"),
            lambda row: formatting.count(row.newly_priced),
            lambda row: float(row.newly_priced), is_number=True, priority=1,
            tooltip=lambda _row: _tr("Calls that had no price, and get one"),
        ),
        Column(
            "before", _tr("Before"), lambda row: write(row.known_before_pico),
            lambda row: sortable(row.known_before_pico), is_number=True,
            plain=lambda row: formatting.money_plain(row.known_before_pico),
        ),
        Column(
            "after", _tr("After"), lambda row: write(row.known_after_pico),
            lambda row: float(row.after_pico), is_number=True,
            plain=lambda row: formatting.money_plain(row.known_after_pico),
        ),
        Column(
            "difference", _tr("Difference"),
            lambda row: repricing_text.difference(row.before_pico, row.after_pico, write),
            lambda row: float(row.after_pico - row.before_pico), is_number=True,
            look=lambda _row: Look("text", 600),
            plain=lambda row: formatting.money_plain(row.after_pico - row.before_pico),
        ),
    )  # fmt: skip

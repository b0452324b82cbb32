"""The dearest calls and conversations of the period, each one click from what is behind it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from alwrity_desktop.core.domain.insight_values import DearCall, Performance, Spending
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.requests import OpenCall, OpenCalls, OpenDock
from alwrity_desktop.ui.tables.columns import Column, Look, Swatch, sortable
from alwrity_desktop.ui.tables.section import TableSection
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import PlainLabel


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dearest", text)


def _times(row: DearCall) -> str:
    if row.times_average is None:
        return formatting.UNKNOWN
    return _tr("{times} times").format(times=f"{row.times_average:,.1f}")


def _whose(row: DearCall) -> str:
    return row.call.agent or row.call.project or formatting.UNKNOWN


def _whose_in_full(row: DearCall) -> str:
    call = row.call
    named = (
        (_tr("Agent: {name}"), call.agent),
        (_tr("Project: {name}"), call.project),
        (_tr("Conversation: {name}"), call.conversation),
    )
    return "\n".join(template.format(name=name) for template, name in named if name)


def call_columns(timezone: str) -> tuple[Column[DearCall], ...]:
    """Return the columns of the dearest calls, their times told in *timezone*."""

    def when(row: DearCall) -> str:
        return formatting.moment(row.call.occurred_at_ms, timezone)

    return (
        Column(
            "model", _tr("Model"), lambda row: row.call.model, is_stretched=True,
            decoration=lambda row: Swatch(row.call.provider), tooltip=lambda row: row.call.model,
            sort_key=lambda row: row.call.model, is_descending_first=False,
        ),
        Column(
            "when", _tr("When"), when, priority=2, look=lambda _row: Look("text2"),
            sort_key=lambda row: float(row.call.occurred_at_ms),
            plain=lambda row: formatting.iso_moment(row.call.occurred_at_ms, timezone),
        ),
        Column(
            "whose", _tr("For"), _whose, priority=4, tooltip=_whose_in_full,
            look=lambda _row: Look("text2"),
        ),
        Column(
            "tokens", _tr("Tokens"), lambda row: formatting.tokens(row.call.tokens or None, 1),
            is_number=True, priority=1, sort_key=lambda row: float(row.call.tokens),
            plain=lambda row: str(row.call.tokens),
        ),
        Column(
            "cost", _tr("Cost"), lambda row: formatting.money_small(row.call.cost_pico),
            is_number=True, look=lambda _row: Look("text", 600),
            sort_key=lambda row: sortable(row.call.cost_pico),
            plain=lambda row: formatting.money_plain(row.call.cost_pico),
        ),
        Column(
            "times", _tr("Of the average"), _times, is_number=True, priority=3,
            look=lambda _row: Look("text2"), sort_key=lambda row: sortable(row.times_average),
        ),
    )  # fmt: skip


def conversation_columns() -> tuple[Column[Performance], ...]:
    """Return the columns of the dearest conversations."""
    return (
        Column(
            "name", _tr("Conversation"), lambda row: row.key, is_stretched=True,
            tooltip=lambda row: row.key, sort_key=lambda row: row.key, is_descending_first=False,
        ),
        Column(
            "calls", _tr("Calls"), lambda row: formatting.count(row.figures.calls),
            is_number=True, priority=1, sort_key=lambda row: float(row.figures.calls),
            plain=lambda row: str(row.figures.calls),
        ),
        Column(
            "tokens", _tr("Tokens"), lambda row: formatting.tokens(row.figures.tokens or None, 1),
            is_number=True, priority=2, sort_key=lambda row: float(row.figures.tokens),
            plain=lambda row: str(row.figures.tokens),
        ),
        Column(
            "cost", _tr("Cost"), lambda row: formatting.money(row.figures.cost_pico),
            is_number=True, look=lambda _row: Look("text", 600),
            sort_key=lambda row: float(row.figures.cost_pico),
            plain=lambda row: formatting.money_plain(row.figures.cost_pico),
            tooltip=lambda row: formatting.unpriced_words(row.figures),
        ),
        Column(
            "share", _tr("Share"), lambda row: formatting.percent(row.share_percent),
            is_number=True, priority=3, look=lambda _row: Look("text2"),
            sort_key=lambda row: sortable(row.share_percent),
        ),
    )  # fmt: skip


class DearestPage(QWidget):
    """Calls above, conversations below."""

    #: Carries a ``Request``.
    requested = Signal(object)

    def __init__(self) -> None:
        """Make a page without rows."""
        super().__init__()
        self.calls = TableSection(self.tr("Dearest calls"))
        self.conversations = TableSection(self.tr("Dearest conversations"))
        self.calls.table.row_opened.connect(self._open_call)
        self.conversations.table.row_opened.connect(self._open_conversation)
        self._nothing = PlainLabel(
            self.tr("None of this period's calls has a price."), "body-dense", "text2"
        )
        self._nothing.setContentsMargins(SIZES.dock_padding_x, 4, SIZES.dock_padding_x, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SIZES.dock_padding_y)
        column.setSpacing(0)
        for part in (self._nothing, self.calls, self.conversations):
            column.addWidget(part)
        column.addStretch(1)

    def show_spending(self, spending: Spending, timezone: str) -> None:
        """List what cost most; times are told in *timezone*."""
        calls, conversations = spending.dearest_calls, spending.dearest_conversations
        note = self.tr("click one for its price and origin")
        self.calls.set_rows(call_columns(timezone), calls, note)
        self.calls.setVisible(bool(calls))
        self.conversations.set_rows(conversation_columns(), conversations)
        self.conversations.setVisible(bool(conversations))
        self._nothing.setVisible(not calls)

    @Slot(int)
    def _open_call(self, number: int) -> None:
        row = self.calls.model.row_at(number) if number >= 0 else None
        if isinstance(row, DearCall):
            self.requested.emit(OpenDock("calls"))
            self.requested.emit(OpenCall(row.call.id))

    @Slot(int)
    def _open_conversation(self, number: int) -> None:
        row = self.conversations.model.row_at(number) if number >= 0 else None
        if isinstance(row, Performance):
            self.requested.emit(OpenCalls(belongs_to=("conversation", row.key)))

"""What one piece of use costs, token kind by token kind, and how fast the money goes now."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from alwrity_desktop.core.domain.insight_values import KindCost, Spending, Velocity
from alwrity_desktop.core.domain.periods import local_day
from alwrity_desktop.core.domain.pricing import TOKEN_KINDS
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._call_columns import kind_word
from alwrity_desktop.ui.docks._parts import Figure
from alwrity_desktop.ui.requests import OpenCalls
from alwrity_desktop.ui.tables.columns import Column, Look, sortable
from alwrity_desktop.ui.tables.section import TableSection
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import FlowLayout

_LEAST_FIGURE = 110


def _tr(text: str) -> str:
    return QCoreApplication.translate("UnitCosts", text)


def _quantity(row: KindCost) -> str:
    is_tokens = row.kind in TOKEN_KINDS
    return formatting.tokens(row.quantity, 1) if is_tokens else formatting.count(row.quantity)


def _unit(row: KindCost) -> str:
    unit = _tr("{price} per 1M") if row.kind in TOKEN_KINDS else _tr("{price} each")
    known = row.unit_cost_pico is not None
    write = formatting.money if row.kind in TOKEN_KINDS else formatting.money_small
    return unit.format(price=write(row.unit_cost_pico)) if known else formatting.UNKNOWN


def _note(row: KindCost) -> str:
    if not row.unpriced_quantity:
        return kind_word(row.kind)
    return _tr("{count} of them have no price").format(
        count=formatting.count(row.unpriced_quantity)
    )


def kind_columns() -> tuple[Column[KindCost], ...]:
    """Return the columns: what is billed for, how much of it, what it cost."""
    return (
        Column(
            "kind", _tr("Kind"), lambda row: kind_word(row.kind), is_stretched=True, tooltip=_note,
        ),
        Column(
            "quantity", _tr("How much"), _quantity, is_number=True, priority=2,
            sort_key=lambda row: float(row.quantity), plain=lambda row: str(row.quantity),
        ),
        Column(
            "cost", _tr("Cost"), lambda row: formatting.money(row.cost_pico), is_number=True,
            look=lambda _row: Look("text", 600), sort_key=lambda row: sortable(row.cost_pico),
            plain=lambda row: formatting.money_plain(row.cost_pico),
        ),
        Column(
            "share", _tr("Share"), lambda row: formatting.percent(row.share_percent),
            is_number=True, priority=1, look=lambda _row: Look("text2"),
            sort_key=lambda row: sortable(row.share_percent),
        ),
        Column(
            "unit", _tr("On average"), _unit, is_number=True, look=lambda _row: Look("text2"),
            plain=lambda row: formatting.money_plain(row.unit_cost_pico),
        ),
    )  # fmt: skip


def _stretch(row: Velocity) -> str:
    return {
        "now": _tr("The last hour"),
        "today": _tr("Today"),
        "week": _tr("This week"),
    }.get(row.name, row.name)


def _usual(row: Velocity) -> str:
    if row.times_usual is None:
        return formatting.UNKNOWN
    return _tr("{times} times").format(times=row.times_usual)


def velocity_columns() -> tuple[Column[Velocity], ...]:
    """Return the columns: a stretch that ends now, what it cost, and its rate."""
    return (
        Column("stretch", _tr("When"), _stretch, is_stretched=True),
        Column(
            "cost", _tr("Cost"), lambda row: formatting.money(row.amounts.known_cost_pico),
            is_number=True, look=lambda _row: Look("text", 600), priority=3,
            plain=lambda row: formatting.money_plain(row.amounts.known_cost_pico),
        ),
        Column(
            "hour", _tr("An hour"), lambda row: formatting.money(row.cost_per_hour_pico),
            is_number=True, plain=lambda row: formatting.money_plain(row.cost_per_hour_pico),
        ),
        Column(
            "day", _tr("A day"), lambda row: formatting.money(row.cost_per_day_pico),
            is_number=True, priority=1,
            plain=lambda row: formatting.money_plain(row.cost_per_day_pico),
        ),
        Column(
            "calls", _tr("Calls an hour"), lambda row: f"{row.calls_per_hour:,.1f}",
            is_number=True, priority=2, look=lambda _row: Look("text2"),
        ),
        Column(
            "usual", _tr("Of the usual"), _usual, is_number=True, look=lambda _row: Look("text2"),
        ),
    )  # fmt: skip


class UnitCostsPage(QWidget):
    """Key figures, then what is billed, then how fast."""

    #: Carries a ``Request``.
    requested = Signal(object)

    def __init__(self) -> None:
        """Make a page without figures."""
        super().__init__()
        self._figures = {
            "call": Figure(self.tr("Per call")),
            "message": Figure(self.tr("Per message")),
            "conversation": Figure(self.tr("Per conversation")),
            "million": Figure(self.tr("Per 1M tokens")),
            "cache": Figure(self.tr("From the cache")),
            "errors": Figure(self.tr("Failed calls")),
        }
        head = QWidget()
        flow = FlowLayout(head, 24)
        flow.setContentsMargins(SIZES.dock_padding_x, 0, SIZES.dock_padding_x, 4)
        for name, figure in self._figures.items():
            figure.setMinimumWidth(_LEAST_FIGURE)
            figure.clicked.connect(self._open_errors if name == "errors" else self._open_calls)
            flow.addWidget(figure)
        self._kinds = TableSection(self.tr("What is billed"))
        self._rates = TableSection(self.tr("How fast the money goes"))
        self._kinds.table.row_opened.connect(self._open_calls)
        self._rates.table.row_opened.connect(self._open_rate)
        self._as_of_ms, self._timezone = 0, "UTC"
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SIZES.dock_padding_y)
        column.setSpacing(0)
        for part in (head, self._kinds, self._rates):
            column.addWidget(part)
        column.addStretch(1)

    def show_report(self, report: Report, spending: Spending) -> None:
        """Show what the money of *report* bought."""
        self._as_of_ms, self._timezone = report.as_of_ms, report.period.timezone
        is_priced = report.totals.unpriced_calls < report.totals.calls
        units, errors = spending.units, spending.errors
        self._show("call", formatting.money_small(units.per_call_pico))
        self._show("message", formatting.money_small(units.per_message_pico))
        self._show("conversation", formatting.money(units.per_conversation_pico))
        self._show("million", formatting.money(units.per_million_tokens_pico))
        self._show("cache", formatting.percent(spending.cache.hit_percent), self._saved(spending))
        words = self.tr("1 was paid") if errors.paid_calls == 1 else self.tr("{count} were paid")
        note = words.format(count=formatting.count(errors.paid_calls))
        self._show("errors", formatting.money(errors.cost_pico), note)
        self._figures["errors"].setVisible(errors.paid_calls > 0)
        self._figures["cache"].setVisible(spending.cache.read_tokens > 0)
        self._kinds.set_rows(kind_columns(), spending.kinds)
        self._kinds.setVisible(bool(spending.kinds))
        self._rates.set_rows(
            velocity_columns(), spending.velocities, self.tr("the usual is that of four weeks")
        )
        self._rates.setVisible(bool(spending.velocities) and is_priced)

    def _show(self, name: str, value: str, note: str = "") -> None:
        figure = self._figures[name]
        figure.setVisible(value != formatting.UNKNOWN)
        figure.set_figure(value, note or self.tr("on average"))

    def _saved(self, spending: Spending) -> str:
        saved = spending.cache.saved_pico
        if saved is None:
            return self.tr("of the input")
        words = self.tr("saved {amount}") if saved >= 0 else self.tr("cost {amount} more")
        return words.format(amount=formatting.money(abs(saved)))

    @Slot()
    def _open_calls(self) -> None:
        self.requested.emit(OpenCalls())

    @Slot(int)
    def _open_rate(self, number: int) -> None:
        row = self._rates.model.row_at(number) if number >= 0 else None
        if isinstance(row, Velocity):
            bounds = (self._as_of_ms - row.duration_ms, self._as_of_ms)
            first, last = (local_day(at_ms, self._timezone) for at_ms in bounds)
            self.requested.emit(OpenCalls(day_start=first, day_end=last))

    @Slot()
    def _open_errors(self) -> None:
        self.requested.emit(OpenCalls(state="error"))

"""The own calls replayed on each plan: which limit they meet first, on which day, for what fee."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from alwrity_desktop.core.domain.plan_replay import Comparison, Outcome
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._plan_columns import limit_title
from alwrity_desktop.ui.tables.columns import Column, Decoration, Look, StatusMark
from alwrity_desktop.ui.tables.section import TableSection
from alwrity_desktop.ui.tokens import SIZES, STATUS_ICONS
from alwrity_desktop.ui.widgets import PlainLabel


def _tr(text: str) -> str:
    return QCoreApplication.translate("PlansDock", text)


def _fit_words(row: Outcome) -> str:
    if row.fits is None:
        return formatting.UNKNOWN
    return _tr("Yes") if row.fits else _tr("No")


def _fit_mark(row: Outcome) -> Decoration | None:
    if row.fits is None:
        return None
    role = "success" if row.fits else "warning"
    return StatusMark(STATUS_ICONS[role], f"{role}.mark")


def _limit_words(row: Outcome) -> str:
    return limit_title(row.first_limit_hit) if row.first_limit_hit else formatting.UNKNOWN


def _day_words(row: Outcome) -> str:
    return formatting.day_year(row.hit_on) if row.hit_on else formatting.UNKNOWN


def replay_columns(recommended: str | None) -> tuple[Column[Outcome], ...]:
    """Return the columns of the replay; *recommended* is the plan that is set in bold."""

    def weight(row: Outcome) -> Look:
        return Look("text", 600 if row.plan == recommended else 400)

    return (
        Column("plan", _tr("Plan"), lambda row: row.plan, look=weight, is_stretched=True),
        Column("fits", _tr("Fits"), _fit_words, decoration=_fit_mark),
        Column("limit", _tr("First limit hit"), _limit_words, tooltip=_limit_words),
        Column("day", _tr("On"), _day_words, priority=1),
        Column(
            "month", _tr("A month"), lambda row: formatting.money(row.price_monthly_pico),
            is_number=True, look=weight, priority=2,
        ),
        Column(
            "year", _tr("A year"), lambda row: formatting.money(row.price_yearly_pico),
            is_number=True, priority=3, look=lambda _row: Look("text2"),
        ),
    )  # fmt: skip


class ReplaySection(QWidget):
    """A table of the outcomes, with the reason for the plan that is recommended."""

    #: The day on which a plan's limit was hit, ISO.
    day_opened = Signal(str)

    def __init__(self) -> None:
        """Make a section without a comparison."""
        super().__init__()
        self.table = TableSection(_tr("Your own calls on each plan"))
        self.table.table.row_opened.connect(self._open)
        self._why = PlainLabel("", "body-dense")
        self._advice = PlainLabel("", "body-dense", weight=600)
        words = QVBoxLayout()
        words.setContentsMargins(SIZES.dock_padding_x, 8, SIZES.dock_padding_x, 8)
        words.setSpacing(4)
        for label in (self._advice, self._why):
            label.setWordWrap(True)
            words.addWidget(label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table)
        column.addLayout(words)

    @Slot(int)
    def _open(self, number: int) -> None:
        row = self.table.model.row_at(number) if number >= 0 else None
        if isinstance(row, Outcome) and row.hit_on:
            self.day_opened.emit(row.hit_on)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show how the replayed months fared on each plan."""
        note = _tr("{span}, on {basis}").format(
            span=formatting.span(comparison.first_day, comparison.last_day),
            basis=formatting.dated(comparison.basis),
        )
        columns = replay_columns(comparison.recommended)
        self.table.set_rows(columns, comparison.outcomes, note)
        self._why.set_plain(formatting.dated(comparison.why))
        self._advice.set_plain("\n".join(f"{advice.text}." for advice in comparison.advice))
        self._advice.setVisible(bool(comparison.advice))

"""One call as it is opened: token kinds with prices, origin, and where it was seen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.report import CallRow
from alwrity_desktop.core.domain.token_lines import TokenLine
from alwrity_desktop.ui import formatting, theme
from alwrity_desktop.ui.docks._call_columns import (
    field_word,
    line_columns,
    price_role,
    price_word,
    value_words,
)
from alwrity_desktop.ui.docks._parts import ScrollBody
from alwrity_desktop.ui.tables.delegate import paint_swatch
from alwrity_desktop.ui.tables.model import RowsModel
from alwrity_desktop.ui.tables.view import TableView
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import IconButton, IconLabel, Pill, PlainLabel

_BESIDE = 540
_SHOWN_PLACES = 6


class SwatchLabel(QWidget):
    """The square of a provider."""

    def __init__(self) -> None:
        """Make a square of no provider yet."""
        super().__init__()
        self._provider = ""
        self.setFixedSize(QSize(SIZES.swatch, SIZES.swatch))

    def set_provider(self, provider: str) -> None:
        """Take the colours of *provider*."""
        self._provider = provider
        self.setAccessibleName(formatting.provider_label(provider))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the square."""
        paint_swatch(QPainter(self), QPoint(0, 0), self._provider)


class CallDetails(QWidget):
    """The pane beside the list of calls."""

    closed = Signal()

    def __init__(self) -> None:
        """Make a pane without a call."""
        super().__init__()
        self._swatch = SwatchLabel()
        self._model_name = PlainLabel("", "body", weight=600).set_elided()
        self._pill = Pill(is_small=True)
        self._when = PlainLabel("", "caption", "muted")
        close = IconButton("x", self.tr("Close the details"), is_title=True)
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._swatch)
        head.addWidget(self._model_name, 1)
        head.addWidget(self._pill)
        head.addWidget(close)
        self._lines: RowsModel[TokenLine] = RowsModel(line_columns(), self)
        self._table = TableView(self._lines, self.tr("Token kinds and prices"), SIZES.row_calls)
        for policy in (
            self._table.setVerticalScrollBarPolicy,
            self._table.setHorizontalScrollBarPolicy,
        ):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._price_note = PlainLabel("", "caption", "muted")
        self._price_note.set_wrapping()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(SIZES.dock_padding_x, 8, 8, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._when)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(18)
        self._halves.addLayout(self._make_left(), 2)
        self._halves.addLayout(self._make_right(), 1)
        column.addLayout(self._halves)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollBody(content))
        theme.bus().changed.connect(self._fit_table)

    def _make_left(self) -> QVBoxLayout:
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self._table)
        left.addWidget(self._price_note)
        left.addStretch(1)
        return left

    def _make_right(self) -> QVBoxLayout:
        self._seen_title = PlainLabel("", "caption", "muted", 500)
        self._places = QVBoxLayout()
        self._places.setSpacing(4)
        self._once = QWidget()
        once = QHBoxLayout(self._once)
        once.setContentsMargins(0, 2, 0, 0)
        once.setSpacing(6)
        once.addWidget(IconLabel("copy", "success.mark", SIZES.icon_pill))
        once.addWidget(PlainLabel(self.tr("Counted once"), "caption", weight=600), 1)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(0)
        right = QVBoxLayout()
        right.setSpacing(5)
        right.addWidget(self._seen_title)
        right.addLayout(self._places)
        right.addWidget(self._once)
        self._differ = PlainLabel("", "caption", "warning.text").set_wrapping()
        right.addWidget(self._differ)
        right.addLayout(self._facts)
        right.addStretch(1)
        return right

    def show_call(self, row: CallRow, timezone: str) -> None:
        """Show *row*, its time told in *timezone*."""
        self._swatch.set_provider(row.provider)
        self._model_name.set_plain(row.model)
        role, icon = price_role(row)
        self._pill.set_status(role, price_word(row), icon)
        self._when.set_plain(formatting.moment(row.occurred_at_ms, timezone))
        total = TokenLine("", row.tokens, None, 1, row.cost_pico)
        self._lines.set_rows(row.lines, total)
        self._fit_table()
        self._price_note.set_plain(self._price_sentence(row))
        self._show_places(row.seen_in)
        self._show_disagreements(row)
        _clear(self._facts)
        for line in self._fact_lines(row):
            self._facts.addWidget(_line_label(line))

    def _price_sentence(self, row: CallRow) -> str:
        if row.cost_pico is None:
            return self.tr("There is no price for this model, so the call is in no sum.")
        if row.price_origin is None:
            return ""
        if row.price_date is None:
            return self.tr("Prices: {origin}").format(origin=row.price_origin)
        text = self.tr("Prices: {origin}, dated {day}")
        return text.format(origin=row.price_origin, day=formatting.day_year(row.price_date))

    def _show_places(self, places: tuple[str, ...]) -> None:
        _clear(self._places)
        for place in places[:_SHOWN_PLACES]:
            self._places.addWidget(_place_label(place))
        count = len(places)
        words = self.tr("Seen in 1 place") if count == 1 else self.tr("Seen in {count} places")
        self._seen_title.set_plain(words.format(count=count))
        self._seen_title.setVisible(count > 0)
        self._once.setVisible(count > 1)

    def _show_disagreements(self, row: CallRow) -> None:
        """Say where those that saw the call differ; the first of them decided."""
        lines = [
            self.tr("{what} differs: {says}").format(
                what=field_word(each.field),
                says=", ".join(
                    f"{formatting.source_label(source)} {value_words(each.field, value)}"
                    for source, value in each.says
                ),
            )
            for each in row.disagreements
        ]
        self._differ.set_plain("\n".join(lines))
        self._differ.setVisible(bool(lines))

    def _fact_lines(self, row: CallRow) -> list[str]:
        facts = (
            (self.tr("Source"), formatting.source_label(row.source)),
            (self.tr("Agent"), row.agent),
            (self.tr("Project"), row.project),
            (self.tr("Conversation"), row.conversation),
            (self.tr("Endpoint"), row.endpoint),
            (self.tr("API key"), row.api_key),
            (self.tr("Duration"), formatting.duration(row.duration_ms) if row.duration_ms else ""),
            (self.tr("Reasoning"), self._reasoning(row)),
            (self.tr("Identity"), row.identity),
        )
        return [f"{name}: {value}" for name, value in facts if value]

    def _reasoning(self, row: CallRow) -> str:
        if not row.reasoning_tokens:
            return ""
        text = self.tr("{count} of the output tokens")
        return text.format(count=formatting.count(row.reasoning_tokens))

    @Slot()
    def _fit_table(self) -> None:
        self._table.setFixedHeight(self._table.content_height() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the places beside the prices where there is room."""
        super().resizeEvent(event)
        direction = QBoxLayout.Direction
        is_wide = self.width() >= theme.scaled(_BESIDE)
        self._halves.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)


def _clear(layout: QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.deleteLater()


def _line_label(text: str) -> PlainLabel:
    """Return a line that takes the room there is: identities and paths have no end."""
    label = PlainLabel(text, "caption", "text2").set_elided()
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _place_label(place: str) -> QWidget:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(IconLabel("file-text", "muted", SIZES.icon_pill))
    row.addWidget(_line_label(place), 1)
    return widget

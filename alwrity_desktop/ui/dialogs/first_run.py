"""First start: one decision, where the calls come from; the rest has defaults."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from alwrity_desktop.core.results import FoundLogs
from alwrity_desktop.ui import formatting, theme
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import Card, IconLabel, PlainLabel, PushButton, paint_card

_TWO_COLUMNS = 620
_MAX_WIDTH = 860
_MARGIN = 36


class ChoiceCard(QWidget):
    """One way to begin: icon, name, what it takes, a sentence and a button."""

    chosen = Signal()

    def __init__(self, icon: str, title: str, detail: str, *, is_primary: bool) -> None:
        """Make a card; the primary one is framed in the focus colour."""
        super().__init__()
        self._is_primary = is_primary
        self._text = PlainLabel("", "body-dense", "text2")
        self._text.setWordWrap(True)
        self._button = PushButton("", "primary" if is_primary else "secondary")
        self._button.clicked.connect(self.chosen)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(PlainLabel(title, "body", weight=600))
        names.addWidget(PlainLabel(detail, "caption", "text2"))
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(IconLabel(icon, "info" if is_primary else "text2", 20))
        head.addLayout(names, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def set_words(self, text: str, button: str, *, is_enabled: bool = True) -> None:
        """Say what this way does, and name its button."""
        self._text.set_plain(text)
        self._button.setText(button)
        self._button.setEnabled(is_enabled)

    def take_focus(self) -> None:
        """Let Return press this card's button."""
        self._button.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        paint_card(painter, self.rect().adjusted(2, 2, -2, -2))
        if self._is_primary:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.current().colour("focus"), 1.5))
            box = QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
            painter.drawRoundedRect(box, SIZES.radius_card, SIZES.radius_card)


class FirstRunPage(QScrollArea):
    """Finds the logs on this computer and offers to read them, or to look at sample data."""

    read_asked = Signal()
    #: Look for logs again, since there were none.
    look_asked = Signal()
    sample_asked = Signal()
    later_asked = Signal()
    connect_asked = Signal()
    track_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make the page while the logs are being looked for."""
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self._has_logs = False
        self._make_cards()
        self.setWidget(self._outside())
        self.viewport().setAutoFillBackground(False)
        self._logs.set_words(
            self.tr("Looking for the logs of AI tools…"),
            self.tr("Read logs"),
            is_enabled=False,
        )
        self.show_sample_progress(None)

    def _make_cards(self) -> None:
        self._logs = ChoiceCard(
            "folder-open",
            self.tr("Read local logs"),
            self.tr("On this computer, under a minute"),
            is_primary=True,
        )
        self._sample = ChoiceCard(
            "flask-conical",
            self.tr("Look at sample data"),
            self.tr("No account needed"),
            is_primary=False,
        )
        self._server = ChoiceCard(
            "plug",
            self.tr("Connect a server"),
            self.tr("Usage, limits and alerts"),
            is_primary=False,
        )
        self._server.set_words(
            self.tr("ALwrity, an agent platform, or the bill of a provider. You need a token."),
            self.tr("Connect"),
        )
        self._gateway = ChoiceCard(
            "waypoints",
            self.tr("Track a program"),
            self.tr("Any program, as it calls"),
            is_primary=False,
        )
        self._gateway.set_words(
            self.tr("Start the gateway, and give a program its address. Budgets can refuse calls."),
            self.tr("Show how"),
        )
        self._gateway.chosen.connect(self.track_asked)
        self._server.chosen.connect(self.connect_asked)
        self._logs.chosen.connect(self._read_or_look)
        self._sample.chosen.connect(self.sample_asked)
        self._cards = QGridLayout()
        self._cards.setSpacing(14)

    def _outside(self) -> QWidget:
        card = Card()
        card.setMaximumWidth(theme.scaled(_MAX_WIDTH))
        layout = QVBoxLayout(card)
        layout.setContentsMargins(_MARGIN, _MARGIN - 8, _MARGIN, 24)
        layout.setSpacing(4)
        title = PlainLabel(self.tr("What do your AI calls cost?"), "heading")
        title.setWordWrap(True)
        lead = PlainLabel(
            self.tr("Choose where your calls come from. You can add more later."), "body", "text2"
        )
        lead.setWordWrap(True)
        layout.addWidget(title)
        layout.addWidget(lead)
        layout.addSpacing(18)
        layout.addLayout(self._cards)
        layout.addSpacing(22)
        layout.addLayout(self._footer())
        outside = QWidget()
        outside.setAutoFillBackground(False)
        column = QVBoxLayout(outside)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 100)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(2)
        return outside

    def _footer(self) -> QHBoxLayout:
        promise = PlainLabel(
            self.tr("Nothing leaves this computer until you connect a server."), "caption", "text2"
        )
        promise.setWordWrap(True)
        later = PushButton(self.tr("Set up later"), is_small=True)
        later.clicked.connect(self.later_asked)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(IconLabel("shield-check", "muted", 14))
        row.addWidget(promise, 1)
        row.addWidget(later, 0, Qt.AlignmentFlag.AlignRight)
        return row

    def show_logs(self, logs: Sequence[FoundLogs]) -> None:
        """Say how many files were found, and offer to read them."""
        found = [each for each in logs if each.files]
        self._has_logs = bool(found)
        if not found:
            self._logs.set_words(
                self.tr(
                    "No logs of Claude Code, Codex, Gemini CLI, Copilot CLI, opencode or LiteLLM "
                    "were found here. Use one of them once, then look again."
                ),
                self.tr("Look again"),
            )
            return
        several = self.tr("{title} ({files} files)")
        names = [
            (self.tr("{title} (1 file)") if each.files == 1 else several).format(
                title=each.title, files=formatting.count(each.files)
            )
            for each in found
        ]
        template = self.tr("Found {names}. Only token counts and models are kept, never the text.")
        files = sum(each.files for each in found)
        button = self.tr("Read 1 file") if files == 1 else self.tr("Read {files} files")
        self._logs.set_words(
            template.format(names=self.tr(" and ").join(names)),
            button.format(files=formatting.count(files)),
        )
        self._logs.take_focus()

    @Slot()
    def _read_or_look(self) -> None:
        (self.read_asked if self._has_logs else self.look_asked).emit()

    @Slot(object)
    def show_sample_progress(self, part: float | None) -> None:
        """Say how much of the sample is made; None while nobody asked for it."""
        text = self.tr("Half a year over six providers. Always marked as sample, never mixed.")
        if part is None:
            self._sample.set_words(text, self.tr("Open the sample"))
            return
        making = self.tr("Making the sample: {percent}%").format(percent=int(part * 100))
        self._sample.set_words(making, self.tr("Open the sample"), is_enabled=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the cards below one another where there is no room beside."""
        super().resizeEvent(event)
        columns = 2 if self.width() >= theme.scaled(_TWO_COLUMNS) else 1
        for place, card in enumerate((self._logs, self._gateway, self._server, self._sample)):
            self._cards.addWidget(card, place // columns, place % columns)
        self._cards.setColumnStretch(0, 1)
        self._cards.setColumnStretch(1, columns - 1)

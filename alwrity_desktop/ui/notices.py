"""Bars between header and docks: what went wrong, and how far the reading of logs is."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from alwrity_desktop.core.results import ImportProgress
from alwrity_desktop.ui import formatting, theme
from alwrity_desktop.ui.widgets import IconButton, InlineMessage, PlainLabel, PushButton

_STEPS = 1000
_SEVERITY = ("neutral", "info", "success", "warning", "danger")
_ICONS = {
    "neutral": "info",
    "info": "info",
    "success": "circle-check",
    "warning": "triangle-alert",
    "danger": "circle-x",
}

_ACTION_ICONS = {
    "retry": "refresh-cw",
    "quit": "log-out",
    "copy-details": "copy",
    "token": "key-round",
    "prices.reprice": "clock",
    "prices.undo": "chevron-left",
}


class Notice(msgspec.Struct, frozen=True):
    """One message, with the action that mends it."""

    #: "neutral", "info", "success", "warning" or "danger".
    tone: str
    sentence: str
    #: Text of the button, "" for none.
    action: str = ""
    #: What the button means, for whoever posted the notice.
    action_id: str = ""


class NoticeBar(QWidget):
    """Shows the gravest of the notices that stand; each topic has one at most."""

    #: The ``action_id`` of the notice whose button was pressed.
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a bar without a notice."""
        super().__init__(parent)
        self._notices: dict[str, Notice] = {}
        self._shown = ""
        self._message = InlineMessage()
        self._message.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = IconButton("x", self.tr("Dismiss"), is_title=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(4)
        layout.addWidget(self._message, 1)
        layout.addWidget(self._close)
        self._message.triggered.connect(self._choose)
        self._close.clicked.connect(self._dismiss)
        self.hide()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences that stand, newest last."""
        return tuple(notice.sentence for notice in self._notices.values())

    def holds(self, topic: str) -> bool:
        """Return whether a notice stands for *topic*."""
        return topic in self._notices

    def post(self, topic: str, notice: Notice) -> None:
        """Let *notice* stand for *topic*."""
        self._notices.pop(topic, None)
        self._notices[topic] = notice
        self._render()

    def clear(self, topic: str) -> None:
        """Take away what stands for *topic*."""
        if self._notices.pop(topic, None) is not None:
            self._render()

    def _render(self) -> None:
        if not self._notices:
            self._shown = ""
            self.hide()
            return
        newest_first = list(reversed(self._notices))
        self._shown = max(
            newest_first, key=lambda topic: _SEVERITY.index(self._notices[topic].tone)
        )
        notice = self._notices[self._shown]
        self._message.show_message(
            notice.tone, _ICONS[notice.tone], notice.sentence, notice.action,
            _ACTION_ICONS.get(notice.action_id, "check"),
        )  # fmt: skip
        self.show()
        self.update()

    @Slot()
    def _choose(self) -> None:
        action_id = self._notices[self._shown].action_id
        self.clear(self._shown)
        self.chosen.emit(action_id)

    @Slot()
    def _dismiss(self) -> None:
        self.clear(self._shown)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground below the button to close."""
        if self._shown:
            tone = theme.current().status(self._notices[self._shown].tone)
            QPainter(self).fillRect(self.rect(), tone.fill)


class ImportBar(QWidget):
    """How far the reading is, with a way to stop it."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a bar that is hidden until something is read."""
        super().__init__(parent)
        self._label = PlainLabel("", "caption", "text2")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self._progress.setRange(0, _STEPS)
        self._progress.setMinimumWidth(120)
        self._cancel = PushButton(self.tr("Stop"), is_small=True)
        self._cancel.clicked.connect(self._stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 14, 6)
        layout.setSpacing(12)
        layout.addWidget(self._label)
        layout.addWidget(self._progress, 1)
        layout.addWidget(self._cancel)
        self.hide()

    def begin(self) -> None:
        """Show that reading has begun."""
        self._label.set_plain(self.tr("Looking for logs…"))
        self._progress.setRange(0, 0)
        self._cancel.setEnabled(True)
        self.show()

    def show_progress(self, progress: ImportProgress) -> None:
        """Show how far the reading is."""
        if not self.isVisible():
            return
        total = max(progress.bytes_total, 1)
        self._progress.setRange(0, _STEPS)
        self._progress.setValue(min(_STEPS, progress.bytes_done * _STEPS // total))
        template = self.tr("Reading logs: {done} of {total} files, {calls} calls so far")
        self._label.set_plain(
            template.format(
                done=formatting.count(progress.files_done),
                total=formatting.count(progress.files_total),
                calls=formatting.count(progress.calls),
            )
        )

    def end(self) -> None:
        """Hide again."""
        self.hide()

    @Slot()
    def _stop(self) -> None:
        self._cancel.setEnabled(False)
        self._label.set_plain(self.tr("Stopping; what was read stays."))
        self.cancelled.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("surface2"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, look.colour("border"))

"""What was done to the prices of past calls, as lines; the newest can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.repricing import Repricing, RevisionKind, newest_standing
from alwrity_desktop.ui import formatting, repricing_text
from alwrity_desktop.ui.widgets import PlainLabel, PushButton

_SHOWN: Final = 6


class RevisionsList(QWidget):
    """The newest revisions of an account."""

    #: The id of the revision to take back.
    undo_asked = Signal(int)

    def __init__(self, timezone: str) -> None:
        """List nothing yet; times are shown in *timezone*."""
        super().__init__()
        self._timezone = timezone
        self._newest: Repricing | None = None
        self._undo: PushButton | None = None
        self._inside = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(PlainLabel(self.tr("Applied so far"), "body-dense", weight=600))
        self._column.addWidget(self._inside)
        self.hide()

    def show_revisions(self, revisions: Sequence[Repricing]) -> None:
        """List *revisions*, newest first, in place of what was listed."""
        undone = {one.undoes_id: one for one in revisions if one.kind is RevisionKind.UNDONE}
        made = [one for one in revisions if one.kind is RevisionKind.REPRICED]
        self._newest, self._undo = newest_standing(revisions), None
        inside = QWidget()
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        for revision in made[:_SHOWN]:
            lines.addWidget(self._line(revision, undone.get(revision.revision_id)))
        if len(made) > _SHOWN:
            more = self.tr("… and {count} before these").format(count=len(made) - _SHOWN)
            lines.addWidget(PlainLabel(more, "caption", "muted"))
        self._column.replaceWidget(self._inside, inside)
        self._inside.hide()
        self._inside.deleteLater()
        self._inside = inside
        self.setVisible(bool(made))

    @property
    def buttons(self) -> tuple[PushButton, ...]:
        """The button that takes back, where there is one."""
        return () if self._undo is None else (self._undo,)

    def set_enabled(self, *, is_enabled: bool) -> None:
        """Let nothing be taken back while something else is done."""
        if self._undo is not None:
            self._undo.setEnabled(is_enabled)

    def _line(self, revision: Repricing, undone: Repricing | None) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(1)
        colour = "text" if undone is None else "muted"
        self._add(words, repricing_text.sentence(revision), "body-dense", colour)
        self._add(words, self._which(revision, undone), "caption", "text2")
        row.addLayout(words, 1)
        if revision == self._newest:
            self._add(words, repricing_text.take_back_sentence(revision), "caption", "muted")
            self._undo = PushButton(self.tr("Take back"), is_small=True)
            self._undo.setAutoDefault(False)
            self._undo.clicked.connect(self._ask)
            row.addWidget(self._undo, 0, Qt.AlignmentFlag.AlignTop)
        return line

    @staticmethod
    def _add(column: QVBoxLayout, text: str, type_role: str, colour: str) -> None:
        label = PlainLabel(text, type_role, colour)
        label.setWordWrap(True)
        column.addWidget(label)

    def _which(self, revision: Repricing, undone: Repricing | None) -> str:
        """Return when it was done, to which calls, and when it was taken back."""
        when = formatting.moment(revision.made_at_ms, self._timezone)
        which = repricing_text.question_words(
            revision.question, revision.made_at_ms, self._timezone
        )
        if undone is None:
            return f"{when} · {which}"
        back = self.tr("taken back {when}")
        return f"{when} · {which} · " + back.format(
            when=formatting.moment(undone.made_at_ms, self._timezone)
        )

    @Slot()
    def _ask(self) -> None:
        if self._newest is not None and self._newest.revision_id is not None:
            self.undo_asked.emit(self._newest.revision_id)

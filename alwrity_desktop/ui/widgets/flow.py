"""A layout that goes on in the next line where a line is full."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Widgets side by side, wrapped; a stretch moves what follows to the right edge."""

    def __init__(self, parent: QWidget | None = None, gap: int = 8) -> None:
        """Make an empty layout with *gap* pixels between widgets and lines."""
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._pushed_from: int | None = None
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def add_stretch(self) -> None:
        """Move what follows to the right edge of its line."""
        self._pushed_from = len(self._items)

    def addItem(self, item: QLayoutItem) -> None:
        """Take *item* in."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item, None beyond the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take an item out, None beyond the last."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Return that the layout wants no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Return that a narrow layout is a high one."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines at *width*."""
        margins = self.contentsMargins()
        inner = QRect(0, 0, width - margins.left() - margins.right(), 0)
        return self._arrange(inner, is_trial=True) + margins.top() + margins.bottom()

    def setGeometry(self, rect: QRect) -> None:
        """Place the items in *rect*."""
        super().setGeometry(rect)
        margins = self.contentsMargins()
        self._arrange(rect.marginsRemoved(margins), is_trial=False)

    def sizeHint(self) -> QSize:
        """Return the size of a single line."""
        shown = self._shown()
        width = sum(item.sizeHint().width() for item in shown) + self._gap * len(shown)
        height = max((item.sizeHint().height() for item in shown), default=0)
        return self._with_margins(QSize(width, height))

    def minimumSize(self) -> QSize:
        """Return the size of the largest item."""
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return self._with_margins(size)

    def _with_margins(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        across, down = margins.left() + margins.right(), margins.top() + margins.bottom()
        return size + QSize(across, down)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._shown():
            needed = item.sizeHint().width()
            if not lines or used + needed > width:
                lines.append([])
                used = 0
            lines[-1].append(item)
            used += needed + self._gap
        return lines

    def _arrange(self, rect: QRect, *, is_trial: bool) -> int:
        """Place the items and return the height."""
        top = rect.top()
        for line in self._lines(rect.width()):
            height = max(_height(item, rect.width()) for item in line)
            if not is_trial:
                self._place_line(line, QRect(rect.left(), top, rect.width(), height))
            top += height + self._gap
        return max(0, top - rect.top() - self._gap)

    def _place_line(self, line: list[QLayoutItem], box: QRect) -> None:
        used = sum(item.sizeHint().width() for item in line) + self._gap * (len(line) - 1)
        spare = max(0, box.width() - used)
        left = box.left()
        pushed = () if self._pushed_from is None else self._items[self._pushed_from :]
        for item in line:
            if item in pushed:
                left += spare
                spare = 0
            hint = item.sizeHint()
            height = min(_height(item, box.width()), box.height())
            top = box.top() + (box.height() - height) // 2
            width = min(hint.width(), box.width())
            item.setGeometry(QRect(left, top, width, height))
            left += width + self._gap


def _height(item: QLayoutItem, width: int) -> int:
    """Return the height of *item* in a line of *width*."""
    hint = item.sizeHint()
    if hint.width() > width and item.hasHeightForWidth():
        return item.heightForWidth(width)
    return hint.height()

"""Agents and conversations: what each costs, with messages and tokens where they are known."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.report import Figures, Group, Report
from alwrity_desktop.core.domain.stated import NOT_ITEMISED
from alwrity_desktop.ui import formatting, theme
from alwrity_desktop.ui.docks._parts import ScrollBody
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import OpenCalls
from alwrity_desktop.ui.tables.columns import (
    Column,
    Decoration,
    Look,
    Share,
    plain_number,
    sortable,
)
from alwrity_desktop.ui.tables.section import TableSection
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import EmptyState

_BESIDE = 900
_MAX_CONVERSATIONS = 50
_SHARE_WIDTH = 90


def _tr(text: str) -> str:
    return QCoreApplication.translate("AgentsDock", text)


class _Row(msgspec.Struct, frozen=True):
    """One agent or conversation."""

    group: Group
    #: What calls are called that belong to none.
    none_words: str

    @property
    def figures(self) -> Figures:
        return self.group.figures

    @property
    def is_rest(self) -> bool:
        """Whether the row is what belongs to nothing that has a name."""
        return self.group.key in {"", NOT_ITEMISED}


def _name(row: _Row) -> str:
    if row.group.key == NOT_ITEMISED:
        return _tr("Not itemised")
    return row.group.label or row.group.key or row.none_words


def _name_note(row: _Row) -> str:
    if row.group.key == NOT_ITEMISED:
        return _tr("In the server's total, but in none of the parts that it names")
    is_named = row.group.label and row.group.label != row.group.key
    return f"{row.group.label}\n{row.group.key}" if is_named else _name(row)


def _look(row: _Row) -> Look:
    return Look("text2" if row.is_rest else "text")


def _bar(row: _Row) -> Decoration:
    share = (row.group.share_percent or 0.0) / 100
    return Share(share, "neutral.mark" if row.is_rest else "info.mark")


def _each_pico(row: _Row) -> int | None:
    figures = row.figures
    return figures.cost_per_message_pico if figures.is_stated else figures.cost_per_call_pico


def _uses(row: _Row) -> int | None:
    return row.figures.messages if row.figures.is_stated else row.figures.calls


def _columns(title: str, *, is_stated: bool) -> tuple[Column[_Row], ...]:
    uses = _tr("Messages") if is_stated else _tr("Calls")
    each = _tr("Per message") if is_stated else _tr("Per call")
    return (
        Column(
            "name", title, _name, sort_key=lambda row: _name(row).casefold(), tooltip=_name_note,
            is_stretched=True, is_descending_first=False, look=_look,
        ),
        Column(
            "uses", uses, lambda row: formatting.count(_uses(row)), is_number=True, priority=1,
            sort_key=lambda row: sortable(_uses(row)), plain=lambda row: plain_number(_uses(row)),
            look=_look,
        ),
        Column(
            "tokens", _tr("Tokens"), lambda row: formatting.tokens(row.figures.tokens or None, 1),
            is_number=True, priority=3, sort_key=lambda row: float(row.figures.tokens),
            plain=lambda row: plain_number(row.figures.tokens or None), look=_look,
        ),
        Column(
            "cost", _tr("Cost"), lambda row: formatting.money(row.figures.known_cost_pico),
            is_number=True, sort_key=lambda row: sortable(row.figures.known_cost_pico),
            look=lambda row: Look(_look(row).colour, 600),
            plain=lambda row: formatting.money_plain(row.figures.known_cost_pico),
            tooltip=lambda row: formatting.unpriced_words(row.figures),
        ),
        Column(
            "each", each, lambda row: formatting.money_small(_each_pico(row)), is_number=True,
            priority=4, sort_key=lambda row: sortable(_each_pico(row)),
            look=lambda _row: Look("text2"),
            plain=lambda row: formatting.money_plain(_each_pico(row)),
        ),
        Column(
            "share", _tr("Share"), lambda _row: "", decoration=_bar, width=_SHARE_WIDTH,
            priority=5, tooltip=lambda row: formatting.percent(row.group.known_share_percent),
            plain=lambda row: plain_number(row.group.known_share_percent),
        ),
    )  # fmt: skip


def _conversations_column() -> Column[_Row]:
    return Column(
        "conversations", _tr("Conversations"),
        lambda row: formatting.count(row.figures.conversations), is_number=True, priority=2,
        sort_key=lambda row: sortable(row.figures.conversations), look=_look,
        plain=lambda row: plain_number(row.figures.conversations),
    )  # fmt: skip


def _percent_column() -> Column[_Row]:
    return Column(
        "share", _tr("Share"), lambda row: formatting.percent(row.group.known_share_percent),
        is_number=True, priority=5, look=lambda _row: Look("text2"),
        sort_key=lambda row: sortable(row.group.known_share_percent),
        plain=lambda row: plain_number(row.group.known_share_percent),
    )  # fmt: skip


class AgentsDock(DockView):
    """Which agents and which conversations the money went to."""

    name = "agents"
    title = str(QT_TRANSLATE_NOOP("AgentsDock", "Agents and conversations"))
    icon = "bot"
    about = str(
        QT_TRANSLATE_NOOP(
            "AgentsDock", "What each agent has cost, and which conversations were the dearest."
        )
    )
    dimensions = ("agent", "conversation")
    order = 90

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock without agents."""
        super().__init__(parent)
        self._agents = TableSection(self.tr("Agents"))
        self._conversations = TableSection(self.tr("Dearest conversations"))
        self._agents.table.row_opened.connect(self._open_agent)
        self._conversations.table.row_opened.connect(self._open_conversation)
        self._is_stated = False
        content = QWidget()
        self._both = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._both.setSpacing(8)
        for section in (self._agents, self._conversations):
            # The lower one of two side by side must not be moved to the middle of the higher one.
            self._both.addWidget(section, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, SIZES.dock_padding_y)
        column.addLayout(self._both)
        column.addStretch(1)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollBody(content))

    def is_empty(self, report: Report) -> bool:
        """Return whether nothing was used, or nothing of it has an agent or a conversation."""
        return not _is_itemised(report, "agent") and not _is_itemised(report, "conversation")

    def empty_state(self, report: Report) -> EmptyState:
        """Return why there is nothing to list."""
        if not report.totals.calls and not report.totals.is_stated:
            return super().empty_state(report)
        text = self.tr("None of the calls in this period says which agent it was made for.")
        return EmptyState(self.icon, self.tr("No agents in this period"), text)

    def render_report(self, report: Report) -> None:
        """List the agents and conversations of *report*."""
        self._is_stated = report.is_stated
        agents = _rows(report, "agent", self.tr("Without an agent"))
        columns = _columns(self.tr("Agent"), is_stated=self._is_stated)
        if any(row.figures.conversations is not None for row in agents):
            columns = (*columns[:2], _conversations_column(), *columns[2:])
        self._agents.set_rows(columns, agents, self._agents_note(report))
        chats = _rows(report, "conversation", self.tr("Without a conversation"))
        shown = [row for row in chats if not row.is_rest][:_MAX_CONVERSATIONS]
        rest = [row for row in chats if row.is_rest]
        note = ""
        if len(shown) + len(rest) < len(chats):
            template = self.tr("{shown} of {all}")
            note = template.format(
                shown=formatting.count(len(shown)), all=formatting.count(len(chats) - len(rest))
            )
        columns = _columns(self.tr("Conversation"), is_stated=self._is_stated)
        # A single conversation's bar is a dot: its name needs the room.
        columns = (*columns[:-1], _percent_column())
        self._conversations.set_rows(columns, [*shown, *rest], note)
        self._agents.setVisible(_is_itemised(report, "agent"))
        self._conversations.setVisible(_is_itemised(report, "conversation"))
        self._arrange()

    def _agents_note(self, report: Report) -> str:
        count = report.totals.conversations
        if count is None:
            return ""
        words = self.tr("1 conversation") if count == 1 else self.tr("{count} conversations")
        return words.format(count=formatting.count(count))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the tables beside one another where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_wide = self.width() >= theme.scaled(_BESIDE)
        direction = QBoxLayout.Direction
        self._both.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)

    @Slot(int)
    def _open_agent(self, number: int) -> None:
        self._open(self._agents, number, "agent")

    @Slot(int)
    def _open_conversation(self, number: int) -> None:
        self._open(self._conversations, number, "conversation")

    def _open(self, section: TableSection, number: int, dimension: str) -> None:
        """Show the calls of a row, where a server has told of single calls."""
        row = section.model.row_at(number) if number >= 0 else None
        if isinstance(row, _Row) and row.group.key != NOT_ITEMISED and not self._is_stated:
            self.ask(OpenCalls(belongs_to=(dimension, row.group.key)))


def _is_itemised(report: Report, dimension: str) -> bool:
    """Return whether any part of the cost belongs to one that has a name."""
    return any(group.key not in {"", NOT_ITEMISED} for group in report.groups.get(dimension, ()))


def _rows(report: Report, dimension: str, none_words: str) -> Sequence[_Row]:
    """Return the rows of *dimension*, dearest first, what has no name last."""
    groups = report.groups.get(dimension, ())
    rows = [_Row(group, none_words) for group in groups]
    return sorted(rows, key=lambda row: (row.is_rest, -row.figures.cost_pico))

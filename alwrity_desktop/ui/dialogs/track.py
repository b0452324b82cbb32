"""How a program is tracked: base URL, variable, a line to copy, and whether its calls arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from alwrity_desktop.core import tracking
from alwrity_desktop.core.domain.live import GatewayState, LiveView
from alwrity_desktop.core.domain.report import CallRow
from alwrity_desktop.core.tracking import Recipe, Tracked
from alwrity_desktop.ui import formatting, gateway_text, theme
from alwrity_desktop.ui.dialogs.base import Row, Sheet, line_edit
from alwrity_desktop.ui.dialogs.small import scrolled
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP
from alwrity_desktop.ui.widgets import Combo, IconButton, IconLabel, PlainLabel, PushButton

_WIDTH: Final = 620
_RECIPES_HEIGHT: Final = 190
_GATEWAY: Final = "gateway"
_WHERE: Final = {
    "shell": QT_TRANSLATE_NOOP("TrackDialog", "Shell"),
    "python": QT_TRANSLATE_NOOP("TrackDialog", "Python"),
    "javascript": QT_TRANSLATE_NOOP("TrackDialog", "JavaScript"),
}


class CopyLine(QWidget):
    """Something to be pasted elsewhere: what it is for, the text, and a button."""

    def __init__(self, name: str) -> None:
        """Make a line named *name*."""
        super().__init__()
        self._text = ""
        self._name = PlainLabel(name, "caption", "text2", 500)
        self._code = PlainLabel("", "caption")
        self._dress()
        theme.bus().changed.connect(self._dress)
        self._code.setWordWrap(True)
        self._code.setMinimumWidth(1)
        self._code.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._copy = IconButton("copy", self.tr("Copy"), is_title=True)
        self._copy.clicked.connect(self._put_on_clipboard)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._name)
        words.addWidget(self._code)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Say what the text is for."""
        self._name.set_plain(name)
        self._copy.setAccessibleName(self.tr("Copy: {name}").format(name=name))

    @Slot()
    def _dress(self) -> None:
        """Set the text in the system's fixed font, in which signs are told apart best."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.font("caption").pixelSize())
        self._code.setFont(font)

    @property
    def text(self) -> str:
        """What is copied."""
        return self._text

    def set_text(self, text: str) -> None:
        """Offer *text*; a line may be broken after each slash and comma to fit."""
        self._text = text
        shown = text.rstrip("\n")
        for mark in "/,":
            shown = shown.replace(mark, f"{mark}\N{ZERO WIDTH SPACE}")
        self._code.set_plain(shown)
        self._code.setAccessibleName(text)
        self._copy.set_icon("copy")

    @Slot()
    def _put_on_clipboard(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self._copy.set_icon("check", "success.mark")


class TrackDialog(Sheet):
    """The page "Track a program": stays open until its first call was seen, and longer."""

    #: The gateway shall be started.
    start_asked = Signal()

    def __init__(
        self,
        state: GatewayState,
        since_ms: int,
        own: Sequence[str] = (),
        provider: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Show how programs reach the gateway; *own* are the names of the person's servers.

        Calls count as seen from *since_ms* on.
        """
        super().__init__(self.tr("Track a program"), "", parent)
        self.setMinimumWidth(theme.scaled(_WIDTH))
        self._state = state
        self._since_ms = since_ms
        self._tracked = tracking.tracked_of(tuple(own))
        self._lines: list[CopyLine] = []
        self._seen: CallRow | None = None
        self.add_words(
            self.tr(
                "Give a program the gateway's address in place of the provider's. Its calls pass "
                "unchanged, keys and all, and what they cost is counted here."
            )
        )
        self._add_gateway()
        self._add_choices(provider)
        self._add_lines()
        self._add_check()
        self._provider.currentIndexChanged.connect(self._show)
        self._project.textChanged.connect(self._show)
        self._show_state()
        self._show()

    def _add_gateway(self) -> None:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._mark = IconLabel("circle-dashed", "neutral.mark")
        self._where = PlainLabel("", "body-dense", weight=600)
        self._where.setWordWrap(True)
        self._start = PushButton(self.tr("Start the gateway"), "primary", "play", is_small=True)
        self._start.clicked.connect(self.start_asked)
        row.addWidget(self._mark)
        row.addWidget(self._where, 1)
        row.addWidget(self._start)
        self.column.addWidget(line)

    def _add_choices(self, provider: str) -> None:
        self._provider = Combo(self.tr("Provider"), is_small=False)
        names = (
            (each.provider, formatting.provider_label(each.provider)) for each in self._tracked
        )
        self._provider.set_items(tuple(names))
        self._provider.setCurrentIndex(max(0, self._provider.findData(provider)))
        self._project = line_edit("", self.tr("none"))
        self._project.setMaxLength(80)
        self.add_beside(
            Row(self.tr("Provider"), self._provider),
            Row(self.tr("Book the calls to the project"), self._project),
        )

    def _add_lines(self) -> None:
        self._base = CopyLine(self.tr("Base URL"))
        self._variable = CopyLine(self.tr("Environment variable"))
        self.column.addWidget(self._base)
        self.column.addWidget(self._variable)
        self._recipes = QVBoxLayout()
        self._recipes.setContentsMargins(0, 0, 8, 0)
        self._recipes.setSpacing(4)
        inside = QWidget()
        inside.setLayout(self._recipes)
        area = scrolled(inside)
        area.setMinimumHeight(theme.scaled(_RECIPES_HEIGHT) // 2)
        area.setMaximumHeight(theme.scaled(_RECIPES_HEIGHT))
        self.column.addWidget(area, 1)

    def _add_check(self) -> None:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._check_mark = IconLabel("circle-dashed", "neutral.mark")
        self._check = PlainLabel("", "body-dense")
        self._check.setWordWrap(True)
        row.addWidget(self._check_mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._check, 1)
        self.column.addWidget(line)

    @property
    def tracked(self) -> Tracked:
        """The provider that is chosen."""
        name = self._provider.currentData()
        return next(each for each in self._tracked if each.provider == name)

    @Slot()
    def _show(self) -> None:
        """Write everything for the provider and the project that are chosen."""
        chosen = self.tracked
        base = tracking.base_url(self._state.url, chosen, self._project.text())
        self._base.set_text(base)
        line = tracking.export_line(chosen, base)
        self._variable.set_text(line)
        self._variable.setVisible(bool(line))
        while len(self._lines) < len(chosen.recipes):
            self._lines.append(CopyLine(""))
            self._recipes.addWidget(self._lines[-1])
        for recipe, copied in zip(chosen.recipes, self._lines, strict=False):
            copied.set_name(_recipe_name(recipe))
            copied.set_text(tracking.filled(recipe, base))
        for index, copied in enumerate(self._lines):
            copied.setVisible(index < len(chosen.recipes))
        self._show_check()

    def _show_state(self) -> None:
        state = self._state
        self._mark.set_icon(gateway_text.icon_of(state), f"{gateway_text.tone_of(state)}.mark")
        self._where.set_plain(gateway_text.sentence_of(state))
        self._start.setVisible(not state.is_running and not state.trouble)

    @Slot(object)
    def take_view(self, view: LiveView) -> None:
        """Take what goes on now: the gateway may run meanwhile, and the first call have come."""
        has_moved = view.gateway.url != self._state.url
        self._state = view.gateway
        self._show_state()
        if has_moved:
            self._show()
        for row in view.calls:
            is_new = row.occurred_at_ms >= self._since_ms and row.source == _GATEWAY
            if is_new and row.provider == self.tracked.provider:
                self._seen = row
                break
        self._show_check(view.timezone)

    def _show_check(self, timezone: str = "UTC") -> None:
        row, name = self._seen, formatting.provider_label(self.tracked.provider)
        if row is None or row.provider != self.tracked.provider:
            under_way = any(
                each.provider == self.tracked.provider for each in self._state.under_way
            )
            text = self.tr("A call to {provider} is under way…")
            if not under_way:
                text = self.tr("Waiting for the first call to {provider}…")
            self._check_mark.set_icon("circle-dashed", "neutral.mark")
            self._check.set_plain(text.format(provider=name))
            return
        is_error = row.status_code is not None and row.status_code >= 400  # noqa: PLR2004 - HTTP
        role = "warning" if is_error else "success"
        text = self.tr("First call seen: {model} at {time}, {cost}")
        if is_error:
            text = self.tr("A call arrived: {model} at {time}; {provider} answered {status}")
        self._check_mark.set_icon("triangle-alert" if is_error else "circle-check", f"{role}.mark")
        words = text.format(
            model=row.model, time=formatting.clock(row.occurred_at_ms, timezone),
            cost=formatting.money_small(row.cost_pico), provider=name, status=row.status_code,
        )  # fmt: skip
        self._check.set_plain(words)


def _recipe_name(recipe: Recipe) -> str:
    where = _WHERE.get(recipe.where)
    place = recipe.where if where is None else QCoreApplication.translate("TrackDialog", where)
    return f"{recipe.tool}, {place}"

"""The settings; each applies at once."""

from __future__ import annotations

import re
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QTimeZone, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from alwrity_desktop.core import autostart
from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.gateway.upstreams import upstreams_of
from alwrity_desktop.core.settings import OPTIONS, Settings, takes
from alwrity_desktop.ui import theme
from alwrity_desktop.ui.dialogs.base import Row, line_edit
from alwrity_desktop.ui.dialogs.lines import LinesEdit
from alwrity_desktop.ui.dialogs.scrolling import ScrollingSheet
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP
from alwrity_desktop.ui.widgets import CheckBox, Combo, EditCombo, PlainLabel

CHOICE_WORDS: Final = {
    "system": QT_TRANSLATE_NOOP("SettingsDialog", "As the desktop"),
    "light": QT_TRANSLATE_NOOP("SettingsDialog", "Light"),
    "dark": QT_TRANSLATE_NOOP("SettingsDialog", "Dark"),
    "monday": QT_TRANSLATE_NOOP("SettingsDialog", "Monday"),
    "sunday": QT_TRANSLATE_NOOP("SettingsDialog", "Sunday"),
    "saturday": QT_TRANSLATE_NOOP("SettingsDialog", "Saturday"),
}
SWITCHES: Final = ("watch_logs", "close_to_tray", "notify", "reduce_motion")
EXAMPLES: Final = {
    "quiet_from": "22:00",
    "quiet_to": "07:00",
    "gateway_port": str(OPTIONS["gateway_port"].default),
    "gateway_upstreams": "groq=https://api.groq.com/openai",
}
_PORT_WIDTH: Final = 120
_DIGITS: Final = re.compile(r"[0-9]{1,9}")


class SettingsDialog(ScrollingSheet):
    """What the person can choose."""

    #: The name of a setting and its value.
    changed = Signal(str, object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        """Offer *settings*."""
        super().__init__(self.tr("Settings"), "", parent)
        self._settings = settings
        self._rows: dict[str, Row] = {}
        self._fields: dict[str, QComboBox | QLineEdit | LinesEdit] = {}
        self.add_beside(self._combo("theme"), self._combo("week_starts"))
        self._add_zone()
        for name in SWITCHES:
            self._add_switch(name)
        self.add_beside(self._line("quiet_from"), self._line("quiet_to"))
        self._add_gateway()
        self.fit_rows()

    def _title(self, name: str) -> str:
        return QCoreApplication.translate("settings", OPTIONS[name].title)

    def _about(self, name: str) -> str:
        return QCoreApplication.translate("settings", OPTIONS[name].description)

    def _combo(self, name: str) -> Row:
        combo = Combo(self._title(name), is_small=False)
        combo.setObjectName(name)
        words = ((key, self._word(key)) for key in OPTIONS[name].choices)
        combo.set_items(tuple(words))
        combo.setCurrentIndex(combo.findData(getattr(self._settings, name)))
        combo.currentIndexChanged.connect(self._combo_changed)
        return self._row(name, combo)

    @staticmethod
    def _word(key: str) -> str:
        return QCoreApplication.translate("SettingsDialog", CHOICE_WORDS[key])

    def _add_zone(self) -> None:
        combo = EditCombo()
        combo.setObjectName("timezone")
        names = [bytes(zone.data()).decode() for zone in QTimeZone.availableTimeZoneIds()]
        combo.addItems(["", *(name for name in names if "/" in name)])
        combo.setCurrentText(self._settings.timezone)
        edit = combo.lineEdit()
        if edit is not None:
            edit.setObjectName("timezone")
            edit.setPlaceholderText(self.tr("The computer's own zone"))
            edit.editingFinished.connect(self._line_changed)
        combo.activated.connect(self._line_changed)
        self._fields["timezone"] = combo
        self.column.addWidget(self._row("timezone", combo))

    def _add_gateway(self) -> None:
        self.column.addWidget(PlainLabel(self.tr("Gateway"), "body", weight=600))
        self.add_words(
            self.tr(
                "While it runs, it keeps the port, servers and reports that it was started with. "
                "After a change, stop it and start it again in the menu Tools."
            ),
            "caption",
        )
        if autostart.is_possible():
            self._add_switch("gateway_at_login")
        self.column.addWidget(self._line("gateway_port"))
        port = self._fields["gateway_port"]
        port.setMaximumWidth(theme.scaled(_PORT_WIDTH))
        lines = LinesEdit(self._settings.gateway_upstreams, EXAMPLES["gateway_upstreams"])
        lines.setObjectName("gateway_upstreams")
        lines.left.connect(self._line_changed)
        self._fields["gateway_upstreams"] = lines
        self.column.addWidget(self._row("gateway_upstreams", lines))
        self._add_switch("receive_otlp", is_explained=True)

    def _line(self, name: str) -> Row:
        edit = line_edit(str(getattr(self._settings, name)), EXAMPLES[name])
        edit.setObjectName(name)
        edit.editingFinished.connect(self._line_changed)
        self._fields[name] = edit
        return self._row(name, edit)

    def _row(self, name: str, field: QWidget) -> Row:
        self._rows[name] = Row(self._title(name), field, self._about(name))
        return self._rows[name]

    def _add_switch(self, name: str, *, is_explained: bool = False) -> None:
        box = CheckBox(self._title(name))
        box.setObjectName(name)
        box.setChecked(bool(getattr(self._settings, name)))
        box.setToolTip(self._about(name))
        box.toggled.connect(self._switched)
        if not is_explained:
            self.column.addWidget(box)
            return
        about = PlainLabel(self._about(name), "caption", "muted")
        about.setWordWrap(True)
        both = QVBoxLayout()
        both.setSpacing(3)
        both.addWidget(box)
        both.addWidget(about)
        self.column.addLayout(both)

    @Slot()
    def _combo_changed(self) -> None:
        combo = self.sender()
        if isinstance(combo, QComboBox):
            self._offer(combo.objectName(), combo.currentData())

    @Slot(bool)
    def _switched(self, is_on: bool) -> None:  # noqa: FBT001 - Qt's signal
        self._offer(self.sender().objectName(), is_on)

    @Slot()
    def _line_changed(self) -> None:
        name = self.sender().objectName()
        self._offer(name, self._typed(name))

    def _typed(self, name: str) -> Any:  # noqa: ANN401 - checked when it is offered
        """Return what stands in a field as its setting has it; nothing means the default."""
        field, default = self._fields[name], OPTIONS[name].default
        if isinstance(field, LinesEdit):
            return field.lines
        text = field.currentText() if isinstance(field, QComboBox) else field.text()
        text = text.strip()
        if not isinstance(default, int):
            return text
        return int(text) if _DIGITS.fullmatch(text) else (text or default)

    def _problem(self, name: str, value: Any) -> str:  # noqa: ANN401 - this checks it
        """Return why a setting cannot take *value*; "" when it can."""
        if not takes(name, value):
            return self.tr("This must be {rule}.").format(rule=OPTIONS[name].rule)
        if name != "gateway_upstreams":
            return ""
        try:
            named = upstreams_of(value)
        except UsageError as error:
            return str(error)
        return "" if len(named) == len(value) else self.tr("Two lines begin with the same name.")

    def _offer(self, name: str, value: Any) -> None:  # noqa: ANN401 - checked below
        """Tell of a changed value, or say beside the field why it cannot be."""
        problem = self._problem(name, value)
        if name in self._rows:
            self._rows[name].show_problem(problem)
        if not problem and value != getattr(self._settings, name):
            self.changed.emit(name, value)

    def apply(self) -> bool:
        """Close, unless something that was typed cannot be taken: then go there."""
        for name, field in self._fields.items():
            problem = self._problem(name, self._typed(name))
            if problem:
                self._rows[name].show_problem(problem)
                field.setFocus()
                self.show_row(self._rows[name])
                return False
        return True

    def show_settings(self, settings: Settings) -> None:
        """Take over what is kept now."""
        self._settings = settings

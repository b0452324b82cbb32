"""The settings; each applies at once."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QTimeZone, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from alwrity_desktop.core import autostart
from alwrity_desktop.core.settings import OPTIONS, Settings
from alwrity_desktop.ui.dialogs.base import Row, line_edit
from alwrity_desktop.ui.dialogs.scrolling import ScrollingSheet
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP
from alwrity_desktop.ui.widgets import Combo

CHOICE_WORDS: Final = {
    "system": QT_TRANSLATE_NOOP("SettingsDialog", "As the desktop"),
    "light": QT_TRANSLATE_NOOP("SettingsDialog", "Light"),
    "dark": QT_TRANSLATE_NOOP("SettingsDialog", "Dark"),
    "monday": QT_TRANSLATE_NOOP("SettingsDialog", "Monday"),
    "sunday": QT_TRANSLATE_NOOP("SettingsDialog", "Sunday"),
    "saturday": QT_TRANSLATE_NOOP("SettingsDialog", "Saturday"),
}
SWITCHES: Final = ("watch_logs", "close_to_tray", "notify", "reduce_motion")


class SettingsDialog(ScrollingSheet):
    """What the person can choose."""

    #: The name of a setting and its value.
    changed = Signal(str, object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        """Offer *settings*."""
        super().__init__(self.tr("Settings"), "", parent)
        self._settings = settings
        self._rows: dict[str, Row] = {}
        self.add_beside(self._combo("theme"), self._combo("week_starts"))
        self._add_zone()
        for name in SWITCHES:
            self._add_switch(name)
        if autostart.is_possible():
            self._add_switch("gateway_at_login")
        self.add_beside(self._line("quiet_from", "22:00"), self._line("quiet_to", "07:00"))
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
        combo = QComboBox()
        combo.setObjectName("timezone")
        combo.setEditable(True)
        combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        names = [bytes(zone.data()).decode() for zone in QTimeZone.availableTimeZoneIds()]
        combo.addItems(["", *(name for name in names if "/" in name)])
        combo.setCurrentText(self._settings.timezone)
        edit = combo.lineEdit()
        if edit is not None:
            edit.setObjectName("timezone")
            edit.setPlaceholderText(self.tr("The computer's own zone"))
            edit.editingFinished.connect(self._line_changed)
        combo.activated.connect(self._line_changed)
        self.column.addWidget(self._row("timezone", combo))

    def _line(self, name: str, example: str) -> Row:
        edit = line_edit(str(getattr(self._settings, name)), example)
        edit.setObjectName(name)
        edit.editingFinished.connect(self._line_changed)
        return self._row(name, edit)

    def _row(self, name: str, field: QWidget) -> Row:
        self._rows[name] = Row(self._title(name), field, self._about(name))
        return self._rows[name]

    def _add_switch(self, name: str) -> None:
        box = QCheckBox(self._title(name))
        box.setObjectName(name)
        box.setChecked(bool(getattr(self._settings, name)))
        box.setToolTip(self._about(name))
        box.toggled.connect(self._switched)
        self.column.addWidget(box)

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
        field = self.sender()
        if isinstance(field, QComboBox):
            self._offer(field.objectName(), field.currentText().strip())
        elif isinstance(field, QLineEdit):
            self._offer(field.objectName(), field.text().strip())

    def _offer(self, name: str, value: Any) -> None:  # noqa: ANN401 - checked below
        """Tell of a changed value, or say beside the field why it cannot be."""
        option = OPTIONS[name]
        is_allowed = option.is_allowed(value)
        if name in self._rows:
            rule = self.tr("This must be {rule}.").format(rule=option.rule)
            self._rows[name].show_problem("" if is_allowed else rule)
        if is_allowed and value != getattr(self._settings, name):
            self.changed.emit(name, value)

    def show_settings(self, settings: Settings) -> None:
        """Take over what is kept now."""
        self._settings = settings

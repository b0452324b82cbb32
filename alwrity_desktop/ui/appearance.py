"""Dresses the program as the settings say."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui import theme

_CHOICES: dict[str, theme.Choice] = {"light": "light", "dark": "dark", "system": "system"}


class Appearance:
    """Applies a theme only when it is another one, since that paints everything anew."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._theme = ""

    def apply(self, settings: Settings) -> None:
        """Take theme and motion over."""
        theme.set_reduced_motion(settings.reduce_motion)
        if settings.theme != self._theme:
            self._theme = settings.theme
            theme.apply(self._app, _CHOICES.get(settings.theme, "system"))

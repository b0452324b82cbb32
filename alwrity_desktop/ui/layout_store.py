"""Keeps the window's geometry and the arrangements of docks between runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

from alwrity_desktop.ui.layouts import BY_NAME, DEFAULT, Room

_GEOMETRY: Final = "window/geometry"
_LAYOUT: Final = "window/layout"
_STATES: Final = "states"
_OWN: Final = "own"
_DOCKS: Final = "docks"


class LayoutStore:
    """Arrangements by layout and room, in a file of the profile that is not the settings."""

    def __init__(self, path: Path | None) -> None:
        """Use the file *path*; None keeps nothing, for pictures."""
        self._settings = None if path is None else QSettings(str(path), QSettings.Format.IniFormat)
        self._kept: dict[str, QByteArray] = {}

    def geometry(self) -> QByteArray | None:
        """Return the window's place and size, None at the first start."""
        return self._bytes(_GEOMETRY)

    def keep_geometry(self, geometry: QByteArray) -> None:
        """Keep the window's place and size."""
        self._set(_GEOMETRY, geometry)

    def layout(self) -> str:
        """Return the layout in use last."""
        name = "" if self._settings is None else str(self._settings.value(_LAYOUT, ""))
        return name if name in BY_NAME or name in self.own() else DEFAULT.name

    def keep_layout(self, name: str) -> None:
        """Keep which layout is in use."""
        self._set(_LAYOUT, name)

    def state(self, layout: str, room: Room) -> QByteArray | None:
        """Return the arrangement that the person made of *layout* in this *room*."""
        return self._bytes(f"{_STATES}/{layout}/{room.value}")

    def keep_state(self, layout: str, room: Room, state: QByteArray) -> None:
        """Keep an arrangement."""
        self._set(f"{_STATES}/{layout}/{room.value}", state)

    def forget_state(self, layout: str) -> None:
        """Let *layout* be as it was."""
        for room in Room:
            key = f"{_STATES}/{layout}/{room.value}"
            self._kept.pop(key, None)
            if self._settings is not None:
                self._settings.remove(key)

    def own(self) -> tuple[str, ...]:
        """Return the names of the person's own layouts."""
        if self._settings is None:
            return ()
        names = self._settings.value(_OWN, [])
        if isinstance(names, str):
            return (names,) if names else ()
        return tuple(str(name) for name in names) if isinstance(names, list) else ()

    def add_own(self, name: str) -> None:
        """Add a layout of the person's own."""
        if self._settings is not None and name not in self.own():
            self._settings.setValue(_OWN, [*self.own(), name])

    def choices(self, dock: str) -> dict[str, str]:
        """Return what the person chose in *dock*."""
        if self._settings is None:
            return {}
        self._settings.beginGroup(f"{_DOCKS}/{dock}")
        found = {key: str(self._settings.value(key, "")) for key in self._settings.childKeys()}
        self._settings.endGroup()
        return found

    def keep_choices(self, dock: str, choices: Mapping[str, str]) -> None:
        """Keep what the person chose in *dock*."""
        for key, value in choices.items():
            self._set(f"{_DOCKS}/{dock}/{key}", value)

    def flush(self) -> None:
        """Write what is kept to the file."""
        if self._settings is not None:
            self._settings.sync()

    def _set(self, key: str, value: QByteArray | str) -> None:
        if self._settings is not None:
            self._settings.setValue(key, value)
        elif isinstance(value, QByteArray):
            self._kept[key] = value

    def _bytes(self, key: str) -> QByteArray | None:
        value = self._kept.get(key) if self._settings is None else self._settings.value(key)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

"""A dressed, motionless application for tests of what is painted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import theme
from alwrity_desktop.ui.docks.base import DockView
from tests import builders

SIZES = {
    "overview": (376, 414),
    "trends": (1022, 322),
    "providers": (670, 310),
    "limits": (420, 330),
    "alerts": (376, 240),
    "health": (342, 310),
    "live": (560, 320),
    "calls": (900, 240),
    "activity": (560, 420),
    "models": (720, 320),
    "tips": (560, 320),
    "agents": (560, 360),
    "plans": (640, 480),
    "reconciliation": (700, 300),
}


def end_deleted() -> None:
    """End the widgets that are to be deleted later; no event loop runs in which they would."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def worn(app: QApplication) -> tuple[object, ...]:
    """Return all that the application is dressed in."""
    choice, text_scale = theme._state.choice, theme._state.text_scale
    return theme.current(), choice, text_scale, app.styleSheet(), app.font(), app.palette()


_light: list[tuple[object, ...]] = []


def dress(app: QApplication) -> None:
    """Dress the application in the light theme, unless it still wears just that.

    Each dressing has every widget styled anew.
    """
    if worn(app) not in _light:
        theme.apply(app, "light")
        _light[:] = [worn(app)]


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """Dress the application in the light theme, at the usual text size, without motion."""
    theme.set_reduced_motion(True)
    dress(qapp)
    yield
    end_deleted()
    dress(qapp)
    theme.set_reduced_motion(False)


class Asked:
    """Collects what a dock asks for."""

    def __init__(self) -> None:
        self.requests: list[object] = []

    def take(self, request: object) -> None:
        self.requests.append(request)

    @property
    def last(self) -> Any:  # noqa: ANN401 - any request
        return self.requests[-1]


def shown(dock: DockView, qtbot: QtBot, report: Report | None = None) -> Asked:
    """Show *dock* with *report* at its usual size, and collect what it asks for."""
    qtbot.addWidget(dock)
    asked = Asked()
    dock.requested.connect(asked.take)
    dock.resize(*SIZES[dock.name])
    dock.show()
    dock.show_report(report or builders.a_report())
    qtbot.waitUntil(lambda: dock.is_ready)
    QApplication.processEvents()
    return asked


def texts(widget: QWidget) -> list[str]:
    """Return the texts of all labels in view."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def fits(area: QScrollArea) -> bool:
    """Return whether nothing of what scrolls up and down is cut off at the side."""
    content = area.widget()
    return content is not None and content.width() == area.viewport().width()

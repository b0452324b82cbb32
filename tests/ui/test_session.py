"""One run of the window: closing, quitting, a second start, faults, no display."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.errors import AlwrityError, WorldError
from alwrity_desktop.ui.bridge import Bridge
from alwrity_desktop.ui.dialogs.small import CloseDialog
from alwrity_desktop.ui.display import check_display
from alwrity_desktop.ui.events import Crashed
from alwrity_desktop.ui.faults import Faults
from alwrity_desktop.ui.first_report import FirstReport
from alwrity_desktop.ui.session import Session
from alwrity_desktop.ui.single import SingleInstance, raise_first
from alwrity_desktop.ui.widgets.buttons import PushButton
from tests import builders
from tests.ui.fakes import Collector, FakeContext
from tests.ui.looks import dressed

__all__ = ["dressed"]


class Tray:
    """A tray that a test can take away."""

    def __init__(self, *, is_available: bool) -> None:
        self.is_available = is_available

    def stop(self) -> None:
        """Nothing is shown."""


@pytest.fixture
def session(qtbot: QtBot, qapp: QApplication, context: FakeContext) -> Iterator[Session]:
    made = Session(qapp, context.as_context(), Bridge())
    made._later.setInterval(1_000_000)
    with qtbot.waitSignal(made.controller.figures_shown, timeout=10_000):
        made.start()
    yield made
    made._is_quitting = True
    assert made.stop() == 0
    made.window.deleteLater()
    qapp.processEvents()


def test_that_the_first_close_asks_once_what_closing_shall_do(
    qtbot: QtBot, session: Session
) -> None:
    session.tray = Tray(is_available=True)  # type: ignore[assignment]
    assert not session.window.close()
    (dialog,) = session.window.findChildren(CloseDialog)
    assert session.window.isVisible()
    dialog.chosen.emit(True)
    assert not session.window.isVisible()
    qtbot.waitUntil(lambda: session.controller.settings.tray_explained)
    session.window.show()
    assert not session.window.close()
    assert not session.window.isVisible()


def test_that_without_a_tray_closing_minimises_and_says_so(session: Session) -> None:
    session.tray = Tray(is_available=False)  # type: ignore[assignment]
    assert not session.window.close()
    assert session.window.isMinimized()
    (sentence,) = session.window.notices.sentences
    assert "no tray" in sentence


def test_that_the_button_of_a_notice_bears_the_icon_of_what_it_does(session: Session) -> None:
    session.tray = Tray(is_available=False)  # type: ignore[assignment]
    session.window.close()
    (quit_button,) = [
        button
        for button in session.window.notices.findChildren(PushButton)
        if button.text() == "Quit"
    ]
    assert quit_button.icon_name == "log-out"


def test_that_who_wants_no_tray_ends_the_program_by_closing(qtbot: QtBot, session: Session) -> None:
    session.tray = Tray(is_available=True)  # type: ignore[assignment]
    session.controller.change_settings(tray_explained=True, close_to_tray=False)
    qtbot.waitUntil(lambda: session.controller.settings.tray_explained)
    assert session.window.close()


def test_that_everything_else_starts_once_figures_are_in_view(
    qtbot: QtBot, session: Session, context: FakeContext
) -> None:
    assert session.controller.intake.next_read_ms() is None
    assert context.read_paths == []
    session._start_rest()
    qtbot.waitUntil(lambda: session.controller.intake.next_read_ms() is not None)


def test_that_a_second_start_raises_the_first(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert first.hold()
    assert not second.hold()
    with qtbot.waitSignal(first.raise_asked, timeout=5_000):
        assert raise_first(tmp_path)
    first.release()
    assert second.hold()
    second.release()
    assert not raise_first(tmp_path)


def test_that_a_deep_profile_is_held_as_well(qtbot: QtBot, tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 90)
    deep.mkdir()
    first = SingleInstance(deep)
    assert first.hold()
    with qtbot.waitSignal(first.raise_asked, timeout=5_000):
        assert raise_first(deep)
    first.release()


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"DISPLAY": ":4711"},
        {"WAYLAND_DISPLAY": "wayland-none", "XDG_RUNTIME_DIR": "/nowhere"},
        {"QT_QPA_PLATFORM": "xcb"},
    ],
)
def test_that_without_a_display_one_sentence_says_what_to_do(environ: dict[str, str]) -> None:
    with pytest.raises(WorldError, match="alwrity-desktop report") as caught:
        check_display(environ, "linux")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "platform"),
    [({"QT_QPA_PLATFORM": "offscreen"}, "linux"), ({}, "win32"), ({}, "darwin")],
)
def test_that_who_needs_no_display_is_not_asked_for_one(
    environ: dict[str, str], platform: str
) -> None:
    check_display(environ, platform)


def test_that_errors_that_nobody_caught_become_one_event(collector: Collector) -> None:
    faults = Faults(collector.post)
    before = (sys.excepthook, threading.excepthook)
    faults.install()
    try:
        error = ValueError("text of somebody's log")
        sys.excepthook(ValueError, error, None)
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
        thread = threading.Thread(target=_fail)
        thread.start()
        thread.join()
    finally:
        faults.remove()
    assert (sys.excepthook, threading.excepthook) == before
    crashes = collector.of(Crashed)
    assert len(crashes) == 2
    assert all("somebody" not in str(crash) for crash in crashes)


def _fail() -> None:
    raise LookupError("no")


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux forks.")
def test_that_the_first_report_comes_from_a_child(context: FakeContext) -> None:
    context.profile.ledger.touch()
    first = FirstReport.begin(context.as_context())
    assert first is not None
    assert first.take() == builders.a_report()
    assert first.take() is None
    assert context.questions == []


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux forks.")
def test_that_a_child_that_fails_leaves_the_question_to_the_window(context: FakeContext) -> None:
    context.profile.ledger.touch()
    context.failure = AlwrityError("The ledger cannot be read.")
    first = FirstReport.begin(context.as_context())
    assert first is not None
    assert first.take() is None


def test_that_no_child_is_made_for_a_ledger_that_is_not_there(context: FakeContext) -> None:
    assert FirstReport.begin(context.as_context()) is None

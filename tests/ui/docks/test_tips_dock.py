"""The Tips dock: what it says of a tip, what can be said of one, and what becomes of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.report import Figures, Report
from alwrity_desktop.core.domain.tip import Tip, TipBasis, TipCalls, TipClass, TipState
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.ui import jobs
from alwrity_desktop.ui.docks.tips import TipsDock
from alwrity_desktop.ui.requests import MarkTip, OpenCalls, ShowPrices
from alwrity_desktop.ui.widgets import ActionButton, Pill
from tests import builders, builders_servers
from tests.ui.looks import shown, texts

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context
    from alwrity_desktop.ui.events import Event

USD: Final = 10**12


def a_tip(**how: object) -> Tip:
    known = {
        "id": "cheaper:x",
        "kind": "cheaper_model",
        "tip_class": TipClass.DO_NOW,
        "text": "Consider using <b>Flash</b> for 46% cost savings",
        "saving_pico": 2 * USD,
        "basis": TipBasis.MEASURED,
        "assumption": "The same tokens on the other model.",
        "calls": 120,
        "query": TipCalls(builders.NOW_MS - 86_400_000, builders.NOW_MS, "openai", "gpt-4o"),
    }
    return Tip(**{**known, **how})  # type: ignore[arg-type]


def press(dock: TipsDock, words: str) -> None:
    buttons = [one for one in dock.findChildren(ActionButton) if one.text() == words]
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)


def test_that_a_tip_says_its_saving_its_grounds_and_its_assumption(qtbot: QtBot) -> None:
    dock = TipsDock()
    shown(dock, qtbot, builders.a_report(tips=(a_tip(),)))
    words = texts(dock)
    assert "Saves $2.00, measured · 120 calls" in words
    assert "The same tokens on the other model." in words
    assert "Do now" in dock.findChildren(Pill)[0].accessibleName()


def test_that_a_tip_opens_its_calls_and_takes_what_is_said_of_it(qtbot: QtBot) -> None:
    dock = TipsDock()
    asked = shown(dock, qtbot, builders.a_report(tips=(a_tip(),)))
    for words in ("Show the calls", "Done", "Later", "Dismiss"):
        press(dock, words)
    calls = asked.requests[0]
    assert isinstance(calls, OpenCalls)
    assert (calls.provider, calls.model) == ("openai", "gpt-4o")
    assert asked.requests[1:] == [
        MarkTip("cheaper:x", TipState.DONE),
        MarkTip("cheaper:x", TipState.SNOOZED),
        MarkTip("cheaper:x", TipState.DISMISSED),
    ]


def some_tips(*names: str) -> Report:
    return builders.a_report(tips=tuple(a_tip(id=name, text=f"Tip {name}") for name in names))


def test_that_rows_that_say_the_same_stay_and_the_focus_goes_to_what_took_the_place(
    qtbot: QtBot,
) -> None:
    dock = TipsDock()
    shown(dock, qtbot, some_tips("a", "b", "c"))
    with qtbot.waitActive(dock):
        dock.activateWindow()
    first, second, third = dock._rows
    second.take_focus()
    dock.show_report(some_tips("a", "c"))
    assert dock._rows == [first, third]
    assert third.holds_focus()
    dock.show_report(some_tips("n", "c", "a"))
    assert [row.tip.id for row in dock._rows] == ["n", "c", "a"]
    assert dock._rows[1:] == [third, first]
    assert third.holds_focus()


def test_that_a_tip_that_was_put_off_can_be_taken_back(qtbot: QtBot) -> None:
    dock = TipsDock()
    asked = shown(dock, qtbot, some_tips("a"))
    press(dock, "Dismiss")
    dock.show_report(builders.a_report(tips=()))
    assert "Dismissed: Tip a" in texts(dock._undo)
    QTest.keyClick(dock._undo._button, Qt.Key.Key_Return)
    assert asked.requests == [MarkTip("a", TipState.DISMISSED), MarkTip("a", TipState.OPEN)]
    assert not dock._undo.isVisible()
    dock.show_report(some_tips("a"))
    press(dock, "Later")
    assert "Comes back in 7 days: Tip a" in texts(dock._undo)
    press(dock, "Done")
    assert "Done, and measured in 7 days: Tip a" in texts(dock._undo)
    dock.show_report(builders.a_report(account=builders.a_report().account, tips=()))
    assert dock._undo.isVisible()
    dock.show_report(builders_servers.a_server_report())
    assert not dock._undo.isVisible()


def test_that_a_tip_that_was_done_says_what_it_brought(qtbot: QtBot) -> None:
    done = a_tip(state=TipState.DONE, brought_pico=3 * USD)
    dock = TipsDock()
    asked = shown(dock, qtbot, builders.a_report(tips=(done,)))
    assert any("has brought $3.00 since" in text for text in texts(dock))
    press(dock, "Not done")
    assert asked.requests == [MarkTip("cheaper:x", TipState.OPEN)]


class FakeAdvice:
    """Remembers what was said of tips."""

    def __init__(self) -> None:
        self.marked: list[tuple[str, str, TipState, PeriodChoice]] = []

    def mark(self, account: str, tip_id: str, state: TipState, choice: PeriodChoice) -> None:
        self.marked.append((account, tip_id, state, choice))


def test_that_what_is_said_of_a_tip_is_kept_for_the_period_in_view() -> None:
    advice = FakeAdvice()
    posted: list[Event] = []
    context = cast("Context", SimpleNamespace(advice=advice))
    choice = PeriodChoice("week")
    jobs.MarkTip("local", choice, "cheaper:x", TipState.DONE).run(context, posted.append)
    assert advice.marked == [("local", "cheaper:x", TipState.DONE, choice)]
    assert [type(event).__name__ for event in posted] == ["Done"]


def test_that_without_tips_usage_is_within_normal_range(qtbot: QtBot) -> None:
    dock = TipsDock()
    shown(dock, qtbot, builders.a_report(tips=(a_tip(),)))
    dock.show_report(builders.a_report(tips=()))
    assert "Usage within normal range" in texts(dock)


def test_that_without_prices_no_tip_is_promised(qtbot: QtBot) -> None:
    dock = TipsDock()
    unpriced = Figures(calls=40, unpriced_calls=40)
    asked = shown(dock, qtbot, builders.a_report(totals=unpriced, tips=()))
    assert "No tips without prices" in texts(dock)
    press(dock, "Set prices")
    assert asked.requests == [ShowPrices()]

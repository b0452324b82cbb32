"""The dialog that applies prices to past calls: tried first, then done, for what was tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.money import PICO_PER_CENT, PICO_PER_USD
from alwrity_desktop.core.domain.repricing import (
    EVER_MS,
    ModelChange,
    RepriceQuestion,
    Repricing,
    RevisionKind,
)
from alwrity_desktop.ui import formatting, repricing_text, theme
from alwrity_desktop.ui.dialogs.price_revisions import RevisionsList
from alwrity_desktop.ui.dialogs.prices import PricesDialog
from alwrity_desktop.ui.dialogs.reprice import RepriceDialog, SpanChoice
from alwrity_desktop.ui.events import (
    PricesApplied,
    PricesTried,
    RepriceProgressed,
    RepriceStopped,
    RevisionsReady,
)
from alwrity_desktop.ui.widgets import PushButton
from tests import builders
from tests.ui.looks import dressed, texts

__all__ = ["dressed"]

SPANS = (
    SpanChoice("period", "The period in view: November 2026", 1_000, 2_000),
    SpanChoice("all", "All calls", 0, EVER_MS),
)
MODELS = (("anthropic", "claude-sonnet-4-5"), ("anthropic", "claude-opus-4-5"), ("openai", "gpt-5"))
CHANGES = (
    ModelChange("anthropic", "claude-sonnet-4-5", 12, 4 * PICO_PER_USD, 6 * PICO_PER_USD, 0),
    ModelChange("acme", "big", 3, 0, PICO_PER_USD // 2, 3),
)


def a_result(question: RepriceQuestion, *models: ModelChange, calls: int = 40) -> Repricing:
    return Repricing(None, RevisionKind.REPRICED, builders.NOW_MS, question, calls, models)


EVERYTHING = RepriceQuestion("local", 0, EVER_MS)
DONE = replace(a_result(EVERYTHING, *CHANGES), revision_id=1)
BACK = replace(
    DONE, revision_id=2, kind=RevisionKind.UNDONE, undoes_id=1, made_at_ms=builders.NOW_MS + 60_000
)


class Asked:
    """A dialog on the screen, and what it asks for."""

    def __init__(self, qtbot: QtBot, parent: QWidget | None = None) -> None:
        self.dialog = RepriceDialog("local", SPANS, "UTC", parent)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        self.tried: list[RepriceQuestion] = []
        self.applied: list[Repricing] = []
        self.undone: list[int] = []
        self.stops = 0
        self.dialog.try_asked.connect(self.tried.append)
        self.dialog.apply_asked.connect(self.applied.append)
        self.dialog.undo_asked.connect(self.undone.append)
        self.dialog.stop_asked.connect(self._stop)
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        self.dialog.take_event(RevisionsReady("local", (), MODELS))

    def _stop(self) -> None:
        self.stops += 1

    def try_with(self, *models: ModelChange, calls: int = 40) -> Repricing:
        """Try what is chosen, and answer with *models*."""
        self.dialog._look.click()
        result = a_result(self.tried[-1], *models, calls=calls)
        self.dialog.take_event(PricesTried(result))
        return result


@pytest.fixture
def asked(qtbot: QtBot) -> Asked:
    return Asked(qtbot)


def test_that_nothing_can_be_applied_before_it_was_tried(asked: Asked) -> None:
    assert not asked.dialog._accept.isEnabled()
    asked.dialog._accept.click()
    assert asked.applied == []
    result = asked.try_with(*CHANGES)
    asked.dialog._accept.click()
    assert asked.applied == [result]
    assert asked.dialog.isVisible()
    asked.dialog.take_event(PricesApplied(replace(result, revision_id=1)))
    assert not asked.dialog.isVisible()


def test_that_a_trial_shows_every_model_and_the_whole(asked: Asked) -> None:
    asked.try_with(*CHANGES)
    said = "15 calls would move from $4.00 to $6.50 (+$2.50). Nothing is changed yet."
    assert said in texts(asked.dialog)
    model = asked.dialog._table.model
    shown = [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]
    assert shown == [
        ["claude-sonnet-4-5", "12", "0", "$4.00", "$6.00", "+$2.00"],
        ["big", "3", "3", "—", "$0.50", "+$0.50"],
        ["All together", "15", "3", "$4.00", "$6.50", "+$2.50"],
    ]


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        (0, "There are no such calls."),
        (1, "Nothing changes: 1 call costs what it costs."),
        (62_000, "Nothing changes: 62,000 calls cost what they cost."),
    ],
)
def test_that_a_trial_without_a_change_offers_nothing(asked: Asked, calls: int, said: str) -> None:
    asked.try_with(calls=calls)
    assert said in texts(asked.dialog)
    assert not asked.dialog._accept.isEnabled()
    assert not asked.dialog._table.isVisible()


def test_that_another_question_takes_the_answer_away(asked: Asked) -> None:
    dialog = asked.dialog
    changes: tuple[Callable[[], object], ...] = (
        lambda: dialog._span.setCurrentIndex(1),
        lambda: dialog._provider.setCurrentIndex(1),
        lambda: dialog._model.setCurrentIndex(1),
        dialog._reported.click,
    )
    for change in changes:
        asked.try_with(*CHANGES)
        assert dialog._accept.isEnabled()
        change()
        assert not dialog._accept.isEnabled()
        assert not dialog._table.isVisible()
    dialog._look.click()
    chosen = RepriceQuestion("local", 0, EVER_MS, "anthropic", "claude-sonnet-4-5", True)
    assert asked.tried[-1] == chosen


def test_that_models_follow_their_provider(asked: Asked) -> None:
    models = asked.dialog._model
    assert models.count() == 4
    asked.dialog._provider.setCurrentIndex(asked.dialog._provider.findData("openai"))
    assert [models.itemData(index) for index in range(models.count())] == [None, "gpt-5"]


def test_that_work_is_seen_and_can_be_stopped(asked: Asked) -> None:
    dialog = asked.dialog
    assert not dialog._stop.isVisible()
    dialog._look.click()
    assert dialog._bar.isVisible()
    assert not dialog._look.isEnabled()
    assert dialog.focusWidget() is dialog._stop
    dialog.take_event(RepriceProgressed(31_000, 62_000))
    assert dialog._bar.value() * 2 == dialog._bar.maximum()
    dialog._stop.click()
    assert asked.stops == 1
    dialog.take_event(RepriceStopped())
    assert "Stopped. Nothing was changed." in texts(dialog)
    assert dialog._look.isEnabled()
    assert dialog.focusWidget() is dialog._look
    assert not dialog._stop.isVisible()


def test_that_a_trouble_is_said_and_the_question_can_be_asked_again(asked: Asked) -> None:
    asked.try_with(*CHANGES)
    asked.dialog._accept.click()
    trouble = "Calls or prices have changed since then. Look once more."
    asked.dialog.take_event(RepriceStopped(trouble))
    assert trouble in texts(asked.dialog)
    assert asked.dialog._look.isEnabled()


def undo_buttons(dialog: QWidget) -> list[PushButton]:
    inside = dialog.findChildren(RevisionsList)[0]
    return [button for button in inside.findChildren(PushButton) if button.isVisible()]


def test_that_the_newest_that_stands_can_be_taken_back(asked: Asked) -> None:
    later = replace(DONE, revision_id=3, made_at_ms=builders.NOW_MS + 120_000)
    asked.dialog.take_event(RevisionsReady("local", (later, BACK, DONE), MODELS))
    lines = texts(asked.dialog)
    assert lines.count("15 calls moved from $4.00 to $6.50 (+$2.50).") == 2
    assert "Taking it back moves 15 calls from $6.50 to $4.00 again." in lines
    when = formatting.moment(BACK.made_at_ms, "UTC")
    assert any(line.endswith(f" · All calls · taken back {when}") for line in lines)
    (undo,) = undo_buttons(asked.dialog)
    undo.click()
    assert asked.undone == [3]
    assert not undo.isEnabled()
    back = replace(BACK, revision_id=4, undoes_id=3)
    asked.dialog.take_event(PricesApplied(back))
    asked.dialog.take_event(RevisionsReady("local", (back, later, BACK, DONE), MODELS))
    assert asked.dialog.isVisible()
    assert undo_buttons(asked.dialog) == []


def test_that_what_is_for_another_account_is_left_alone(asked: Asked) -> None:
    asked.dialog.take_event(RevisionsReady("other", (DONE,), ()))
    assert undo_buttons(asked.dialog) == []
    assert asked.dialog._model.count() == 4


def reached_by_tab(dialog: QWidget) -> list[QWidget]:
    """Return what Tab reaches, in order, beginning at the first."""
    found = []
    widget = dialog.nextInFocusChain()
    while widget is not None and widget is not dialog:
        can_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if can_tab and widget.isVisible() and widget.isEnabled():
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def test_that_the_keys_go_down_the_dialog(asked: Asked) -> None:
    asked.dialog.take_event(RevisionsReady("local", (DONE,), MODELS))
    asked.try_with(*CHANGES)
    dialog = asked.dialog
    (undo,) = undo_buttons(dialog)
    order = reached_by_tab(dialog)
    wanted = [
        dialog._span, dialog._provider, dialog._model, dialog._reported, dialog._look,
        dialog._table.table, undo, dialog._accept,
    ]  # fmt: skip
    assert [widget for widget in order if widget in wanted] == wanted


def test_that_return_looks_and_never_applies(asked: Asked) -> None:
    asked.dialog._span.setFocus()
    QTest.keyClick(asked.dialog, Qt.Key.Key_Return)
    asked.dialog.take_event(PricesTried(a_result(asked.tried[-1], *CHANGES)))
    QTest.keyClick(asked.dialog, Qt.Key.Key_Return)
    assert len(asked.tried) == 2
    assert asked.applied == []


@pytest.mark.parametrize("percent", [100, 200])
def test_that_it_is_no_larger_than_the_screen(
    percent: int, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, "dark", percent)
    asked = Asked(qtbot)
    asked.dialog.take_event(RevisionsReady("local", (DONE,) * 9, MODELS))
    asked.try_with(*CHANGES * 9)
    room = asked.dialog.screen().availableGeometry()
    assert asked.dialog.height() <= room.height()
    assert asked.dialog.minimumSizeHint().width() <= room.width()
    assert asked.dialog._accept.geometry().bottom() <= asked.dialog.height()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (RepriceQuestion("local", 0, EVER_MS), "All calls"),
        (RepriceQuestion("local", builders.NOW_MS, EVER_MS), "Calls since 20 Nov 2026"),
        (
            RepriceQuestion("local", builders.NOW_MS - 86_400_000, builders.NOW_MS, "openai"),
            "19 – 20 Nov, OpenAI",
        ),
        (
            RepriceQuestion("local", 0, EVER_MS, None, "gpt-5", with_reported=True),
            "All calls, gpt-5, reported costs too",
        ),
    ],
)
def test_that_a_question_is_named(question: RepriceQuestion, words: str) -> None:
    assert repricing_text.question_words(question, builders.NOW_MS, "UTC") == words


def test_that_small_sums_are_told_apart() -> None:
    change = ModelChange("acme", "big", 1, PICO_PER_CENT, PICO_PER_CENT // 2)
    result = a_result(EVERYTHING, change)
    said = repricing_text.sentence(result)
    assert said == "1 call would move from $0.0100 to $0.0050 (-$0.0050)."


def test_that_own_prices_lead_to_past_calls(qtbot: QtBot) -> None:
    dialog = PricesDialog(())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    past = next(each for each in dialog.findChildren(PushButton) if each.text() == "Past calls…")
    with qtbot.waitSignal(dialog.past_calls_asked):
        past.click()
    assert not dialog.isVisible()

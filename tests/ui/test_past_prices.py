"""Prices for past calls, from the menu to the ledger and back: tried, applied, stopped, undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.repricing import EVER_MS, Progress, RepriceQuestion, Repricing
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT, Call
from alwrity_desktop.core.ledger import repricing_slices
from alwrity_desktop.core.profile import find, prepare
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.ui.bridge import Bridge
from alwrity_desktop.ui.commands import Commands
from alwrity_desktop.ui.controller import Controller
from alwrity_desktop.ui.dialogs.price_revisions import RevisionsList
from alwrity_desktop.ui.dialogs.reprice import RepriceDialog
from alwrity_desktop.ui.dialogs.small import MessageDialog
from alwrity_desktop.ui.docks import dock_types
from alwrity_desktop.ui.events import (
    Crashed,
    Done,
    PricesApplied,
    PricesTried,
    RepriceProgressed,
    RepriceStopped,
    Topic,
)
from alwrity_desktop.ui.jobs import Job
from alwrity_desktop.ui.layout_store import LayoutStore
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.past_prices import PastPrices
from alwrity_desktop.ui.reprice_thread import (
    ApplyPrices,
    LoadRevisions,
    RepriceLoop,
    TakePricesBack,
    TryPrices,
)
from alwrity_desktop.ui.widgets import PushButton
from tests import builders
from tests.ui.fakes import Collector
from tests.ui.looks import dressed, texts

__all__ = ["dressed"]

SONNET = "claude-sonnet-4-5-20250929"
EVERYTHING = RepriceQuestion(LOCAL_ACCOUNT, 0, EVER_MS)


def own_price(usd: str) -> PriceOverride:
    return PriceOverride(provider="anthropic", model=SONNET, output_usd_per_million=usd)


def book(context: Context) -> None:
    """Book a dozen calls of $6.00 each, and double what such calls cost from then on."""
    context.record(
        [
            Call(
                identity=f"record:{number}",
                occurred_at_ms=builders.NOW_MS - number * 1_000,
                source="record",
                provider="anthropic",
                model=SONNET,
                output_tokens=400_000,
            )
            for number in range(12)
        ]
    )
    context.set_price(own_price("30"))


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Context]:
    """The program's parts on a small ledger of the test's own."""
    environ = {"ALWRITY_DESKTOP_HOME": str(tmp_path / "home"), "TZ": "UTC"}
    profile = find(environ)
    prepare(profile)
    made = Context(profile, Clock(builders.NOW_MS), environ)
    book(made)
    yield made
    made.close()


def cost(context: Context) -> str:
    pico = context.report(LOCAL_ACCOUNT, PeriodChoice("all"), ()).totals.cost_pico
    return f"{pico / 10**12:.2f}"


class Desk:
    """The window over a real ledger."""

    def __init__(self, context: Context) -> None:
        self.context = context
        bridge = Bridge()
        self.window = MainWindow(dock_types(), LayoutStore(context.profile.window))
        self.controller = Controller(context, self.window, bridge)
        self.commands = Commands(self.controller, self.window)

    def stop(self) -> None:
        assert self.controller.stop() == ()
        self.window.hide()
        self.window.deleteLater()

    def open(self, qtbot: QtBot) -> RepriceDialog:
        """Open the dialog by its action, and wait for what it offers."""
        self.window.actions_["prices.reprice"].trigger()
        dialog = next(d for d in self.window.findChildren(RepriceDialog) if d.isVisible())
        qtbot.waitUntil(lambda: dialog._model.count() == 2)
        return dialog

    def try_prices(self, qtbot: QtBot) -> RepriceDialog:
        """Open the dialog, and look what changes."""
        dialog = self.open(qtbot)
        dialog._look.click()
        qtbot.waitUntil(dialog._accept.isEnabled)
        return dialog

    def wait_for_cost(self, qtbot: QtBot, words: str) -> None:
        qtbot.waitUntil(lambda: self.window.header._cost.text() == words, timeout=10_000)


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, real: Context) -> Iterator[Desk]:
    made = Desk(real)
    with qtbot.waitSignal(made.controller.figures_shown, timeout=10_000):
        made.controller.start()
        made.window.show()
    yield made
    made.stop()
    qapp.processEvents()


def test_that_prices_are_tried_applied_told_and_taken_back(qtbot: QtBot, desk: Desk) -> None:
    desk.wait_for_cost(qtbot, "$72.00")
    dialog = desk.try_prices(qtbot)
    said = "12 calls would move from $72.00 to $144.00 (+$72.00). Nothing is changed yet."
    assert said in texts(dialog)
    assert cost(desk.context) == "72.00"
    dialog._accept.click()
    desk.wait_for_cost(qtbot, "$144.00")
    assert not desk.window.findChildren(RevisionsList) or not dialog.isVisible()
    told = "12 calls moved from $72.00 to $144.00 (+$72.00)."
    assert desk.window.notices.sentences == (told,)
    desk.window.notices._choose()
    desk.wait_for_cost(qtbot, "$72.00")
    back = "12 calls moved back from $144.00 to $72.00 (-$72.00)."
    assert desk.window.notices.sentences == (back,)


def test_that_the_dialog_takes_back_what_was_applied_before(qtbot: QtBot, desk: Desk) -> None:
    desk.context.advice.reprice(EVERYTHING, is_trial=False)
    dialog = desk.open(qtbot)
    revisions = dialog.findChildren(RevisionsList)[0]
    qtbot.waitUntil(lambda: bool(revisions.buttons))
    revisions.buttons[0].click()
    qtbot.waitUntil(lambda: not revisions.buttons)
    assert dialog.isVisible()
    assert "12 calls moved back from $144.00 to $72.00 (-$72.00)." in texts(dialog)
    qtbot.waitUntil(lambda: any("taken back" in text for text in texts(revisions)))
    desk.wait_for_cost(qtbot, "$72.00")


def test_that_a_notice_takes_back_only_what_it_tells_of(qtbot: QtBot, desk: Desk) -> None:
    desk.try_prices(qtbot)._accept.click()
    qtbot.waitUntil(lambda: bool(desk.window.notices.sentences))
    desk.context.set_price(own_price("60"))
    desk.context.advice.reprice(EVERYTHING, is_trial=False)
    desk.window.notices._choose()
    trouble = "Prices were applied once more since then. Look at what is new."
    qtbot.waitUntil(lambda: desk.window.notices.sentences == (trouble,))
    assert cost(desk.context) == "288.00"


def test_that_prices_that_changed_since_the_trial_are_not_applied(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.try_prices(qtbot)
    desk.context.set_price(own_price("60"))
    dialog._accept.click()
    trouble = "Calls or prices have changed since then. Look once more."
    qtbot.waitUntil(lambda: trouble in texts(dialog))
    assert cost(desk.context) == "72.00"
    dialog._look.click()
    qtbot.waitUntil(dialog._accept.isEnabled)
    assert "12 calls would move from $72.00 to $288.00" in " ".join(texts(dialog))


def test_that_a_price_that_was_kept_leads_to_past_calls(qtbot: QtBot, desk: Desk) -> None:
    desk.controller.outcomes.take(Done(Topic.PRICES))
    kept = "The price is kept. Calls that are booked already keep theirs."
    assert desk.window.notices.sentences == (kept,)
    desk.window.notices._choose()
    assert any(dialog.isVisible() for dialog in desk.window.findChildren(RepriceDialog))


def test_that_the_spans_are_the_period_in_view_a_year_and_everything(
    qtbot: QtBot, desk: Desk
) -> None:
    span = desk.open(qtbot)._span
    assert [span.itemText(index) for index in range(span.count())] == [
        "The period in view: November 2026",
        "The last 12 months, since December 2025",
        "All calls",
    ]


def test_that_all_accounts_together_say_why_not(desk: Desk) -> None:
    desk.controller.account = "all"
    desk.window.actions_["prices.reprice"].trigger()
    (message,) = desk.window.findChildren(MessageDialog)
    assert "Prices are applied account by account. Show one of them first." in texts(message)
    assert desk.window.findChildren(RepriceDialog) == []


def test_that_what_is_stopped_halfway_leaves_the_ledger_as_it_was(
    real: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repricing_slices, "SLICE_IDS", 4)
    collector = Collector()

    def stop_at_once(event: object) -> None:
        collector.post(event)
        if isinstance(event, RepriceProgressed):
            loop.cancel()

    loop = RepriceLoop(real, stop_at_once)
    tried = real.advice.reprice(EVERYTHING, is_trial=True)
    for task in (TryPrices(EVERYTHING), ApplyPrices(tried)):
        loop.submit(task)
        loop.step()
    assert collector.of(RepriceStopped) == [RepriceStopped(), RepriceStopped()]
    assert collector.of(PricesTried) == collector.of(PricesApplied) == []
    assert cost(real) == "72.00"
    assert real.advice.price_revisions(LOCAL_ACCOUNT) == ()


def test_that_a_task_that_was_given_up_before_it_began_does_nothing(real: Context) -> None:
    collector = Collector()
    loop = RepriceLoop(real, collector.post)
    loop.submit(ApplyPrices(real.advice.reprice(EVERYTHING, is_trial=True)))
    loop.cancel()
    loop.submit(LoadRevisions(LOCAL_ACCOUNT))
    loop.step()
    loop.step()
    assert collector.events[0] == RepriceStopped()
    assert cost(real) == "72.00"


class FakeAdvice:
    """Goes on until it is stopped, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure

    def reprice(
        self,
        _question: RepriceQuestion,
        *,
        is_trial: bool,
        progress: Progress,
        tried: Repricing | None = None,
    ) -> Repricing:
        assert is_trial or tried is not None
        while self.failure is None:
            progress(1, 2)
        raise self.failure

    def undo_repricing(self, _account: str, _revision_id: int, _progress: Progress) -> Repricing:
        raise WorldError("The disk is full.")


def context_of(advice: FakeAdvice) -> Context:
    return cast("Context", SimpleNamespace(advice=advice))


def test_that_troubles_of_the_world_and_of_our_own_end_a_task() -> None:
    collector = Collector()
    loop = RepriceLoop(context_of(FakeAdvice(ZeroDivisionError())), collector.post)
    loop.submit(TakePricesBack(LOCAL_ACCOUNT, 1))
    loop.submit(TryPrices(EVERYTHING))
    loop.step()
    loop.step()
    stopped = collector.of(RepriceStopped)
    assert stopped == [RepriceStopped("The disk is full."), RepriceStopped()]
    assert len(collector.of(Crashed)) == 1


class Waiting:
    """A controller of which nothing is asked."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def ask_report(self) -> None:
        raise AssertionError

    def submit(self, job: Job) -> None:
        raise AssertionError(job)


def test_that_the_program_does_not_wait_for_the_end_of_a_task(qtbot: QtBot) -> None:
    collector = Collector()
    window = MainWindow(dock_types()[:1], LayoutStore(Path("/nowhere")))
    qtbot.addWidget(window)
    desk = Waiting(context_of(FakeAdvice()))
    past_prices = PastPrices(desk, window.notices, collector.post)
    assert past_prices.stop() == ()
    past_prices.submit(TryPrices(EVERYTHING))
    qtbot.waitUntil(lambda: bool(collector.of(RepriceProgressed)))
    assert past_prices.stop() == ()
    assert collector.of(RepriceStopped) == []


@pytest.mark.parametrize("is_trial", [True, False])
def test_that_a_dialog_that_is_closed_stops_the_work_and_the_window_tells(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch, *, is_trial: bool
) -> None:
    dialog = desk.open(qtbot) if is_trial else desk.try_prices(qtbot)
    endless = FakeAdvice()
    monkeypatch.setattr(desk.context.advice, "reprice", endless.reprice)
    button = dialog._look if is_trial else dialog._accept
    with qtbot.waitSignal(
        desk.controller.past_prices.arrived,
        check_params_cb=lambda event: isinstance(event, RepriceProgressed),
    ):
        button.click()
    with qtbot.waitSignal(
        desk.controller.past_prices.arrived,
        check_params_cb=lambda event: isinstance(event, RepriceStopped),
    ):
        dialog.reject()
    told = () if is_trial else ("Stopped: the prices of past calls are as they were.",)
    assert desk.window.notices.sentences == told


def test_that_the_sample_can_be_priced_anew(qtbot: QtBot, desk: Desk) -> None:
    desk.controller.account = "sample"
    desk.window.actions_["prices.reprice"].trigger()
    dialog = next(d for d in desk.window.findChildren(RepriceDialog) if d.isVisible())
    assert dialog.question.account == "sample"
    assert dialog._span.count() == 2
    assert dialog.findChildren(PushButton)
    qtbot.waitUntil(dialog._look.isEnabled)

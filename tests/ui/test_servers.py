"""The window with connected servers: picked, refreshed, in trouble, and with the server gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.core import settings as stored_settings
from alwrity_desktop.core.accounts import SyncResult
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.plan_replay import Comparison
from alwrity_desktop.ui import events, requests, server_jobs
from alwrity_desktop.ui.dialogs.accounts import AccountsDialog
from alwrity_desktop.ui.dialogs.preflight import PreflightDialog
from alwrity_desktop.ui.dialogs.token import TokenDialog
from alwrity_desktop.ui.docks.agents import AgentsDock
from alwrity_desktop.ui.docks.plans import PlansDock
from tests import builders, builders_servers
from tests.ui.desks import Desk
from tests.ui.fakes import FakeContext
from tests.ui.looks import dressed, texts

__all__ = ["dressed"]


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, context: FakeContext) -> Iterator[Desk]:
    """A window with one ALwrity server and one agent platform."""
    context.desk.connect(builders_servers.a_server_report())
    context.desk.connect(builders_servers.an_agent_report())
    made = Desk(context)
    yield made
    made.stop()
    qapp.processEvents()


def begin(desk: Desk, qtbot: QtBot) -> None:
    """Show the window, and wait until the servers are known."""
    desk.start(qtbot)
    desk.controller.servers.start()
    qtbot.waitUntil(lambda: desk.controller.servers.names == ("work", "bots"))


def offered(desk: Desk) -> dict[str, QAction]:
    menu = desk.window.actions_.menu("account")
    return {action.text(): action for action in menu.actions() if action.text()}


def show_account(desk: Desk, qtbot: QtBot, name: str) -> None:
    desk.controller.show_account(name)
    qtbot.waitUntil(lambda: _shown(desk) == name)


def _shown(desk: Desk) -> str:
    report = desk.controller.report
    return "" if report is None else report.account.name


def test_that_every_account_can_be_picked(qtbot: QtBot, desk: Desk) -> None:
    begin(desk, qtbot)
    assert list(offered(desk))[:5] == [
        "&This computer", "work", "bots", "All accounts", "&Sample data",
    ]  # fmt: skip
    offered(desk)["work"].trigger()
    qtbot.waitUntil(lambda: _shown(desk) == "work")
    assert desk.window.header.account.accessibleName() == "Account: work Pro plan"
    assert offered(desk)["work"].isChecked()
    assert not offered(desk)["&This computer"].isChecked()


def test_that_the_account_that_was_shown_last_is_shown_first(
    qtbot: QtBot, desk: Desk, context: FakeContext
) -> None:
    begin(desk, qtbot)
    show_account(desk, qtbot, "work")
    qtbot.waitUntil(lambda: context.settings.account == "work")
    again = Desk(context)
    assert again.controller.account == "work"
    again.stop()


def test_that_a_removed_account_is_not_shown_first(qtbot: QtBot, context: FakeContext) -> None:
    path = context.profile.settings
    stored_settings.change(path, context.settings, account="gone")
    made = Desk(context)
    assert made.controller.account == "local"
    made.stop()


def test_that_servers_are_polled_and_the_header_says_when_next(qtbot: QtBot, desk: Desk) -> None:
    begin(desk, qtbot)
    show_account(desk, qtbot, "work")
    qtbot.waitUntil(lambda: {"work", "bots"} <= {n for s in desk.context.desk.syncs for n in s})
    qtbot.waitUntil(lambda: "next in" in desk.window.header._age.text())


def test_that_refreshing_asks_the_server_at_once(qtbot: QtBot, desk: Desk) -> None:
    begin(desk, qtbot)
    show_account(desk, qtbot, "work")
    qtbot.waitUntil(lambda: bool(desk.context.desk.syncs))
    asked = len(desk.context.desk.syncs)
    desk.window.header.refresh_asked.emit()
    assert desk.window.header._age.text() == "Asking the server…"
    qtbot.waitUntil(lambda: len(desk.context.desk.syncs) > asked)
    qtbot.waitUntil(lambda: desk.window.header._age.text() != "Asking the server…")


def test_that_nothing_is_asked_while_reading_is_paused(qtbot: QtBot, desk: Desk) -> None:
    begin(desk, qtbot)
    qtbot.waitUntil(lambda: desk.controller.servers.next_ask_ms("work") is not None)
    desk.commands.pause(60_000)
    assert desk.controller.servers.next_ask_ms("work") is None
    desk.commands.go_on()
    assert desk.controller.servers.next_ask_ms("work") is not None


def test_that_a_refused_token_is_a_banner_with_its_remedy(qtbot: QtBot, desk: Desk) -> None:
    refused = builders_servers.a_server(state="auth", trouble="The token was refused.")
    desk.context.desk.reports["work"] = builders_servers.a_server_report(server=refused)
    begin(desk, qtbot)
    show_account(desk, qtbot, "work")
    said = "work: token refused since 14:30. Figures of then are shown."
    qtbot.waitUntil(lambda: said in desk.window.notices.sentences)
    assert desk.window.header._cost.text() == "$83.85"
    desk.window.notices._message.triggered.emit()
    assert [type(one) for one in desk.window.findChildren(TokenDialog)] == [TokenDialog]
    desk.controller.ask_report()
    qtbot.waitUntil(lambda: said in desk.window.notices.sentences)
    desk.context.desk.reports["work"] = builders_servers.a_server_report()
    desk.controller.ask_report()
    qtbot.waitUntil(lambda: said not in desk.window.notices.sentences)


def test_that_a_dismissed_banner_stays_away_until_something_changes(
    qtbot: QtBot, desk: Desk
) -> None:
    away = builders_servers.a_server(state="offline", trouble="localhost cannot be reached.")
    desk.context.desk.reports["work"] = builders_servers.a_server_report(server=away)
    begin(desk, qtbot)
    show_account(desk, qtbot, "work")
    qtbot.waitUntil(lambda: bool(desk.window.notices.sentences))
    desk.window.notices._dismiss()
    later = builders_servers.a_server(state="offline", trouble="localhost is left alone.")
    desk.context.desk.reports["work"] = builders_servers.a_server_report(server=later)
    asked = len(desk.context.questions)
    desk.controller.ask_report()
    qtbot.waitUntil(lambda: len(desk.context.questions) > asked)
    qtbot.waitUntil(lambda: desk.window.notices.sentences == ())


def test_that_with_the_server_gone_the_window_opens_and_says_what_it_shows(
    qtbot: QtBot, context: FakeContext
) -> None:
    away = builders_servers.a_server(state="offline", trouble="localhost cannot be reached.")
    context.desk.connect(builders_servers.a_server_report(server=away), "offline")
    stored_settings.change(context.profile.settings, context.settings, account="work")
    made = Desk(context)
    made.start(qtbot)
    assert made.window.header._cost.text() == "$83.85"
    assert context.desk.syncs == []
    assert made.window.notices.sentences == (
        "localhost cannot be reached. Figures of 14:30 are shown.",
    )
    made.stop()


def test_that_what_could_not_be_read_is_told_to_who_asked(qtbot: QtBot, desk: Desk) -> None:
    begin(desk, qtbot)
    show_account(desk, qtbot, "work")
    result = SyncResult("work", True, 0, 0, None, 0.1, troubles=("One field was no number.",))
    desk.bridge.post(events.Synced((result,)))
    assert not desk.window.notices.sentences
    desk.controller.servers._asked_for.add("work")
    desk.bridge.post(events.Synced((result,)))
    assert desk.window.notices.sentences == ("work: One field was no number.",)


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_that_alerts_of_servers_are_notified_and_lead_to_their_account(
    qtbot: QtBot, desk: Desk
) -> None:
    begin(desk, qtbot)
    assert desk.controller.alerting.accounts == ("local", "work", "bots")
    alert: Alert = builders.an_alert(77, account="work")
    desk.controller.alerting._account_of[77] = alert.account
    desk.bridge.post(events.NotificationChosen(77, events.OPEN))
    qtbot.waitUntil(lambda: _shown(desk) == "work")
    qtbot.waitUntil(lambda: (77,) in desk.context.marked)


def test_that_alerts_that_were_read_here_are_carried_to_the_server_soon(
    qtbot: QtBot, desk: Desk
) -> None:
    begin(desk, qtbot)
    show_account(desk, qtbot, "work")
    qtbot.waitUntil(lambda: bool(desk.context.desk.syncs))
    asked = len(desk.context.desk.syncs)
    desk.window.requested.emit(requests.MarkAlertsRead())
    qtbot.waitUntil(lambda: len(desk.context.desk.syncs) > asked)
    assert desk.context.desk.syncs[-1]["work"] == {"usage"}


def test_that_an_account_that_is_gone_is_left(qtbot: QtBot, desk: Desk) -> None:
    begin(desk, qtbot)
    show_account(desk, qtbot, "work")
    desk.context.desk.remove("work")
    desk.controller.servers.start()
    qtbot.waitUntil(lambda: _shown(desk) == "local")
    assert "work" not in offered(desk)


def test_that_the_tray_is_told_of_every_account(qtbot: QtBot, desk: Desk) -> None:
    begin(desk, qtbot)
    told: list[str] = []
    desk.controller.status_arrived.connect(lambda report: told.append(report.account.name))
    desk.context.commit()
    qtbot.waitUntil(lambda: {"work", "bots"} <= set(told), timeout=5_000)


def test_that_menus_lead_to_the_dialogs_of_servers(qtbot: QtBot, desk: Desk) -> None:
    begin(desk, qtbot)
    show_account(desk, qtbot, "work")
    desk.commands.do("account.manage")
    assert desk.window.findChildren(AccountsDialog)
    desk.commands.do("server.price")
    assert desk.window.findChildren(PreflightDialog)


def test_that_agents_are_added_up_only_while_somebody_looks_at_them(
    qtbot: QtBot, desk: Desk
) -> None:
    begin(desk, qtbot)
    show_account(desk, qtbot, "bots")
    assert not any("agent" in asked for asked in desk.context.dimensions)
    desk.window.open_dock("agents")
    dock = desk.window.views["agents"]
    assert isinstance(dock, AgentsDock)
    qtbot.waitUntil(lambda: dock._agents.model.rowCount() == 2)
    desk.window.area.frames["agents"].hide()
    asked = len(desk.context.dimensions)
    desk.controller.ask_report()
    qtbot.waitUntil(lambda: len(desk.context.dimensions) > asked)
    assert "agent" not in desk.context.dimensions[-1]


def test_that_no_thread_is_started_without_a_server(qtbot: QtBot, context: FakeContext) -> None:
    made = Desk(context)
    made.start(qtbot)
    made.controller.servers.start()
    with qtbot.waitSignal(made.controller.servers.listed):
        pass
    assert made.controller.servers._threads == {}
    made.stop()
    assert not context.desk.is_closed


def test_that_a_replay_of_plans_reaches_the_dock(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replayed(_context: object, account: str) -> Comparison:
        return Comparison((), None, f"Replayed for {account}.", "2026-08-01", "2026-10-31", "x")

    monkeypatch.setattr(server_jobs, "compare_plans", replayed)
    begin(desk, qtbot)
    show_account(desk, qtbot, "work")
    dock: object = desk.window.open_dock("plans")
    assert isinstance(dock, PlansDock)
    dock.ask(requests.ReplayPlans())
    qtbot.waitUntil(lambda: "Replayed for work." in texts(dock))

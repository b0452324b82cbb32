"""The docks of connected servers: plans, reconciliation, agents, and no calls where none are."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.plan_replay import Comparison, Outcome, PlanAdvice
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.server import ServerFacts
from alwrity_desktop.ui.docks import dock_types
from alwrity_desktop.ui.docks._plan_columns import limit_title
from alwrity_desktop.ui.docks.agents import AgentsDock
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.docks.calls import CallsDock
from alwrity_desktop.ui.docks.overview import OverviewDock
from alwrity_desktop.ui.docks.plans import PlansDock
from alwrity_desktop.ui.docks.providers import ProvidersDock
from alwrity_desktop.ui.docks.reconciliation import ReconciliationDock, value_words
from alwrity_desktop.ui.docks.trends import TrendsDock
from alwrity_desktop.ui.requests import (
    AskPrice,
    ConnectServer,
    OpenCalls,
    OpenDock,
    OpenServerPage,
    OpenWhatIf,
    ReplayPlans,
    Retry,
)
from alwrity_desktop.ui.widgets import ActionButton, Pill
from tests import builders, builders_servers
from tests.ui.looks import shown, texts


def cells(model: QAbstractItemModel) -> list[list[str]]:
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def buttons(dock: DockView) -> dict[str, ActionButton]:
    return {each.text(): each for each in dock.findChildren(ActionButton) if each.isVisible()}


def with_abilities(*abilities: tuple[str, bool]) -> Report:
    server = builders_servers.a_server()
    facts = replace(server.facts, abilities=abilities)
    return builders_servers.a_server_report(server=replace(server, facts=facts))


def test_that_only_the_differences_stand_there_until_all_are_asked_for(qtbot: QtBot) -> None:
    dock = ReconciliationDock()
    shown(dock, qtbot, builders_servers.a_server_report())
    assert "2 of 3 figures differ" in texts(dock)
    lost = "The server lost the counts of calls that were made at the same time."
    assert cells(dock._model)[0] == ["Calls", "Nov 2026", "49", "1", "+48", "usage", lost]
    assert [row[0] for row in cells(dock._model)] == ["Calls", "Gemini cost"]
    assert any(text.startswith(f"Calls, Nov 2026: {lost}") for text in texts(dock))
    dock._chips._buttons["all"].click()
    assert len(cells(dock._model)) == 4
    assert cells(dock._model)[3][1:5] == ["All time", "37,213,400", "—", "—"]


def test_that_agreement_is_said_and_not_left_blank(qtbot: QtBot) -> None:
    dock = ReconciliationDock()
    agreeing = tuple(row for row in builders_servers.reconciliation() if row.is_equal)
    shown(dock, qtbot, builders_servers.a_server_report(reconciliation=agreeing))
    assert "Everything agrees" in texts(dock)
    assert "Whatever the server says is what its calls add up to." in texts(dock)
    assert not dock._table.isVisible()


def test_that_a_chosen_row_gives_its_whole_reason(qtbot: QtBot) -> None:
    dock = ReconciliationDock()
    shown(dock, qtbot, builders_servers.a_server_report())
    dock._table.selectRow(1)
    said = "The server never reports the cost of a provider here. (usage, asked 14:32)"
    assert f"Gemini cost, Nov 2026: {said}" in texts(dock)


def test_that_without_a_server_one_can_be_connected(qtbot: QtBot) -> None:
    for dock in (ReconciliationDock(), PlansDock()):
        asked = shown(dock, qtbot, builders.a_report())
        buttons(dock)["Connect a server"].click()
        assert asked.last == ConnectServer()


def test_that_a_server_that_said_nothing_can_be_asked_again(qtbot: QtBot) -> None:
    silent = builders_servers.a_server(facts=ServerFacts())
    for dock in (ReconciliationDock(), PlansDock()):
        report = builders_servers.a_server_report(server=silent, reconciliation=())
        asked = shown(dock, qtbot, report)
        buttons(dock)["Ask again"].click()
        assert asked.last == Retry()


@pytest.mark.parametrize(
    ("text", "measure", "words"),
    [
        (None, "cost", "—"),
        ("0.05554299999999999500", "cost", "$0.055543"),
        ("2", "cost", "$2.00"),
        ("-1234.5", "cost", "-$1,234.50"),
        ("37213400", "tokens", "37,213,400"),
        ("0E-12", "cost", "$0.00"),
        ("active", "calls", "active"),
    ],
)
def test_that_decimal_texts_are_written_for_people(
    text: str | None, measure: str, words: str
) -> None:
    assert value_words(text, measure) == words


def test_that_the_own_plan_is_marked_among_the_others(qtbot: QtBot) -> None:
    dock = PlansDock()
    shown(dock, qtbot, builders_servers.a_server_report())
    titles = [column.title for column in dock._plans.model.columns]
    assert titles == ["What is in it", "Free", "Basic", "Pro (yours)", "Enterprise"]
    rows = {row[0]: row[1:] for row in cells(dock._plans.model)}
    assert rows["Price a month"] == ["$0.00", "$29.00", "$79.00", "$199.00"]
    assert rows["OpenAI calls"] == ["Not included", "500", "2,500", "Unlimited"]
    assert rows["Cost a month"] == ["$2.00", "$25.00", "$100.00", "$500.00"]
    assert "Pro plan" in texts(dock)
    facts = "Billing period 16 Nov – 16 Dec, monthly. It renews itself on 16 Dec 2026."
    assert facts in texts(dock)


def test_that_renewals_say_what_changed_and_whether_it_was_paid(qtbot: QtBot) -> None:
    dock = PlansDock()
    shown(dock, qtbot, builders_servers.a_server_report())
    rows = cells(dock._renewals.model)
    assert rows[0] == [
        "16 Nov 2026", "Upgrade", "Basic → Pro", "Monthly", "16 Nov – 16 Dec", "Paid", "$79.00",
    ]  # fmt: skip
    assert [row[5] for row in rows] == ["Paid", "Pending"]


def test_that_pages_of_the_server_are_asked_for(qtbot: QtBot) -> None:
    dock = PlansDock()
    asked = shown(dock, qtbot, builders_servers.a_server_report())
    for button in buttons(dock).values():
        button.click()
    assert asked.requests == [
        OpenServerPage("checkout"),
        OpenServerPage("portal"),
        OpenServerPage("portal"),
        AskPrice(),
        ReplayPlans(),
        OpenWhatIf(),
    ]


def test_that_what_a_server_cannot_do_is_not_offered(qtbot: QtBot) -> None:
    dock = PlansDock()
    report = with_abilities(("checkout", False), ("portal", False), ("preflight", False))
    shown(dock, qtbot, report)
    assert list(buttons(dock)) == ["Replay my calls", "What if on another model?"]


def test_that_the_dearest_plan_has_nothing_to_upgrade_to(qtbot: QtBot) -> None:
    dock = PlansDock()
    server = builders_servers.a_server()
    top = builders_servers.a_subscription(plan="Enterprise", tier="enterprise")
    server = replace(server, facts=replace(server.facts, subscription=top))
    shown(dock, qtbot, builders_servers.a_server_report(server=server))
    assert "Upgrade…" not in buttons(dock)
    assert "Downgrade…" in buttons(dock)


def test_that_the_cheapest_plan_has_nothing_to_downgrade_to(qtbot: QtBot) -> None:
    dock = PlansDock()
    server = builders_servers.a_server()
    least = builders_servers.a_subscription(plan="Free", tier="free")
    server = replace(server, facts=replace(server.facts, subscription=least))
    shown(dock, qtbot, builders_servers.a_server_report(server=server))
    assert "Upgrade…" in buttons(dock)
    assert "Downgrade…" not in buttons(dock)


REPLAYED = Comparison(
    outcomes=(
        Outcome("Free", 0, 0, False, "gemini_calls", "2026-09-03"),
        Outcome("Pro", 79 * PICO_PER_USD, 790 * PICO_PER_USD, True),
        Outcome("Odd", None, None, None),
    ),
    recommended="Pro",
    why="Pro is the cheapest plan that fits: Free stops on 2026-09-03 at 5 (Gemini calls).",
    first_day="2026-08-01",
    last_day="2026-10-31",
    basis="ALwrity's public plans of 2026-11-02",
    advice=(PlanAdvice("Pro", "yearly", PICO_PER_USD, "Paying Pro by the year could save"),),
)


def test_that_the_own_calls_are_replayed_on_each_plan_when_asked(qtbot: QtBot) -> None:
    dock = PlansDock()
    asked = shown(dock, qtbot, builders_servers.a_server_report())
    assert not dock._replay.isVisible()
    buttons(dock)["Replay my calls"].click()
    assert asked.last == ReplayPlans()
    dock.show_comparison("work", REPLAYED)
    dock._replay.table.table.row_opened.emit(1)
    assert asked.last == ReplayPlans()
    dock._replay.table.table.row_opened.emit(0)
    assert asked.last == OpenCalls(day_start="2026-09-03", day_end="2026-09-03")
    assert cells(dock._replay.table.model) == [
        ["Free", "No", "Gemini calls", "3 Sep 2026", "$0.00", "$0.00"],
        ["Pro", "Yes", "—", "—", "$79.00", "$790.00"],
        ["Odd", "—", "—", "—", "—", "—"],
    ]
    why = "Pro is the cheapest plan that fits: Free stops on 3 Sep 2026 at 5 (Gemini calls)."
    assert {why, "Paying Pro by the year could save."} <= set(texts(dock))
    assert "1 Aug – 31 Oct, on ALwrity's public plans of 2 Nov 2026" in " ".join(texts(dock))


def test_that_the_replay_of_one_account_is_not_shown_for_another(qtbot: QtBot) -> None:
    dock = PlansDock()
    shown(dock, qtbot, builders_servers.a_server_report())
    dock.show_comparison("other", REPLAYED)
    assert not dock._replay.isVisible()


def test_that_calls_without_a_server_are_replayed_on_the_public_plans(qtbot: QtBot) -> None:
    dock = PlansDock()
    report = builders.a_report()
    asked = shown(dock, qtbot, report)
    buttons(dock)["Replay my calls"].click()
    assert asked.last == ReplayPlans()
    dock.show_comparison(report.account.name, REPLAYED)
    assert dock._replay.isVisible()
    assert list(buttons(dock))[:2] == ["Connect a server", "Replay my calls"]
    dock.show_report(builders_servers.a_server_report())
    assert not dock._replay.isVisible()


def test_that_an_expired_subscription_says_so_against_the_servers_word(qtbot: QtBot) -> None:
    dock = PlansDock()
    server = builders_servers.a_server()
    expired = builders_servers.a_subscription(
        is_active=False, reason="Subscription expired", is_auto_renewed=False,
        period_end_ms=builders.NOW_MS - builders.DAY_MS,
    )  # fmt: skip
    server = replace(server, facts=replace(server.facts, subscription=expired))
    shown(dock, qtbot, builders_servers.a_server_report(server=server))
    assert dock.findChildren(Pill)[0].accessibleName() == "Not active"
    said = next(text for text in texts(dock) if text.startswith("Billing period"))
    assert said.endswith(
        "It ended on 19 Nov 2026. The server lets no calls through: Subscription expired."
    )


def test_that_limits_have_the_names_that_people_use() -> None:
    names = ("ai_text_generation_calls", "gemini_tokens", "image_edit_calls", "cost")
    assert [limit_title(name) for name in names] == [
        "AI text generation calls", "Gemini tokens", "Image editing calls", "Cost a month",
    ]  # fmt: skip


def test_that_agents_and_conversations_have_what_the_server_states(qtbot: QtBot) -> None:
    dock = AgentsDock()
    asked = shown(dock, qtbot, builders_servers.an_agent_report())
    assert cells(dock._agents.model) == [
        ["Customer Support Bot", "20", "5", "50.0k", "$1.50", "$0.0750", ""],
        ["Not itemised", "30", "5", "75.0k", "$2.25", "$0.0750", ""],
    ]
    titles = [column.title for column in dock._conversations.model.columns]
    assert titles[:2] == ["Conversation", "Messages"]
    assert cells(dock._conversations.model)[0][:2] == ["Product Support Discussion", "6"]
    assert "10 conversations" in texts(dock)
    dock._agents.table.row_opened.emit(0)
    assert not asked.requests


def test_that_agents_of_local_calls_open_their_calls(qtbot: QtBot) -> None:
    dock = AgentsDock()
    asked = shown(dock, qtbot, builders_servers.with_agents(builders.a_report()))
    assert cells(dock._agents.model)[1][0] == "Without an agent"
    dock._agents.table.row_opened.emit(0)
    dock._agents.table.row_opened.emit(1)
    dock._conversations.table.row_opened.emit(0)
    assert asked.requests == [
        OpenCalls(belongs_to=("agent", "reviewer")),
        OpenCalls(belongs_to=("agent", "")),
        OpenCalls(belongs_to=("conversation", "7f3a-41")),
    ]


def test_that_calls_without_agents_are_no_empty_table(qtbot: QtBot) -> None:
    dock = AgentsDock()
    shown(dock, qtbot, builders.a_report())
    assert "No agents in this period" in texts(dock)


def test_that_the_overview_of_an_agent_platform_counts_messages(qtbot: QtBot) -> None:
    dock = OverviewDock()
    asked = shown(dock, qtbot, builders_servers.an_agent_report())
    told = texts(dock)
    for words in ("Messages", "50", "2,500 a message", "$0.0750", "Conversations", "10"):
        assert words in told
    for figure in dock._key_figures.figures:
        QTest.mouseClick(figure, Qt.MouseButton.LeftButton)
    assert set(asked.requests) == {OpenDock("agents")}
    dock.show_report(builders.a_report())
    assert {"Calls", "14,760", "Error rate"} <= set(texts(dock))


def test_that_models_stand_in_for_providers_that_nobody_named(qtbot: QtBot) -> None:
    dock = ProvidersDock()
    asked = shown(dock, qtbot, builders_servers.an_agent_report())
    assert [row[:2] for row in cells(dock._model)] == [
        ["gpt-4", "32"], ["Not itemised", "18"], ["Total", "50"],
    ]  # fmt: skip
    assert "As the server bills it" in texts(dock)
    dock._table.row_opened.emit(0)
    assert not asked.requests


def test_that_trends_of_stated_sums_offer_no_calls(qtbot: QtBot) -> None:
    dock = TrendsDock()
    shown(dock, qtbot, builders_servers.an_agent_report())
    offered = [dock._measures.itemData(index) for index in range(dock._measures.count())]
    assert offered == ["cost", "tokens"]
    dock.show_report(builders.a_report())
    assert dock._measures.count() == 3


def test_that_where_no_single_calls_are_told_the_list_leads_on(qtbot: QtBot) -> None:
    dock = CallsDock()
    asked = shown(dock, qtbot, builders_servers.an_agent_report())
    buttons(dock)["Agents and conversations"].click()
    assert asked.last == OpenDock("agents")


def words_of(docks: Iterable[DockView]) -> list[str]:
    return [text for dock in docks for text in texts(dock)]


def test_that_no_dock_of_an_agent_platform_speaks_of_calls(qtbot: QtBot) -> None:
    docks = [dock_type() for dock_type in dock_types()]
    for dock in docks:
        shown(dock, qtbot, builders_servers.an_agent_report())
    QApplication.processEvents()
    about_calls = [
        text for text in words_of(docks) if "0 calls" in text or "All calls are priced" in text
    ]
    assert not about_calls

"""What other docks tell of the gateway, and of calls that several sources saw."""

from __future__ import annotations

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.budgets import Enforcement
from alwrity_desktop.core.domain.disagreements import Disagreement
from alwrity_desktop.core.domain.live import GatewayState, HeldBudget
from alwrity_desktop.ui.docks._call_details import CallDetails
from alwrity_desktop.ui.docks.health import HealthDock
from alwrity_desktop.ui.docks.limits import LimitRow, LimitsDock
from tests import builders
from tests.ui.lives import URL, a_gateway, a_view
from tests.ui.looks import shown, texts


def facts(dock: LimitsDock) -> str:
    return dock.findChildren(LimitRow)[0]._facts.text()


def test_that_a_budget_that_refuses_says_whether_it_can(qtbot: QtBot) -> None:
    limit = builders.a_limit(
        "Site", enforcement=Enforcement.BLOCK, budget_id=3, project="site", account="all",
        provider=None, model=None,
    )  # fmt: skip
    dock = LimitsDock()
    shown(dock, qtbot, builders.a_report(limits=(limit,)))
    assert facts(dock).startswith("project site, all accounts, monthly")
    assert facts(dock).endswith("refuses further calls at the gateway")
    held = (HeldBudget(3, 0, 12 * 10**10), HeldBudget(4, 0, 1))
    dock.show_live(a_view(a_gateway(budgets=held)))
    assert facts(dock).endswith("$0.12 held for calls under way")
    dock.show_live(a_view(GatewayState(url=URL)))
    assert facts(dock).endswith("would refuse calls, but the gateway is not running")


def test_that_a_budget_that_only_warns_says_nothing_of_the_gateway(qtbot: QtBot) -> None:
    dock = LimitsDock()
    shown(dock, qtbot)
    before = facts(dock)
    dock.show_live(a_view(GatewayState(url=URL)))
    assert facts(dock) == before
    assert "gateway" not in before


def test_that_a_budget_says_when_it_will_be_used_up(qtbot: QtBot) -> None:
    dock = LimitsDock()
    limit = builders.a_limit("Site", reaches_on="2026-11-23")
    shown(dock, qtbot, builders.a_report(limits=(limit,)))
    assert "reaches 100% on 23 Nov" in facts(dock)


def test_that_health_tells_of_the_gateway_and_what_waits(qtbot: QtBot) -> None:
    dock = HealthDock()
    shown(dock, qtbot)
    assert not dock._gateway.isVisible()
    dock.show_live(a_view())
    assert f"The gateway listens at {URL}." in texts(dock)
    dock.show_live(a_view(a_gateway(waiting=1, waiting_reason="The disk is full.")))
    assert "1 call waits to be booked: The disk is full. Nothing is lost." in texts(dock)


def test_that_health_has_the_median_beside_the_slow_end(qtbot: QtBot) -> None:
    dock = HealthDock()
    shown(dock, qtbot)
    keys = [column.key for column in dock._providers.columns]
    assert keys[2:4] == ["p50", "p95"]
    provider = builders.health().providers[0]
    assert provider.p50_duration_ms is not None
    assert dock._providers.index(0, 2).data() == f"{provider.p50_duration_ms / 1000:.1f} s"


def test_that_a_call_says_where_its_sources_differ(qtbot: QtBot) -> None:
    details = CallDetails()
    qtbot.addWidget(details)
    details.show()
    row = replace(
        builders.a_call_with_lines(),
        seen_in=("gateway", "/logs/a.jsonl"),
        disagreements=(
            Disagreement("output_tokens", (("gateway", 345), ("claude-code", 3_450))),
            Disagreement("cost_pico", (("gateway", 10**10), ("litellm", 2 * 10**10))),
            Disagreement("model", (("gateway", "a-model"), ("codex", "b-model"))),
        ),
    )
    details.show_call(row, "UTC")
    assert "Seen in 2 places" in texts(details)
    assert (
        "Output differs: Gateway 345, Claude Code 3,450\n"
        "Cost differs: Gateway $0.0100, LiteLLM $0.0200\n"
        "Model differs: Gateway a-model, Codex b-model"
    ) in texts(details)
    details.show_call(builders.a_call_with_lines(), "UTC")
    assert not details._differ.isVisible()

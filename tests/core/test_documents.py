"""The JSON documents: the contract's keys, one by one, and None for what is not known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alwrity_desktop.core import answers, documents
from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.dimensions import DIMENSIONS
from alwrity_desktop.core.domain.report import AccountView, Figures, Group
from alwrity_desktop.core.domain.server import ServerFacts, ServerView, Subscription
from alwrity_desktop.core.results import BookedCall, Check, SourceImport
from tests.core import reports

CONTRACT = json.loads(
    """
{"schema": "alwrity-desktop/report/1", "account": "local",
 "period": {"kind": "month", "start": "2026-11-01", "end": "2026-11-30", "timezone": "Europe/Berlin"},
 "totals": {"calls": 0, "errors": 0, "input_tokens": 0, "output_tokens": 0, "cache_read_tokens": 0, "cache_write_tokens": 0, "tokens": 0,
            "cost_usd": "0.00", "unpriced_calls": 0, "priced_percent": 100.0, "avg_duration_ms": null, "error_rate_percent": null},
 "groups": {"provider": [{"key": "anthropic", "calls": 0}]},
 "status": "active",
 "limits": [{"name": "cost", "scope": "account", "kind": "cost", "used": "0.00", "limit": "150.00", "percent": 0.0, "status": "active", "origin": "budget"}],
 "forecast": {"cost_usd": "47.25", "low_usd": "41.00", "high_usd": "55.10", "confidence_percent": 80, "method": "weekday run rate", "refused": null},
 "alerts": [{"id": 1, "kind": "limit", "threshold_percent": 80, "severity": "info", "title": "…", "message": "…", "at": "…", "read": false}],
 "tips": [{"kind": "cheaper_model", "text": "…", "saving_usd": "1.20", "basis": "measured", "calls": 120}]}
"""  # noqa: E501 - the contract as it is written
)

UNKNOWN_ALLOWED = {"avg_duration_ms", "error_rate_percent", "refused"}


def assert_has_the_shape_of(found: Any, contract: Any, path: str = "$") -> None:  # noqa: ANN401
    """Check that every key of *contract* is in *found* with the same type."""
    if isinstance(contract, dict):
        for key, part in contract.items():
            assert key in found, f"{path}.{key}"
            if not (key in UNKNOWN_ALLOWED and found[key] is None):
                assert_has_the_shape_of(found[key], part, f"{path}.{key}")
    elif isinstance(contract, list):
        assert found, path
        for each in found:
            assert_has_the_shape_of(each, contract[0], f"{path}[]")
    elif contract is not None:
        assert type(found) is type(contract), path


def test_that_a_report_has_every_key_of_the_contract_with_its_type() -> None:
    report = reports.report(limits=(reports.COST_LIMIT,), tips=(reports.TIP,))
    assert_has_the_shape_of(documents.report_document(report), CONTRACT)


def test_that_an_empty_report_has_the_contracts_zeros_and_nulls() -> None:
    document = documents.report_document(reports.empty_report())
    more = dict.fromkeys(("messages", "conversations", "cost_per_message_usd"))
    assert document["totals"] == {**CONTRACT["totals"], **more}
    assert document["server"] is None
    assert document["groups"] == {"provider": []}
    assert document["limits"] == []
    assert document["forecast"] == {
        "cost_usd": None,
        "low_usd": None,
        "high_usd": None,
        "naive_usd": None,
        "confidence_percent": 80,
        "method": "weekday run rate",
        "refused": "There are under 7 days of history.",
        "sentence": None,
        "calls": None,
        "tokens": None,
        "providers": [],
        "curve": [],
    }


def test_that_what_a_server_states_of_messages_counts_no_calls() -> None:
    figures = Figures(messages=50, conversations=10, unsplit_tokens=125_000, cost_pico=37 * 10**11)
    account = AccountView("bots", "bots", "agent-billing")
    groups = {"agent": (Group("uuid", figures, label="Support Bot"),)}
    document = documents.report_document(
        reports.report(account=account, totals=figures, groups=groups)
    )
    totals = document["totals"]
    assert (totals["calls"], totals["messages"], totals["tokens"]) == (None, 50, 125_000)
    assert (totals["input_tokens"], totals["cache_read_tokens"]) == (None, None)
    assert (totals["cost_usd"], totals["cost_per_message_usd"]) == ("3.70", "0.074")
    (agent,) = document["groups"]["agent"]
    assert (agent["label"], agent["calls"], agent["messages"]) == ("Support Bot", None, 50)


def test_that_nothing_is_known_of_a_period_that_was_never_stated() -> None:
    document = documents.report_document(reports.empty_report(is_unknown=True))
    assert set(document["totals"].values()) == {None}
    assert documents.status_document(reports.empty_report(is_unknown=True), "—")["cost_usd"] is None


def test_that_a_servers_plan_and_state_stand_beside_the_figures() -> None:
    free = Subscription("Free", "free", "free", reason="")
    view = ServerView(ServerFacts(subscription=free, billing_period="2026-10"), last_sync_ms=0)
    document = documents.report_document(reports.report(server=view))["server"]
    assert (document["plan"], document["status"], document["state"]) == ("Free", "free", "ok")
    assert (document["billing_period"], document["period_end"]) == ("2026-10", None)
    assert document["last_sync"] == "1970-01-01T00:00:00Z"
    unknown = documents.server_document(ServerView())
    assert (unknown["plan"], unknown["active"]) == (None, None)


def test_that_money_is_exact_text_and_an_estimate_is_in_cents() -> None:
    document = documents.report_document(reports.report())
    assert document["totals"]["cost_usd"] == "83.850000000001"
    assert document["forecast"]["cost_usd"] == "120.96"
    assert document["limits"][0]["limit"] == "125.00"
    assert "e+" not in json.dumps(document)


def test_that_a_group_has_the_totals_figures_and_its_key() -> None:
    document = documents.report_document(reports.report())
    (group,) = document["groups"]["provider"]
    assert group["key"] == "anthropic"
    assert group.items() >= document["totals"].items()
    assert group["tokens"] == 84_700_000


def test_that_a_limit_of_tokens_is_counted_in_whole_numbers() -> None:
    document = documents.limit_document(reports.TOKEN_LIMIT)
    assert (document["used"], document["limit"]) == (37_200_000, 44_000_000)
    assert document["scope"] == "provider"


def test_that_every_dimension_of_the_contract_can_be_asked_for() -> None:
    contract = "provider model day hour weekday_hour source project agent conversation endpoint"
    assert list(DIMENSIONS) == [*contract.split(), "status", "api_key"]


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (reports.NOW_MS, "2026-11-20T13:32:00Z"),
        (reports.NOW_MS + 5, "2026-11-20T13:32:00.005Z"),
        (None, None),
    ],
)
def test_that_times_are_iso_in_utc(ms: int | None, text: str | None) -> None:
    assert documents.moment(ms) == text


def test_that_a_status_without_a_budget_has_no_limit_and_no_percent() -> None:
    document = documents.status_document(reports.empty_report(), "$0.00, no data")
    assert document["limit_usd"] is None
    assert document["percent"] is None
    assert document["forecast_usd"] is None
    assert document["cost_usd"] == "0.00"


def test_that_a_budget_keeps_its_words() -> None:
    budget = Budget(3, "Blog", LimitKind.CALLS, 100, "day", provider="tavily")
    document = documents.budget_document(budget)
    assert document["limit"] == 100
    assert document["scope"] == "provider"
    assert document["enforce"] == "warn"
    assert document["thresholds"] == [80, 90, 100]


def test_that_an_import_is_told_with_the_contracts_keys() -> None:
    contract = {
        "source": "claude-code",
        "files": 1,
        "files_unchanged": 2,
        "bytes_read": 3,
        "calls_added": 4,
        "calls_merged": 5,
        "lines_rejected": 6,
        "seconds": 0.123,
    }
    found = answers.import_document([SourceImport("claude-code", 1, 2, 3, 4, 5, 6, 0.12345)])
    assert found == {"sources": [contract]}


def test_that_an_unpriced_booking_has_no_cost_rather_than_zero() -> None:
    booked = BookedCall("record:1", None, "unpriced", None, (reports.ALERT,), is_new=True)
    document = answers.booked_document(booked)
    assert document["cost_usd"] is None
    assert document["call"] == "record:1"
    assert document["alerts"][0]["id"] == 1
    many = answers.recorded_document([booked], [(3, "Not JSON.")])
    assert many["rejected"] == [{"line": 3, "reason": "Not JSON."}]


def test_that_one_failed_check_makes_the_whole_not_ok() -> None:
    good, bad = Check("ledger", is_ok=True, detail="fine"), Check("logs", is_ok=False, detail="x")
    assert answers.doctor_document([good])["ok"] is True
    assert answers.doctor_document([good, bad]) == {
        "ok": False,
        "checks": [
            {"name": "ledger", "ok": True, "detail": "fine"},
            {"name": "logs", "ok": False, "detail": "x"},
        ],
    }

"""`report` and `status`: what a person reads, and what a script reads."""

from __future__ import annotations

import msgspec
import pytest

from alwrity_desktop.core.domain.budgets import Status
from alwrity_desktop.core.domain.health import Health, HealthStatus
from alwrity_desktop.core.domain.insight_values import INSIGHTS
from alwrity_desktop.core.domain.report import AccountView, Figures, Group, UnpricedModel
from alwrity_desktop.core.domain.words import name_words
from alwrity_desktop.core.results import PeriodChoice
from tests.cli.conftest import Run
from tests.cli.fakes import FakeContext
from tests.core import reports


def test_that_a_report_is_told_in_sentences_and_tables(run: Run) -> None:
    out = run("report").out
    assert out.startswith(
        "This month you've used $83.85 across 14,760 API calls, 84.7M tokens "
        "(2026-11-01 to 2026-11-30, Europe/Berlin).\n"
    )
    assert "14 calls have no known price and are not in the sum: mystery-1 (other, 14" in out
    assert "You're on track to spend $120.96 this month ($112.10 to $131.00 with 80%" in out
    assert "1 unread alert: alwrity-desktop alerts" in out
    assert "Anthropic tokens  warning" in out
    assert "84.5%" in out


def test_that_columns_stand_one_below_the_other(run: Run) -> None:
    heading, row = run("report").out.rstrip().split("\n")[-2:]
    assert heading.startswith("Provider ")
    assert heading.index("Cost") + len("Cost") == row.index("$83.85") + len("$83.85")


def test_that_an_empty_ledger_says_what_to_do_and_why_there_is_no_forecast(
    run: Run, context: FakeContext
) -> None:
    context.report_changes = {
        field.name: getattr(reports.empty_report(), field.name)
        for field in msgspec.structs.fields(reports.empty_report())
    }
    out = run("report").out
    assert "you've used — across 0 API calls" in out
    assert "alwrity-desktop import reads the logs" in out
    assert "No forecast: There are under 7 days of history." in out


def test_that_sample_data_is_marked_everywhere(run: Run, context: FakeContext) -> None:
    context.report_changes = {"account": AccountView("sample", "Sample data", "sample")}
    assert run("report", "--account", "sample").out.startswith("Sample data: ")
    assert run("status", "--account", "sample").out.startswith("Sample data: ")


def test_that_names_from_logs_cannot_steer_a_terminal(run: Run, context: FakeContext) -> None:
    group = Group("\x1b[2Jmodel\n\u202ex", reports.FIGURES)
    context.report_changes = {"groups": {"model": (group,)}}
    out = run("report", "--by", "model").out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_that_json_is_one_document_with_the_groups_asked_for(run: Run) -> None:
    outcome = run("report", "--by", "model,provider", "--json")
    assert outcome.err == ""
    assert outcome.document["schema"] == "alwrity-desktop/report/1"
    assert list(outcome.document["groups"]) == ["model", "provider"]


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("", PeriodChoice("month")),
        ("--period today", PeriodChoice("today")),
        ("--period all --timezone Asia/Tokyo", PeriodChoice("all", timezone="Asia/Tokyo")),
        (
            "--from 2026-11-01 --to 2026-11-15",
            PeriodChoice("custom", "2026-11-01", "2026-11-15"),
        ),
        (
            "--period custom --from 20261101 --to 2026-11-01",
            PeriodChoice("custom", "2026-11-01", "2026-11-01"),
        ),
    ],
)
def test_that_the_period_is_asked_for_as_it_was_told(
    run: Run, context: FakeContext, words: str, choice: PeriodChoice
) -> None:
    assert run("report", *words.split(), "--json").status == 0
    assert context.questions == [("local", choice, ("provider", *INSIGHTS))]


def test_that_a_status_is_one_line_with_cost_budget_forecast_and_state(
    run: Run, context: FakeContext
) -> None:
    context.report_changes = {"status": Status.ACTIVE}
    assert run("status").out == "$83.85 of $125.00 (67 %), on track for $120.96, healthy\n"


UNPRICED = Figures(calls=7, input_tokens=8400, unpriced_calls=7)


def test_that_a_cost_that_nobody_knows_is_a_dash_in_every_text(
    run: Run, context: FakeContext
) -> None:
    context.report_changes = {
        "totals": UNPRICED,
        "groups": {"provider": (Group("x", UNPRICED, 0.0),)},
        "limits": (msgspec.structs.replace(reports.COST_LIMIT, used=0, is_unknown=True),),
        "unpriced": (UnpricedModel("x", "nobody-9", 7),),
    }
    out = run("report").out
    assert out.startswith("This month you've used — across 7 API calls, 8.4k tokens")
    assert "None of the calls has a known price, so the cost is not known: nobody-9 (x, 7" in out
    assert "Give them one: alwrity-desktop prices set" in out
    assert "alwrity-desktop prices reprice applies it to past ones." in out
    assert "$0.00" not in out
    limit = next(line for line in out.splitlines() if line.startswith("Monthly cost"))
    assert limit.split()[4:] == ["—", "$125.00", "—", "2026-12-01"]
    row = next(line for line in out.splitlines() if line.startswith("x "))
    assert row.split()[:4] == ["x", "—", "—", "7"]


def test_that_a_script_still_reads_the_sum_of_priced_calls(run: Run, context: FakeContext) -> None:
    context.report_changes = {"totals": UNPRICED}
    totals = run("report", "--json").document["totals"]
    assert (totals["cost_usd"], totals["unpriced_calls"]) == ("0.00", 7)


def test_that_a_status_says_which_prices_are_missing(run: Run, context: FakeContext) -> None:
    empty = reports.empty_report()
    context.report_changes = {
        "totals": UNPRICED, "limits": (), "forecast": empty.forecast, "status": Status.ACTIVE,
    }  # fmt: skip
    assert run("status").out == "—, 7 calls without a price, healthy\n"
    limit = msgspec.structs.replace(reports.COST_LIMIT, used=0, is_unknown=True)
    context.report_changes |= {"limits": (limit,)}
    assert run("status").out == "— of $125.00, 7 calls without a price, healthy\n"
    floor = msgspec.structs.replace(reports.FIGURES, unpriced_calls=1000)
    context.report_changes |= {"totals": floor, "limits": ()}
    assert run("status").out == "$83.85, 1,000 calls without a price, healthy\n"


def test_that_a_percentage_is_never_rounded_up_to_a_threshold(
    run: Run, context: FakeContext
) -> None:
    limit = msgspec.structs.replace(reports.COST_LIMIT, percent=79.9)
    context.report_changes = {"limits": (limit,), "status": Status.ACTIVE}
    assert "(79 %)" in run("status").out


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"status": Status.WARNING}, "near a limit"),
        ({"status": Status.LIMIT_REACHED}, "limit reached"),
        (
            {
                "status": Status.ACTIVE,
                "health": Health(HealthStatus.WARNING, "Mistral: 6.4% errors, p95 11.8 s."),
            },
            "Mistral: 6.4% errors, p95 11.8 s",
        ),
        (
            {"status": Status.ACTIVE, "health": Health(HealthStatus.NO_DATA, "Nothing yet.")},
            "no data yet",
        ),
    ],
)
def test_that_a_status_names_what_is_wrong(
    run: Run, context: FakeContext, changes: dict[str, object], end: str
) -> None:
    context.report_changes = changes
    assert run("status").out.endswith(f", {end}\n")


def test_that_without_budget_and_forecast_the_status_has_neither(
    run: Run, context: FakeContext
) -> None:
    empty = reports.empty_report()
    context.report_changes = {"limits": (), "forecast": empty.forecast, "status": Status.ACTIVE}
    assert run("status").out == "$83.85, healthy\n"
    document = run("status", "--json").document
    assert document["text"] == "$83.85, healthy"
    assert document["forecast_usd"] is None


def test_that_a_limit_names_the_day_on_which_it_is_reached(run: Run, context: FakeContext) -> None:
    limit = msgspec.structs.replace(reports.TOKEN_LIMIT, reaches_on="2026-11-23")
    context.report_changes = {"limits": (limit,)}
    out = run("report").out
    assert f"{name_words(limit.name)} reaches 100% on 2026-11-23." in out

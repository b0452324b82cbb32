"""The tables of an export: each has its columns and rows, and says what the report says."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace

from alwrity_desktop.core import exporting
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.errors import UsageError, WorldError
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.exports.base import formats
from alwrity_desktop.core.exports.contents import Contents
from alwrity_desktop.core.exports.parts import PARTS
from alwrity_desktop.core.results import PeriodChoice
from tests.core import reports
from tests.core.trees import NOW_MS, one_call

DAY_MS: Final = 86_400_000
MONTH: Final = PeriodChoice("month", timezone="UTC")

#: What a life of calls, with a budget and a burst, has nothing of.
EMPTY: Final = {"alerts"}


@pytest.fixture
def lived(context: Context) -> Context:
    """Book half a year of calls, with a burst, a failure, and a budget that will be reached."""
    usual = [
        one_call(
            identity=f"record:{ago}:{number}",
            occurred_at_ms=NOW_MS - ago * DAY_MS - number,
            input_tokens=50_000 + 7_000 * (ago % 7),
            cache_read_tokens=40_000,
            conversation=f"talk {ago}",
            project="=SUM(A1)",
            agent="writer",
            endpoint="blog",
            status_code=500 if ago % 11 == 0 else 200,
            duration_ms=900 + ago,
        )
        for ago in range(1, 180)
        for number in range(3)
    ]
    burst = [
        one_call(
            identity=f"record:burst:{number}",
            occurred_at_ms=NOW_MS - 9 * DAY_MS,
            provider="openai",
            model="gpt-4o",
            input_tokens=400_000,
        )
        for number in range(20)
    ]
    context.record([*usual, *burst])
    context.set_budget(
        Budget(
            id=0,
            account=LOCAL_ACCOUNT,
            name="Monthly cost",
            kind=LimitKind.COST,
            limit=60 * PICO_PER_USD,
            period="month",
        )
    )
    return context


def written(context: Context, path: Path, part: str) -> list[dict[str, str]]:
    exporting.export(
        context, LOCAL_ACCOUNT, MONTH, path, format_name="csv", parts=exporting.parts_of(part)
    )
    return rows_of(path)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_document(context: Context, path: Path) -> Any:  # noqa: ANN401 - any JSON
    exporting.export(
        context, LOCAL_ACCOUNT, MONTH, path, format_name="json", dimensions=("provider",)
    )
    return json.loads(path.read_text(encoding="utf-8"))


def test_that_every_table_goes_into_a_folder_with_rows_under_its_columns(
    lived: Context, tmp_path: Path
) -> None:
    folder = tmp_path / "november"
    exporting.export(
        lived,
        LOCAL_ACCOUNT,
        MONTH,
        folder,
        format_name="csv",
        parts=exporting.parts_of("all"),
    )

    assert {path.name for path in folder.iterdir()} == {f"{name}.csv" for name in PARTS}
    for name, part in PARTS.items():
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        assert tuple(head) == part.columns
        assert bool(rows) == (name not in EMPTY), name
        for column, cells in zip(head, zip(*rows, strict=True), strict=False):
            assert "None" not in cells, (name, column)


@pytest.mark.parametrize("name", PARTS)
def test_that_a_report_without_anything_makes_a_table_without_rows(name: str) -> None:
    contents = Contents(reports.empty_report())
    rows = list(PARTS[name].rows(contents))
    assert all(set(row) >= set(PARTS[name].columns) for row in rows)


def test_that_the_tables_say_what_the_document_says(lived: Context, tmp_path: Path) -> None:
    document = as_document(lived, tmp_path / "all.json")

    now, then = written(lived, tmp_path / "totals.csv", "totals")
    assert now["cost_usd"] == document["totals"]["cost_usd"]
    assert then["cost_usd"] == document["comparison"]["totals"]["cost_usd"]
    assert now["cost_change_percent"] == str(document["comparison"]["cost_change_percent"])
    assert (then["cost_change_percent"], now["messages"]) == ("", "")
    months = written(lived, tmp_path / "months.csv", "months")
    assert [row["month"] for row in months] == [one["month"] for one in document["months"]]
    assert months[-1]["cost_usd"] == document["totals"]["cost_usd"]
    assert months[-2]["cost_change_percent"] == str(document["months"][-2]["cost_change_percent"])
    days = [row for row in written(lived, tmp_path / "days.csv", "days") if not row["provider"]]
    whole = [one for one in document["days"] if one["provider"] is None]
    assert [(row["day"], row["cost_usd"]) for row in days] == [
        (one["day"], one["cost_usd"]) for one in whole
    ]

    forecast = written(lived, tmp_path / "forecast.csv", "forecast")
    assert forecast[0]["provider"] == ""
    assert forecast[0]["amount"] == document["forecast"]["cost_usd"]
    assert forecast[0]["naive"] == document["forecast"]["naive_usd"]
    providers = {row["provider"] for row in forecast[3:]}
    assert providers == {one["provider"] for one in document["forecast"]["providers"]}

    (limit,) = written(lived, tmp_path / "limits.csv", "limits")
    assert limit["used"] == document["limits"][0]["used"]
    assert limit["reaches_on"] == (document["limits"][0]["reaches_on"] or "")

    models = written(lived, tmp_path / "models.csv", "models")
    assert [row["cost_usd"] for row in models] == [
        one["cost_usd"] for one in document["spending"]["models"]
    ]
    dear = written(lived, tmp_path / "dear.csv", "dearest-calls")
    assert [row["id"] for row in dear] == [
        one["id"] for one in document["spending"]["dearest_calls"]
    ]
    spending = written(lived, tmp_path / "spending.csv", "spending")
    figures = {(row["figure"], row["of"]): row["value"] for row in spending}
    assert figures["cost of a call", ""] == document["spending"]["per_call_usd"]
    assert figures["failed calls", ""] == str(document["spending"]["errors"]["calls"])

    unusual = written(lived, tmp_path / "unusual.csv", "unusual")
    odd_days = {row["day"] for row in unusual if row["measure"] == "cost"}
    assert odd_days == {one["day"] for one in document["activity"][0]["unusual"]}
    assert any(row["cause_key"] == "gpt-4o" for row in unusual)

    tips = written(lived, tmp_path / "tips.csv", "tips")
    assert [(row["id"], row["saving_usd"]) for row in tips] == [
        (one["id"], one["saving_usd"] or "") for one in document["tips"]
    ]
    checked = written(lived, tmp_path / "check.csv", "forecast-check")
    periods = document["forecast_check"]["periods"]
    assert len(checked) == sum(len(one["points"]) for one in periods)
    plans = written(lived, tmp_path / "plans.csv", "plans")
    assert [row["plan"] for row in plans] == [one["plan"] for one in document["plans"]["plans"]]
    assert len(document["calls"]) == len(written(lived, tmp_path / "calls.csv", "calls"))


def test_that_no_name_in_any_table_begins_as_a_formula(lived: Context, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    parts = exporting.parts_of("all")
    exporting.export(lived, LOCAL_ACCOUNT, MONTH, folder, format_name="csv", parts=parts)
    texts = [path.read_text(encoding="utf-8") for path in folder.iterdir()]
    assert any("'=SUM(A1)" in text for text in texts)
    assert not any(",=" in text or "\n=" in text or '"=' in text for text in texts)


def test_that_amounts_below_zero_stay_numbers(tmp_path: Path) -> None:
    tip = replace(reports.TIP, saving_pico=-PICO_PER_USD)
    contents = Contents(reports.report(tips=(tip,)))
    path = tmp_path / "tips.csv"
    formats()["csv"].write(contents, path, (PARTS["tips"],))
    assert rows_of(path)[0]["saving_usd"] == "-1.00"


def test_that_a_table_that_there_is_not_is_told_which_are() -> None:
    assert exporting.parts_of(None) == ()
    with pytest.raises(UsageError, match="There are: totals, groups, forecast"):
        exporting.parts_of("weather")


def test_that_a_folder_that_cannot_be_made_is_said(context: Context, tmp_path: Path) -> None:
    parts = exporting.parts_of("all")
    place = tmp_path / "absent" / "folder"
    with pytest.raises(WorldError, match="cannot be written"):
        exporting.export(context, LOCAL_ACCOUNT, MONTH, place, format_name="csv", parts=parts)


def test_that_groups_are_made_where_they_are_the_table(lived: Context, tmp_path: Path) -> None:
    rows = written(lived, tmp_path / "groups.csv", "groups")
    assert {row["dimension"] for row in rows} >= {"provider", "model", "day"}
    exporting.export(
        lived,
        LOCAL_ACCOUNT,
        MONTH,
        tmp_path / "x.csv",
        format_name="csv",
        parts=exporting.parts_of("groups"),
        dimensions=("agent",),
    )
    assert {row["dimension"] for row in rows_of(tmp_path / "x.csv")} == {"agent"}

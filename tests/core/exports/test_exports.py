"""Exports: exact figures, whole files or none, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.report import CallRow, Group
from alwrity_desktop.core.exports import csv_export, json_export
from alwrity_desktop.core.exports.base import formats
from alwrity_desktop.core.exports.contents import Contents
from tests.core import reports


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_that_a_format_is_there_by_having_a_file() -> None:
    assert set(formats()) == {"csv", "json"}
    assert all(each.TITLE for each in formats().values())


def test_that_csv_has_a_row_for_each_call_with_exact_money(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    unpriced = msgspec.structs.replace(reports.CALL, cost_pico=None, price_status="unpriced")
    csv_export.write(Contents(reports.report(groups={}), [reports.CALL, unpriced]), path)
    first, second = rows_of(path)
    assert first["at"] == "2026-11-20T13:32:00.005Z"
    assert first["cost_usd"] == "0.000075"
    assert first["tokens"] == "100"
    assert first["estimated"] == "false"
    assert (second["cost_usd"], second["duration_ms"]) == ("", "")


def test_that_csv_by_dimension_has_a_row_for_each_group(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    csv_export.write(Contents(reports.report(), []), path)
    (row,) = rows_of(path)
    assert (row["dimension"], row["key"], row["period_start"]) == (
        "provider",
        "anthropic",
        "2026-11-01",
    )
    assert row["cost_usd"] == "83.850000000001"


def test_that_json_holds_the_report_and_every_call(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    json_export.write(Contents(reports.report(), iter([reports.CALL, reports.CALL])), path)
    document = json.loads(path.read_text())
    assert document["schema"] == "alwrity-desktop/report/1"
    assert [call["cost_usd"] for call in document["calls"]] == ["0.000075"] * 2


def test_that_json_holds_the_tips_with_their_savings_and_csv_none(tmp_path: Path) -> None:
    report = msgspec.structs.replace(reports.report(groups={}), tips=(reports.TIP,))
    path = tmp_path / "report.json"
    json_export.write(Contents(report, []), path)
    (tip,) = json.loads(path.read_text())["tips"]
    saving = reports.TIP.saving_pico
    assert (tip["id"], tip["calls"]) == (reports.TIP.id, reports.TIP.calls)
    assert Decimal(tip["saving_usd"]) * PICO_PER_USD == saving
    csv_export.write(Contents(report, [reports.CALL]), tmp_path / "calls.csv")
    assert len(rows_of(tmp_path / "calls.csv")) == 1


def test_that_json_without_calls_is_a_document_too(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    json_export.write(Contents(reports.empty_report(), []), path)
    assert json.loads(path.read_text())["calls"] == []


@pytest.mark.parametrize("name", ["csv", "json"])
def test_that_a_failure_on_the_way_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, name: str
) -> None:
    def failing() -> Iterator[CallRow]:
        yield reports.CALL
        raise OSError(28, "No space left on device")

    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(OSError, match="No space"):
        formats()[name].write(Contents(reports.report(groups={}), failing()), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_that_an_export_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    csv_export.write(Contents(reports.report(), []), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


PAYLOADS = (
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝1",  # noqa: RUF001 - the full-width sign is the payload
    "  =cmd|'/C calc'!A0",
    '=HYPERLINK("http://x.test","y")',
)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("column", ["model", "project", "agent", "conversation", "endpoint"])
def test_that_no_text_of_a_call_begins_as_a_formula(
    tmp_path: Path, column: str, payload: str
) -> None:
    path = tmp_path / "x.csv"
    changes: dict[str, Any] = {column: payload}
    call = msgspec.structs.replace(reports.CALL, **changes)
    csv_export.write(Contents(reports.report(groups={}), [call]), path)
    (row,) = rows_of(path)
    assert row[column] == "'" + payload.replace("\0", "")


def test_that_a_groups_key_does_not_begin_as_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    group = Group("=1+1", reports.FIGURES)
    csv_export.write(Contents(reports.report(groups={"model": (group,)}), []), path)
    assert rows_of(path)[0]["key"] == "'=1+1"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_that_harmless_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    call = msgspec.structs.replace(reports.CALL, project=f"a{text}")
    csv_export.write(Contents(reports.report(groups={}), [call]), path)
    assert rows_of(path)[0]["project"] == f"a{text}"

"""What doors refuse: kept by reason and place, replaced by a newer reading, named to people."""

from __future__ import annotations

import os
from pathlib import Path

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.health import HealthStatus, Rejection
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.refusals import Refusals
from alwrity_desktop.core.results import Check, PeriodChoice
from alwrity_desktop.core.sources import base
from tests.core.trees import one_call

NOT_JSON = "The line is not valid JSON"


def report(context: Context) -> Report:
    return context.report("local", PeriodChoice("all"))


def refused(context: Context) -> tuple[Rejection, ...]:
    return tuple(each for source in report(context).health.sources for each in source.rejections)


def keep(context: Context, door: str, path: Path | None, *rows: tuple[str, int]) -> None:
    refusals = Refusals(context, door, path)
    for reason, place in rows:
        refusals.add(reason, place)
    refusals.keep()


def one(context: Context, name: str) -> Check:
    (found,) = (each for each in context.doctor() if each.name == name)
    return found


def test_that_what_is_piped_adds_up(context: Context) -> None:
    keep(context, "record", None, (NOT_JSON, 3), (NOT_JSON, 7))
    keep(context, "record", None)
    keep(context, "record", None, (NOT_JSON, 2), ("model is missing", 4))
    assert set(refused(context)) == {
        Rejection("record", NOT_JSON, 3, "standard input", 2),
        Rejection("record", "model is missing", 1, "standard input", 4),
    }


def test_that_nothing_refused_of_a_pipe_leaves_no_trace(context: Context) -> None:
    keep(context, "record", None)
    assert report(context).health.sources == ()


def test_that_a_newer_reading_of_a_table_replaces_its_refusals(
    context: Context, tmp_path: Path
) -> None:
    first, other = tmp_path / "a.csv", tmp_path / "b.csv"
    keep(context, "table", first, (base.BAD_COUNT, 2), (base.BAD_TIME, 3))
    keep(context, "table", other, (base.BAD_COUNT, 9))
    keep(context, "table", first, (base.BAD_TIME, 5))
    places = {(each.reason, each.example_path, each.place) for each in refused(context)}
    assert places == {
        (base.BAD_TIME, str(first), "row 5"),
        (base.BAD_COUNT, str(other), "row 9"),
    }
    keep(context, "table", first)
    keep(context, "table", other)
    assert refused(context) == ()


def test_that_the_slices_of_one_reading_add_up(context: Context, tmp_path: Path) -> None:
    refusals = Refusals(context, "table", tmp_path / "long.csv")
    for place in (2, 5001):
        refusals.add(base.BAD_COUNT, place)
        refusals.keep()
    refusals.keep()
    (rejection,) = refused(context)
    assert (rejection.lines, rejection.example_offset) == (2, 5001)


def test_that_one_table_is_one_by_whatever_name_it_is_called(
    context: Context, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.touch()
    keep(context, "table", tmp_path / "." / "x" / ".." / "a.csv", (base.BAD_COUNT, 2))
    (tmp_path / "link.csv").symlink_to(path)
    keep(context, "table", tmp_path / "link.csv", (base.BAD_COUNT, 2))
    (rejection,) = refused(context)
    assert (rejection.lines, rejection.example_path) == (1, str(path))


def test_that_a_name_which_is_no_text_can_be_kept(context: Context, tmp_path: Path) -> None:
    keep(context, "table", tmp_path / os.fsdecode(b"\xff.csv"), (base.BAD_COUNT, 2))
    (rejection,) = refused(context)
    assert rejection.example_path == str(tmp_path / r"\xff.csv")


def test_that_tables_are_counted_as_files_and_a_pipe_is_none(
    context: Context, tmp_path: Path
) -> None:
    keep(context, "table", tmp_path / "a.csv")
    keep(context, "table", tmp_path / "b.csv", (base.BAD_COUNT, 2))
    keep(context, "record", None, (NOT_JSON, 1))
    sources = {each.source: each for each in report(context).health.sources}
    assert {name: (each.title, each.files) for name, each in sources.items()} == {
        "record": ("Scripts", 0),
        "table": ("Imported table", 2),
    }


def test_that_health_warns_of_refused_rows_by_their_name(context: Context, tmp_path: Path) -> None:
    context.record([one_call()])
    keep(context, "table", tmp_path / "a.csv", (base.BAD_COUNT, 2))
    health = report(context).health
    assert health.status == HealthStatus.WARNING
    assert health.reason == "Imported table: 1 of its rows could not be read."


def test_that_the_doctor_names_a_refused_row_and_what_to_do(
    context: Context, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    keep(context, "table", path, (base.BAD_COUNT, 1204))
    check = one(context, "Imported table, rows")
    assert not check.is_ok
    assert check.detail == (
        f"1 row refused: {base.BAD_COUNT}. The newest is in {path} at row 1,204. "
        "Correct the table and import it again: alwrity-desktop import table PATH"
    )
    keep(context, "table", path)
    assert "Imported table, rows" not in {each.name for each in context.doctor()}


def test_that_a_whole_table_that_is_refused_has_no_row(context: Context, tmp_path: Path) -> None:
    keep(context, "table", tmp_path / "a.json", (base.TOO_LARGE, 0))
    detail = one(context, "Imported table, rows").detail
    assert f"The newest is in {tmp_path / 'a.json'}. Correct" in detail


def test_that_the_doctor_names_lines_of_scripts_and_few_are_no_alarm(context: Context) -> None:
    context.record([one_call(identity=f"record:{number}") for number in range(200)])
    keep(context, "record", None, (NOT_JSON, 12))
    check = one(context, "Scripts, lines")
    assert check.is_ok
    assert check.detail == (
        f"1 line refused: {NOT_JSON}. The newest is in standard input at line 12."
    )
    keep(context, "record", None, *[(NOT_JSON, number) for number in range(1, 9)])
    check = one(context, "Scripts, lines")
    assert not check.is_ok
    assert check.detail.endswith("Correct what sends such lines, and send them once more.")

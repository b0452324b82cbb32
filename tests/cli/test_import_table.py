"""`import table`: previewed, mapped, booked once, and remembered."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from alwrity_desktop.cli.import_table import assignments
from tests.cli.program import Program

ROWS = "Wann,Modell,Rein,Raus\n2026-11-01 10:00,gpt-4o,1000,50\n2026-11-02 10:00,gpt-4o,x,5\n"
MAPPED = "at=Wann,model=Modell,input_tokens=Rein,output_tokens=Raus"


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "usage.csv"
    path.write_text(ROWS, encoding="utf-8")
    return str(path)


def test_that_a_preview_books_nothing(program: Program, table: str) -> None:
    shown = program.document("import", "table", table, "--map", MAPPED, "--preview")
    assert [call["input_tokens"] for call in shown["calls"]] == [1000]
    assert shown["refused"] == [{"row": 2, "reason": "Token count is not a whole number"}]
    assert program.document("report", "--period", "all")["totals"]["calls"] == 0


def test_that_a_mapping_is_used_again_for_tables_like_it(program: Program, table: str) -> None:
    words = ("import", "table", table)
    (done,) = program.document(*words, "--map", MAPPED, "--save-as", "bills")["sources"]
    assert (done["calls_added"], done["lines_rejected"]) == (1, 1)
    (again,) = program.document(*words)["sources"]
    assert (again["calls_added"], again["calls_merged"]) == (0, 1)
    (named,) = program.document(*words, "--mapping", "bills")["sources"]
    assert named["calls_merged"] == 1
    assert program.document("report", "--period", "all")["totals"]["input_tokens"] == 1000


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("table",), 2, "Name one file"),
        (("table", "absent.csv"), 1, "is not a file"),
        (("--preview",), 2, "--preview belongs to"),
        (("--map", "model=M"), 2, "--map belongs to"),
    ],
)
def test_that_wrong_usage_is_told(
    program: Program, words: tuple[str, ...], status: int, said: str
) -> None:
    assert said in program.run("import", *words, status=status)


def test_that_only_what_is_the_same_in_every_row_is_fixed(program: Program, table: str) -> None:
    words = ("import", "table", table, "--map", MAPPED, "--set")
    assert "differs from row to row" in program.run(*words, "cost=1", status=2)
    program.run(*words, "project=blog")
    report = program.document("report", "--period", "all", "--by", "project")
    assert [group["key"] for group in report["groups"]["project"]] == ["blog"]


def test_that_columns_may_hold_commas() -> None:
    found = assignments('model=Model,cost=Cost, in USD,at="Date"')
    assert found == (("model", "Model"), ("cost", "Cost, in USD"), ("at", "Date"))
    for wrong in ("", "model", "colour=red", "model=", "x,model=M"):
        with pytest.raises(ArgumentTypeError):
            assignments(wrong)


def test_that_refused_rows_are_named_by_the_doctor_until_they_are_mended(
    program: Program, table: str
) -> None:
    program.run("import", "table", table, "--map", MAPPED, "--save-as", "bills")
    said = f"1 row refused: Token count is not a whole number. The newest is in {table} at row 2."
    assert said in program.run("doctor", status=1)
    program.run("import", "table", table)
    assert said in program.run("doctor", status=1)
    health = program.document("report", "--period", "all")["health"]
    assert [each["rejected_lines"] for each in health["sources"]] == [1]
    Path(table).write_text(ROWS.replace("x,5", "7,5"), encoding="utf-8")
    program.run("import", "table", table)
    assert "refused" not in program.run("doctor")


def test_that_refused_lines_of_a_pipe_are_named_by_the_doctor(program: Program) -> None:
    lines = '{"provider": "acme", "model": "x"}\n{"provider": "canary", "colour": "canary"}\n'
    program.run("record", "--stdin", stdin=lines, status=1)
    said = program.run("doctor", status=1)
    assert "1 line refused: A field has a name that is not known." in said
    assert "standard input at line 2." in said
    kept = b"".join(path.read_bytes() for path in program.home.rglob("*") if path.is_file())
    assert b"canary" not in kept
    assert b"colour" not in kept


@pytest.mark.parametrize(("rows", "status"), [("x,5", 1), ("1,5", 0), ("1,5\n2026-11-03,,,", 0)])
def test_that_only_a_table_without_any_call_is_a_failure(
    program: Program, tmp_path: Path, rows: str, status: int
) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(f"Wann,Modell,Rein,Raus\n2026-11-02 10:00,gpt-4o,{rows}\n", encoding="utf-8")
    words = ("import", "table", str(path), "--map", MAPPED)
    said = program.run(*words, status=status)
    assert ("No row of usage.csv is a call." in said) is (status == 1)
    # A second reading finds what is known, which is no failure either.
    program.run(*words, status=status)

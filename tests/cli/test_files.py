"""`export` and `snapshot`: what is written where, and what is said when it cannot be."""

from __future__ import annotations

import csv
import json
import os
import sys
import threading
from pathlib import Path

import pytest

from alwrity_desktop.cli import main
from tests.cli.conftest import Run
from tests.cli.fakes import FakeContext, session_with
from tests.core import reports


def test_that_csv_is_one_row_for_each_call(run: Run, context: FakeContext, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    outcome = run("export", str(path))
    assert outcome.status == 0
    assert str(path) in outcome.out
    with path.open(newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [reports.CALL.identity]
    assert context.questions[0][2] == ()


def test_that_csv_by_dimension_is_one_row_for_each_group(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "groups"
    words = ("--format", "csv", "--by", "provider", "--from", "2026-11-01", "--to", "2026-11-30")
    assert run("export", str(path), *words).status == 0
    assert "anthropic" in path.read_text()


def test_that_json_is_the_report_with_its_calls(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "november.json"
    outcome = run("export", str(path), "--json")
    assert outcome.document == {"path": str(path), "format": "json", "calls": 14_760}
    assert json.loads(path.read_text())["calls"][0]["id"] == reports.CALL.identity


def test_that_a_format_that_is_not_there_is_told_which_are(run: Run, tmp_path: Path) -> None:
    outcome = run("export", str(tmp_path / "x"), "--format", "parquet")
    assert outcome.status == 2
    assert 'There is no format "parquet"; there are csv, json.' in outcome.err


def test_that_a_place_that_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    outcome = run("export", str(tmp_path / "absent" / "x.csv"))
    assert (outcome.status, outcome.out) == (1, "")
    assert "cannot be written (No such file or directory)" in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with names there")
def test_that_a_pipe_that_nobody_reads_on_is_said_and_stays_a_pipe(
    run: Run, context: FakeContext, tmp_path: Path
) -> None:
    pipe = tmp_path / "calls.csv"
    os.mkfifo(pipe)
    context.rows = [reports.CALL] * 10_000
    closing = threading.Thread(target=lambda: os.close(os.open(pipe, os.O_RDONLY)), daemon=True)
    closing.start()
    outcome = run("export", str(pipe))
    assert (outcome.status, outcome.out) == (1, "")
    assert "cannot be written (Broken pipe)" in outcome.err
    assert pipe.is_fifo()


def test_that_an_export_to_standard_output_stands_there_alone(
    context: FakeContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.csv"
    with path.open("w") as out:
        monkeypatch.setattr("sys.stdout", out)
        assert main(("export", str(path)), session_with(context)) == 0
    with path.open(newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [reports.CALL.identity]


@pytest.mark.parametrize("size", ["1440", "1440x", "0x0", "99999x900", "axb"])
def test_that_a_size_that_cannot_be_is_refused_before_anything_is_drawn(
    run: Run, tmp_path: Path, size: str
) -> None:
    outcome = run("snapshot", str(tmp_path / "x.png"), "--size", size)
    assert outcome.status == 2
    assert "--size" in outcome.err


def test_that_a_picture_for_a_folder_that_is_absent_is_refused(run: Run, tmp_path: Path) -> None:
    outcome = run("snapshot", str(tmp_path / "absent" / "x.png"))
    assert outcome.status == 1
    assert "There is no folder" in outcome.err

"""`export --part`: one table of the report as CSV, or all of them into a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from alwrity_desktop.core.exports.parts import PARTS
from tests.cli.conftest import Run
from tests.cli.fakes import FakeContext


def test_that_a_part_is_one_table(run: Run, context: FakeContext, tmp_path: Path) -> None:
    path = tmp_path / "limits.csv"
    outcome = run("export", str(path), "--part", "limits", "--json")
    assert outcome.document["parts"] == ["limits"]
    assert path.read_text().startswith("name,account,scope,kind")
    assert context.questions[0][2] == ()


def test_that_a_part_asks_only_for_what_it_shows(
    run: Run, context: FakeContext, tmp_path: Path
) -> None:
    assert run("export", str(tmp_path / "x"), "--part", "patterns").status == 0
    assert context.questions[0][2] == ("activity",)


@pytest.mark.parametrize("more", [(), ("--format", "csv")])
def test_that_all_parts_go_into_a_folder(run: Run, tmp_path: Path, more: tuple[str, ...]) -> None:
    folder = tmp_path / "november.2026"
    words = ("export", str(folder), "--part", "all", *more)
    assert run(*words).status == 0
    outcome = run(*words)
    assert len(list(folder.iterdir())) == len(PARTS)
    assert f"Wrote {folder} (csv, all, 2026-11-01 to 2026-11-30" in outcome.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("x.csv", "--part", "weather"), 'There is no part "weather". There are: totals'),
        (("x.json", "--part", "tips"), "--part is for csv: a json file holds all of them."),
        (("x", "--part", "tips", "--format", "odd"), 'There is no format "odd"'),
    ],
)
def test_that_parts_that_cannot_be_are_refused_with_a_reason(
    run: Run, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    path, *rest = words
    outcome = run("export", str(tmp_path / path), *rest)
    assert outcome.status == 2
    assert sentence in outcome.err
    assert not list(tmp_path.glob("x*"))


def test_that_a_file_is_no_folder_and_a_folder_no_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outcome = run("export", str(tmp_path / "file"), "--part", "all")
    assert (outcome.status, "needs a folder" in outcome.err) == (2, True)
    outcome = run("export", str(tmp_path), "--part", "tips")
    assert (outcome.status, "name a file in it" in outcome.err) == (2, True)


def test_that_help_lists_the_parts(run: Run) -> None:
    told = run("export", "--help").out
    assert all(f"  {name} " in told for name in PARTS)

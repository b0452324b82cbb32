"""The export dialog: kinds of files are formats and tables, and names end accordingly."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import PersonError
from alwrity_desktop.core.exports.parts import PARTS
from alwrity_desktop.core.profile import find, prepare
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.ui.dialogs.export import ExportDialog
from alwrity_desktop.ui.events import Exported
from alwrity_desktop.ui.jobs import Export
from tests.core.trees import NOW_MS, one_call
from tests.ui.fakes import Collector


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> Iterator[ExportDialog]:
    window = QWidget()
    qtbot.addWidget(window)
    made = ExportDialog("2026-11", window)
    made.setOption(QFileDialog.Option.DontUseNativeDialog)
    made.setDirectory(str(tmp_path))
    yield made
    made.hide()


@pytest.fixture
def profile_context(tmp_path: Path) -> Iterator[Context]:
    environ = {"ALWRITY_DESKTOP_HOME": str(tmp_path / "home"), "TZ": "UTC"}
    found = find(environ)
    prepare(found)
    opened = Context(found, Clock(NOW_MS), environ)
    yield opened
    opened.close()


def filter_of(dialog: ExportDialog, words: str) -> str:
    return next(pattern for pattern in dialog.nameFilters() if words in pattern)


def pick(dialog: ExportDialog, words: str, name: str) -> list[tuple[Path, str]]:
    """Choose a kind of file and a name; return what is told."""
    told: list[tuple[Path, str]] = []
    dialog.chosen.connect(lambda path, part: told.append((path, part)))
    pattern = filter_of(dialog, words)
    dialog.selectNameFilter(pattern)
    dialog.filterSelected.emit(pattern)
    dialog.fileSelected.emit(name)
    return told


def test_that_every_format_and_every_table_is_offered(dialog: ExportDialog) -> None:
    offered = dialog.nameFilters()
    assert len(offered) == len(set(offered)) == len(PARTS) + 2
    assert all(any(part.title in pattern for pattern in offered) for part in PARTS.values())


@pytest.mark.parametrize(
    ("words", "name", "path", "part"),
    [
        ("one JSON document", "/x/november", "/x/november.json", ""),
        ("Every call (", "/x/calls", "/x/calls.csv", "calls"),
        ("What could be changed", "/x/tips", "/x/tips.csv", "tips"),
        ("What could be changed", "/x/tips.json", "/x/tips.json.csv", "tips"),
        ("Every table", "/x/november", "/x/november", "all"),
    ],
)
def test_that_a_name_ends_as_its_kind_has_it(
    dialog: ExportDialog, words: str, name: str, path: str, part: str
) -> None:
    assert pick(dialog, words, name) == [(Path(path), part)]


def test_that_a_kind_proposes_a_name(dialog: ExportDialog) -> None:
    pick(dialog, "What could be changed", "/x/tips.csv")
    assert dialog.defaultSuffix() == "csv"
    assert Path(dialog.selectedFiles()[0]).name == "ai-costs-2026-11-tips.csv"


@pytest.mark.parametrize(
    ("part", "name"), [("", "x.csv"), ("", "x.json"), ("limits", "x.csv"), ("all", "x")]
)
def test_that_what_was_chosen_is_written(
    profile_context: Context, tmp_path: Path, part: str, name: str
) -> None:
    profile_context.record([one_call()])
    events = Collector()
    path = tmp_path / name
    Export("local", PeriodChoice(), path, part).run(profile_context, events.post)
    assert events.events == [Exported(path)]
    assert path.is_dir() == (part == "all")
    assert path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with names there")
def test_that_a_pipe_is_refused_rather_than_waited_for(
    profile_context: Context, tmp_path: Path
) -> None:
    pipe = tmp_path / "x.csv"
    os.mkfifo(pipe)
    with pytest.raises(PersonError, match="is no file"):
        Export("local", PeriodChoice(), pipe).run(profile_context, Collector().post)
    assert pipe.is_fifo()

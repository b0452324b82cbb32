"""The dialogs that bring calls in: how a program is tracked, and how a table is imported."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.live import GatewayState, UnderWay
from alwrity_desktop.core.domain.table_mapping import TableMapping
from alwrity_desktop.core.profile import find, prepare
from alwrity_desktop.core.table_mappings import TableMappings
from alwrity_desktop.ui import theme
from alwrity_desktop.ui.dialogs.table import TableDialog
from alwrity_desktop.ui.dialogs.track import CopyLine, TrackDialog
from alwrity_desktop.ui.events import TableBooked, TablePreviewed
from alwrity_desktop.ui.jobs import Job
from alwrity_desktop.ui.table_jobs import BookTable, PreviewTable
from tests import builders
from tests.ui.fakes import Collector
from tests.ui.lives import URL, a_gateway, a_view
from tests.ui.looks import dressed, texts

__all__ = ["dressed"]


def tracked(qtbot: QtBot, state: GatewayState, provider: str = "openai") -> TrackDialog:
    dialog = TrackDialog(state, builders.NOW_MS, ("groq",), provider)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def copied(dialog: TrackDialog) -> list[str]:
    lines = [line for line in dialog.findChildren(CopyLine) if line.isVisible()]
    for line in lines:
        line._copy.click()
        assert QGuiApplication.clipboard().text() == line.text
    return [line.text for line in lines]


def test_that_each_line_is_copied_as_it_has_to_be_pasted(qtbot: QtBot) -> None:
    dialog = tracked(qtbot, a_gateway())
    lines = copied(dialog)
    assert lines[0] == f"{URL}/openai/v1"
    assert lines[1] == f"export OPENAI_BASE_URL={URL}/openai/v1"
    assert f'client = OpenAI(base_url="{URL}/openai/v1")' in lines
    dialog._project.setText("my site")
    assert copied(dialog)[0] == f"{URL}/project/my%20site/openai/v1"
    dialog._provider.setCurrentIndex(dialog._provider.findData("groq"))
    dialog._project.clear()
    assert copied(dialog)[0] == f"{URL}/groq/v1"


def test_that_a_gateway_that_does_not_run_is_started_from_here(qtbot: QtBot) -> None:
    dialog = tracked(qtbot, GatewayState(url=URL))
    assert dialog._start.isVisible()
    with qtbot.waitSignal(dialog.start_asked):
        dialog._start.click()
    dialog.take_view(a_view(a_gateway(url="http://127.0.0.1:9000")))
    assert not dialog._start.isVisible()
    assert copied(dialog)[0] == "http://127.0.0.1:9000/openai/v1"


def test_that_the_first_call_is_seen(qtbot: QtBot) -> None:
    dialog = tracked(qtbot, a_gateway(under_way=()), "anthropic")
    assert "Waiting for the first call to Anthropic…" in texts(dialog)
    under_way = UnderWay("anthropic", "claude", "messages", builders.NOW_MS)
    dialog.take_view(a_view(a_gateway(under_way=(under_way,)), calls=()))
    assert "A call to Anthropic is under way…" in texts(dialog)
    row = replace(
        a_view().calls[0], source="gateway", provider="anthropic", model="claude",
        occurred_at_ms=builders.NOW_MS, status_code=200, cost_pico=12 * 10**9,
    )  # fmt: skip
    for other in (
        replace(row, source="claude-code"),
        replace(row, occurred_at_ms=builders.NOW_MS - 1),
        replace(row, provider="openai"),
    ):
        dialog.take_view(a_view(a_gateway(under_way=()), calls=(other,)))
        assert "Waiting for the first call to Anthropic…" in texts(dialog)
    dialog.take_view(a_view(calls=(row,)))
    assert any(text.startswith("First call seen: claude at ") for text in texts(dialog))
    dialog.take_view(a_view(calls=(replace(row, status_code=401),)))
    assert any(text.endswith("Anthropic answered 401") for text in texts(dialog))


@pytest.mark.parametrize("percent", [100, 200])
def test_that_the_page_fits_a_small_screen(percent: int, qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark", percent)
    dialog = tracked(qtbot, a_gateway())
    dialog.resize(640, 480)
    QApplication.processEvents()
    assert dialog._accept.geometry().bottom() <= dialog.height()


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    environ = {"ALWRITY_DESKTOP_HOME": str(tmp_path / "home"), "TZ": "UTC"}
    profile = find(environ)
    prepare(profile)
    made = Context(profile, Clock(builders.NOW_MS), environ)
    yield made
    made.close()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "usage.csv"
    path.write_text(
        "Date,Model,Prompt tokens,Completion tokens,Amount\n"
        "2026-11-02 10:00:00,gpt-4o,100,20,0.01\n"
        "2026-11-03 10:00:00,gpt-4o,many,20,0.01\n"
        "2026-11-04 10:00:00,gpt-4o,300,20,0.01\n"
    )
    return path


class Imported:
    """A dialog with the ledger's jobs behind it, each done at once."""

    def __init__(self, qtbot: QtBot, context: Context, path: Path) -> None:
        self.context = context
        self.collector = Collector()
        self.dialog = TableDialog(path, "UTC")
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(self.dialog)
        self.dialog.preview_asked.connect(
            lambda path, mapping: self.do(PreviewTable(path, mapping))
        )
        self.dialog.book_asked.connect(
            lambda path, mapping: self.do(BookTable(path, mapping, self.do))
        )
        self.dialog.show()
        self.do(PreviewTable(path))

    def do(self, job: Job) -> None:
        job.run(self.context, self.take)

    def take(self, event: object) -> None:
        self.collector.post(event)
        self.dialog.take_event(event)


def test_that_a_table_is_looked_at_mapped_and_booked(
    qtbot: QtBot, context: Context, table: Path
) -> None:
    imported = Imported(qtbot, context, table)
    dialog = imported.dialog
    assert dialog._rows.rowCount() == 2
    assert dialog._combos["model"].currentData() == "Model"
    assert any("Row 2 is refused" in text for text in texts(dialog))
    dialog._combos["model"].setCurrentIndex(0)
    assert "Choose the columns of: Model." in texts(dialog)
    assert not dialog._accept.isEnabled()
    dialog._combos["model"].setCurrentIndex(dialog._combos["model"].findData("Model"))
    dialog._accept.click()
    assert "2 calls added, 0 known already, 1 rows refused." in texts(dialog)
    assert dialog.isVisible()
    dialog._accept.click()
    assert not dialog.isVisible()
    kept = TableMappings(context.profile.config).all()
    assert [each.name for each in kept] == ["usage"]
    booked = Imported(qtbot, context, table)
    booked.dialog._accept.click()
    assert "0 calls added, 2 known already, 1 rows refused." in texts(booked.dialog)


def test_that_a_long_table_is_booked_slice_by_slice(context: Context, tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    line = '{"time": "2026-11-02T10:00:00Z", "model": "gpt-4o", "id": "call-x-%d"}\n'
    lines = [line % number for number in range(4_500)]
    lines[5] = lines[2_500] = "canary\n"
    path.write_text("".join(lines))
    jobs: list[Job] = []
    collector = Collector()
    PreviewTable(path).run(context, collector.post)
    (previewed,) = collector.of(TablePreviewed)
    assert isinstance(previewed, TablePreviewed)
    mapping: TableMapping = previewed.preview.mapping
    jobs.append(BookTable(path, mapping, jobs.append))
    while jobs:
        jobs.pop(0).run(context, collector.post)
    booked = collector.of(TableBooked)
    assert booked == [
        TableBooked(1_999, 0, 1, is_done=False),
        TableBooked(3_998, 0, 2, is_done=False),
        TableBooked(4_498, 0, 2, is_done=True),
    ]
    with context.ledger("local").snapshot() as snapshot:
        (refused,) = snapshot.rejects()
    assert (refused.source, refused.lines, refused.example_path, refused.example_offset) == (
        *("table", 2, str(path)),
        2_501,
    )


def test_that_a_table_that_is_let_go_ends_at_once(
    qtbot: QtBot, context: Context, table: Path, collector: Collector
) -> None:
    dialog = TableDialog(table, "UTC")
    PreviewTable(table).run(context, collector.post)
    for event in collector.events:
        dialog.take_event(event)
    assert dialog._rows.rowCount() == 2
    there = weakref.ref(dialog)
    del dialog
    assert there() is None

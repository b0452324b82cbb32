"""Item models, columns and the table view."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.report import CallQuery, CallRow
from alwrity_desktop.ui import theme
from alwrity_desktop.ui.docks._call_columns import call_columns
from alwrity_desktop.ui.docks._provider_columns import TOTAL, columns
from alwrity_desktop.ui.tables.alerts import ALERT_ROLE, AlertDelegate, AlertsModel
from alwrity_desktop.ui.tables.calls import PAGE_SIZE, CallsModel
from alwrity_desktop.ui.tables.columns import Column, Look, column_index, plain_number, sortable
from alwrity_desktop.ui.tables.model import LOOK_ROLE, PLAIN_ROLE, RowsModel
from alwrity_desktop.ui.tables.view import TableView
from tests import builders

STRICT = QAbstractItemModelTester.FailureReportingMode.Fatal


@dataclass(frozen=True)
class Item:
    name: str
    cost: int | None


ITEMS = (Item("b", 3_000_000_000_000), Item("a", None), Item("<i>c</i>", 10), Item("d", 2))
COLUMNS: tuple[Column[Item], ...] = (
    Column("name", "Name", lambda row: row.name, sort_key=lambda row: row.name, is_stretched=True,
           is_descending_first=False, tooltip=lambda row: row.name),
    Column("cost", "Cost", lambda row: "—" if row.cost is None else f"${row.cost}",
           sort_key=lambda row: sortable(row.cost), is_number=True,
           plain=lambda row: plain_number(row.cost)),
    Column("note", "Note", lambda _row: "a long note to make room for", priority=1),
)  # fmt: skip


def a_model() -> RowsModel[Item]:
    model = RowsModel(COLUMNS)
    model.set_rows(ITEMS, Item("Total", 15))
    return model


def names(model: RowsModel[Item]) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_that_rows_keep_the_rules_of_qt_while_they_change(qapp: QApplication) -> None:
    model = a_model()
    tester = QAbstractItemModelTester(model, STRICT)
    model.sort(1, Qt.SortOrder.DescendingOrder)
    model.set_rows(ITEMS[:2])
    model.set_rows(())
    assert tester.model() is model


def test_that_large_and_small_numbers_sort_as_numbers(qapp: QApplication) -> None:
    model = a_model()
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert names(model) == ["b", "<i>c</i>", "d", "a", "Total"]
    model.sort(1, Qt.SortOrder.AscendingOrder)
    assert names(model) == ["a", "d", "<i>c</i>", "b", "Total"]


def test_that_what_is_not_known_comes_after_a_loss(qapp: QApplication) -> None:
    model = RowsModel(COLUMNS)
    model.set_rows((Item("unknown", None), Item("loss", -5_000_000_000), Item("gain", 7)))
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert names(model) == ["gain", "loss", "unknown"]


def test_that_the_order_stays_when_new_rows_come(qapp: QApplication) -> None:
    model = a_model()
    model.sort(0, Qt.SortOrder.AscendingOrder)
    model.set_rows((Item("z", 1), Item("a", 2)), Item("Total", 3))
    assert names(model) == ["a", "z", "Total"]


def test_that_a_chosen_row_stays_chosen_when_the_order_changes(qapp: QApplication) -> None:
    model = a_model()
    kept = QPersistentModelIndex(model.index(0, 0))
    model.sort(0, Qt.SortOrder.AscendingOrder)
    assert kept.row() == 2
    assert kept.data() == "b"


def test_that_cells_are_text_and_numbers_stand_right(qapp: QApplication) -> None:
    model = a_model()
    cost = model.index(0, 1)
    assert cost.data() == "$3000000000000"
    assert cost.data(PLAIN_ROLE) == "3000000000000"
    assert (
        Qt.AlignmentFlag(cost.data(Qt.ItemDataRole.TextAlignmentRole)) & Qt.AlignmentFlag.AlignRight
    )
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Cost"


def test_that_tooltips_are_escaped(qapp: QApplication) -> None:
    model = a_model()
    tooltip = model.index(2, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert tooltip == "<span>&lt;i&gt;c&lt;/i&gt;</span>"


def test_that_the_total_is_strong(qapp: QApplication) -> None:
    model = a_model()
    look = model.index(model.rowCount() - 1, 0).data(LOOK_ROLE)
    assert isinstance(look, Look)
    assert look.weight == 600


def test_that_a_narrow_table_drops_what_is_needed_least(qtbot: QtBot) -> None:
    view = TableView(a_model(), "Items")
    qtbot.addWidget(view)
    view.resize(600, 200)
    view.show()
    assert not view.isColumnHidden(2)
    view.resize(160, 200)
    assert view.isColumnHidden(2)
    assert not view.isColumnHidden(0)
    assert not view.isColumnHidden(1)


def test_that_columns_fill_the_room_exactly(qtbot: QtBot) -> None:
    view = TableView(a_model(), "Items")
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    used = sum(view.columnWidth(section) for section in range(3))
    assert used == view.viewport().width()


def test_that_a_header_click_sorts_and_a_second_one_turns_it_round(qtbot: QtBot) -> None:
    model = a_model()
    view = TableView(model, "Items")
    qtbot.addWidget(view)
    view.horizontalHeader().sectionClicked.emit(1)
    assert names(model)[0] == "b"
    view.horizontalHeader().sectionClicked.emit(1)
    assert names(model)[0] == "a"
    view.horizontalHeader().sectionClicked.emit(2)
    assert names(model)[0] == "a"


def test_that_copying_gives_plain_numbers(qtbot: QtBot, qapp: QApplication) -> None:
    view = TableView(a_model(), "Items")
    qtbot.addWidget(view)
    view.resize(600, 200)
    view.show()
    view.setCurrentIndex(view.model().index(0, 0))
    view.copy_row()
    assert qapp.clipboard().text() == "b\t3000000000000\ta long note to make room for"


def test_that_rows_are_sorted_without_a_mouse(qtbot: QtBot) -> None:
    model = a_model()
    table = TableView(model, "Items")
    qtbot.addWidget(table)
    table.resize(400, 200)
    table.show()
    order = []
    for key in (Qt.Key.Key_S, Qt.Key.Key_R, Qt.Key.Key_S, Qt.Key.Key_S):
        QTest.keyClick(table, key)
        order.append("".join(name.removeprefix("<i>")[0] for name in names(model)[:-1]))
    # By name, turned round, by cost, and by name again: notes cannot be sorted by.
    assert order == ["cabd", "dbac", "bcda", "cabd"]


def test_that_the_focus_by_keyboard_begins_at_the_first_row(qtbot: QtBot) -> None:
    table = TableView(a_model(), "Items")
    qtbot.addWidget(table)
    with qtbot.waitActive(table):
        table.show()
        table.activateWindow()
    table.clearFocus()
    table.clearSelection()
    table.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not table.selectionModel().hasSelection()
    table.clearFocus()
    table.setFocus(Qt.FocusReason.TabFocusReason)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]


def test_that_letters_are_left_to_the_dock(qtbot: QtBot) -> None:
    table = TableView(a_model(), "Items")
    qtbot.addWidget(table)
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_T, Qt.KeyboardModifier.NoModifier, "t")
    table.keyPressEvent(event)
    assert not event.isAccepted()


def test_that_return_opens_a_row(qtbot: QtBot) -> None:
    view = TableView(a_model(), "Items")
    qtbot.addWidget(view)
    view.setCurrentIndex(view.model().index(2, 0))
    with qtbot.waitSignal(view.row_opened) as told:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert told.args == [2]


def test_that_every_table_is_painted(qtbot: QtBot, qapp: QApplication) -> None:
    model = RowsModel(columns("Provider"))
    model.set_rows(builders.provider_groups(), replace(builders.provider_groups()[0], key=TOTAL))
    view = TableView(model, "Providers")
    qtbot.addWidget(view)
    view.resize(700, 400)
    for name in ("light", "dark"):
        theme.apply(qapp, "light" if name == "light" else "dark")
        pixmap = QPixmap(view.size())
        view.render(pixmap)
        colours = {pixmap.toImage().pixelColor(12, y).name() for y in range(30, 280)}
        assert theme.provider_fill("anthropic").name() in colours


def a_list() -> CallsModel:
    return CallsModel(call_columns("2026-11-20", builders.ZONE))


def query(number: int = 0) -> CallQuery:
    return CallQuery(0, 1, offset=number * PAGE_SIZE, size=PAGE_SIZE)


def test_that_a_list_of_calls_keeps_the_rules_of_qt(qapp: QApplication) -> None:
    model = a_list()
    tester = QAbstractItemModelTester(model, STRICT)
    model.take_page(builders.a_page(query()))
    model.take_page(builders.a_page(query(3)))
    model.take_page(builders.a_page(query(), total=7))
    model.reset()
    assert tester.model() is model


def test_that_pages_are_asked_for_once_when_they_are_looked_at(qapp: QApplication) -> None:
    model = a_list()
    asked: list[int] = []
    model.page_wanted.connect(asked.append)
    model.take_page(builders.a_page(query()))
    assert model.rowCount() == 14_760
    assert model.index(0, 1).data() == "gemini-2.5-flash"
    assert model.index(PAGE_SIZE * 2 + 5, 1).data() == ""
    assert model.index(PAGE_SIZE * 2 + 9, 1).data() == ""
    assert asked == [2]
    model.take_page(builders.a_page(query(2)))
    assert model.index(PAGE_SIZE * 2 + 5, 1).data() == builders.a_call(PAGE_SIZE * 2 + 5).model


def test_that_only_some_pages_are_kept(qapp: QApplication) -> None:
    model = a_list()
    for number in range(60):
        model.take_page(builders.a_page(query(number)))
    assert model.loaded(0) is None
    assert model.loaded(59 * PAGE_SIZE) is not None
    assert len(model._pages) == 25


def test_that_new_figures_renew_the_rows_in_view_only(qapp: QApplication) -> None:
    model = a_list()
    for number in range(4):
        model.take_page(builders.a_page(query(number)))
    asked: list[int] = []
    model.page_wanted.connect(asked.append)
    model.renew(PAGE_SIZE - 3, PAGE_SIZE + 3)
    assert asked == [0, 1]
    assert model.loaded(0) is not None
    assert model.loaded(3 * PAGE_SIZE) is None


def test_that_sorting_asks_for_another_order(qapp: QApplication) -> None:
    model = a_list()
    wanted: list[tuple[str, bool]] = []
    model.sort_wanted.connect(lambda key, down: wanted.append((key, down)))
    model.sort(column_index(model.columns, "cost"), Qt.SortOrder.DescendingOrder)
    model.sort(column_index(model.columns, "agent"), Qt.SortOrder.DescendingOrder)
    assert wanted == [("cost", True)]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, "Priced"),
        ({"price_status": "list_equivalent"}, "List price"),
        ({"price_status": "unpriced", "cost_pico": None}, "Unpriced"),
        ({"status_code": 529}, "Error 529"),
        ({"is_estimated": True}, "Priced, estimated"),
    ],
)
def test_that_a_call_says_how_its_price_came_about(
    qapp: QApplication, change: dict[str, object], word: str
) -> None:
    row: CallRow = builders.a_call(1, **change)
    column = next(c for c in call_columns("", "UTC") if c.key == "price")
    assert column.text(row) == word


def test_that_a_call_of_today_has_no_date(qapp: QApplication) -> None:
    time = call_columns("2026-11-20", builders.ZONE)[0]
    assert time.text(builders.a_call(0)) == "14:32:03"
    older = builders.a_call(0, occurred_at_ms=builders.at("2026-11-19T09:00:00"))
    assert time.text(older) == "19 Nov 09:00:00"
    assert time.plain is not None
    assert time.plain(older) == "2026-11-19T09:00:00+01:00"


def test_that_alerts_keep_the_rules_of_qt(qapp: QApplication) -> None:
    model = AlertsModel()
    tester = QAbstractItemModelTester(model, STRICT)
    model.set_alerts(builders.alerts(), builders.NOW_MS, builders.ZONE)
    model.set_alerts(builders.alerts(), builders.NOW_MS, builders.ZONE)
    model.set_alerts((), builders.NOW_MS, builders.ZONE)
    assert tester.model() is model


def test_that_an_alert_is_told_whole_to_a_screen_reader(qapp: QApplication) -> None:
    model = AlertsModel()
    model.set_alerts(builders.alerts(), builders.NOW_MS, builders.ZONE)
    index = model.index(0)
    assert index.data(ALERT_ROLE) == builders.alerts()[0]
    told = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert told == "You've used 85% of your monthly limit. Anthropic tokens: 37.2M of 44.0M. 11:05"
    hostile = builders.an_alert(1, title="<script>")
    model.set_alerts((hostile,), builders.NOW_MS, builders.ZONE)
    assert "&lt;script&gt;" in str(model.index(0).data(Qt.ItemDataRole.ToolTipRole))
    assert AlertDelegate(model).sizeHint(None, model.index(0)).height() >= 48  # type: ignore[arg-type]

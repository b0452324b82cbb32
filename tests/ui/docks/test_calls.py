"""The Calls dock: pages, search, filters, details."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.report import CallQuery
from alwrity_desktop.ui.docks._call_details import CallDetails
from alwrity_desktop.ui.docks._parts import ScrollBody
from alwrity_desktop.ui.docks.calls import CallsDock
from alwrity_desktop.ui.requests import AskCalls, ExportReport, OpenCall, OpenCalls
from tests import builders
from tests.ui.looks import fits


class Window:
    """Answers the dock as the window does."""

    def __init__(self, dock: CallsDock, total: int = 14_760) -> None:
        self.dock = dock
        self.total = total
        self.queries: list[CallQuery] = []
        self.others: list[object] = []
        dock.requested.connect(self.answer)

    def answer(self, request: object) -> None:
        if isinstance(request, AskCalls):
            self.queries.append(request.query)
            self.dock.show_calls(builders.a_page(request.query, self.total))
        elif isinstance(request, OpenCall):
            self.dock.show_call(builders.a_call_with_lines())
        else:
            self.others.append(request)


@pytest.fixture
def dock(qtbot: QtBot) -> CallsDock:
    made = CallsDock()
    qtbot.addWidget(made)
    made.resize(1100, 260)
    return made


@pytest.fixture
def window(dock: CallsDock) -> Window:
    made = Window(dock)
    dock.show()
    dock.show_report(builders.a_report())
    return made


def test_that_the_first_page_of_the_period_is_listed(dock: CallsDock, window: Window) -> None:
    period = builders.a_period()
    assert window.queries == [CallQuery(period.start_ms, period.end_ms)]
    assert dock._model.rowCount() == 14_760
    assert dock.filter.search.placeholderText() == "Search 14,760 calls"


def test_that_a_dock_out_of_view_asks_for_nothing(dock: CallsDock) -> None:
    window = Window(dock)
    dock.show_report(builders.a_report())
    assert not window.queries
    dock.show()
    assert len(window.queries) == 1


def test_that_pages_come_as_they_are_scrolled_to(dock: CallsDock, window: Window) -> None:
    dock._table.scrollTo(dock._model.index(3000, 0))
    dock._table.grab()
    assert [query.offset for query in window.queries] == [0, 2800, 3000]


def test_that_new_figures_keep_the_place(dock: CallsDock, window: Window) -> None:
    dock._table.scrollTo(dock._model.index(3000, 0))
    dock._table.grab()
    before = dock._table.verticalScrollBar().value()
    window.total += 1
    dock.show_report(builders.a_report())
    assert dock._model.rowCount() == 14_761
    assert dock._table.verticalScrollBar().value() == before


def test_that_typing_searches_after_a_pause(dock: CallsDock, window: Window, qtbot: QtBot) -> None:
    dock.focus_search()
    QTest.keyClicks(dock.filter.search, " sonnet ")
    assert len(window.queries) == 1
    qtbot.waitUntil(lambda: len(window.queries) == 2)
    assert window.queries[-1].search == "sonnet"


def test_that_filters_and_order_go_into_the_query(dock: CallsDock, window: Window) -> None:
    providers = dock.filter.providers
    providers.setCurrentIndex(providers.findData("mistral"))
    dock.filter.states.setCurrentIndex(dock.filter.states.findData("error"))
    cost = [column.key for column in dock._model.columns].index("cost")
    dock._table.horizontalHeader().sectionClicked.emit(cost)
    query = window.queries[-1]
    assert (query.provider, query.state) == ("mistral", "error")
    assert (query.sort, query.is_descending) == ("cost", True)


def test_that_figures_of_elsewhere_open_their_calls(dock: CallsDock, window: Window) -> None:
    dock.show_query(OpenCalls("openai", "gpt-5", "2026-10-25", "2026-10-25", "unpriced"))
    query = window.queries[-1]
    assert (query.provider, query.model, query.state) == ("openai", "gpt-5", "unpriced")
    assert query.start_ms == builders.at("2026-10-25T00:00:00")
    assert query.end_ms - query.start_ms == 25 * builders.HOUR_MS
    assert dock.filter._scope.text() == "gpt-5, 25 Oct"
    dock.filter._scope.click()
    assert window.queries[-1].model is None
    assert window.queries[-1].start_ms == builders.a_period().start_ms


def test_that_a_late_answer_to_an_old_question_is_dropped(dock: CallsDock, window: Window) -> None:
    old = window.queries[0]
    dock.filter.states.setCurrentIndex(dock.filter.states.findData("error"))
    dock.show_calls(builders.a_page(old, 3))
    assert dock._model.rowCount() == 14_760


def test_that_a_call_opens_with_prices_origin_and_places(dock: CallsDock, window: Window) -> None:
    dock._table.row_opened.emit(1)
    lines = dock._details._lines
    cells = [[lines.index(row, column).data() for column in range(4)] for row in (0, 2, 4)]
    assert cells == [
        ["Uncached input", "1,204", "$3.00", "$0.0036"],
        ["Cache write, 5 min", "1,536", "$3.75", "$0.0058"],
        ["Total", "21,814", "", "$0.0245"],
    ]
    told = [label.text() for label in dock._details.findChildren(QLabel) if label.isVisible()]
    assert "Prices: maintained list, dated 14 Nov 2026" in told
    assert "Seen in 2 places" in told
    assert "Counted once" in told
    assert "Claude Code: blog/7d1f.jsonl" in told


@pytest.mark.parametrize("width", [310, 500])
def test_that_long_identities_and_paths_leave_room_for_the_prices(width: int, qtbot: QtBot) -> None:
    details = CallDetails()
    qtbot.addWidget(details)
    row = builders.a_call_with_lines()
    endless = "0123456789abcdef" * 12
    details.show_call(replace(row, identity=endless, seen_in=(f"/logs/{endless}",)), "UTC")
    details.resize(width, 260)
    details.show()
    (area,) = details.findChildren(ScrollBody)
    assert fits(area)
    assert details._table.width() > area.viewport().width() / 2


def test_that_details_take_the_place_of_the_list_where_it_is_narrow(
    dock: CallsDock, window: Window
) -> None:
    dock.resize(520, 300)
    dock._table.row_opened.emit(1)
    assert not dock._list.isVisible()
    dock._details.closed.emit()
    assert dock._list.isVisible()
    assert not dock._details.isVisible()


def test_that_no_match_is_said(dock: CallsDock, window: Window) -> None:
    window.total = 0
    dock.filter.states.setCurrentIndex(1)
    assert dock._nothing.isVisible()
    assert dock._nothing.text() == "No call matches."


@pytest.mark.parametrize("state", ["paid", "repeated"])
def test_that_a_tip_opens_its_calls_and_no_others(
    dock: CallsDock, window: Window, state: str
) -> None:
    dock.show_query(OpenCalls("openai", "gpt-5", state=state))
    assert window.queries[-1].state == dock.filter.states.currentData() == state


def test_that_the_name_of_the_key_is_a_column_and_a_fact(dock: CallsDock, window: Window) -> None:
    keys = [column.key for column in dock._model.columns]
    assert dock._table.isColumnHidden(keys.index("api_key"))
    column = dock._model.columns[keys.index("api_key")]
    known = replace(builders.a_call_with_lines(), api_key="key 3f9a21")
    assert (column.text(known), column.text(builders.a_call_with_lines())) == ("key 3f9a21", "—")
    dock.show_call(known)
    assert "API key: key 3f9a21" in [label.text() for label in dock._details.findChildren(QLabel)]


def test_that_columns_can_be_chosen(dock: CallsDock, window: Window) -> None:
    keys = [column.key for column in dock._model.columns]
    assert dock._table.isColumnHidden(keys.index("source"))
    action = next(a for a in dock.filter._columns.menu().actions() if a.data() == "source")
    action.trigger()
    assert not dock._table.isColumnHidden(keys.index("source"))


def test_that_the_period_can_be_exported(dock: CallsDock, window: Window) -> None:
    dock.filter.export_wanted.emit()
    assert window.others == [ExportReport()]


def test_that_an_hour_of_the_week_is_listed_over_the_whole_period(
    dock: CallsDock, window: Window
) -> None:
    dock.show_query(OpenCalls(hour=14, weekday=3))
    query = window.queries[-1]
    period = builders.a_period()
    assert (query.start_ms, query.end_ms) == (period.start_ms, period.end_ms)
    assert len(query.spans) == 4
    assert dock.filter._scope.text() == "Thu 14:00–15:00"
    dock.show_query(OpenCalls(day_start="2026-11-12", day_end="2026-11-12", hour=14))
    ((start, end),) = window.queries[-1].spans
    assert window.queries[-1].start_ms < start < end < window.queries[-1].end_ms
    dock.filter.cleared.emit()
    assert window.queries[-1].spans == ()
    dock.show_query(OpenCalls(belongs_to=("agent", "")))
    assert window.queries[-1].belongs_to == ("agent", "")
    assert dock.filter._scope.text() == "none named"

"""The docks Activity and Models: what they draw, what they say, what they ask for."""

from __future__ import annotations

from typing import Final, cast

from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStackedWidget
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.cost_analysis import CacheUse, ErrorCost, UnitCosts, performances
from alwrity_desktop.core.domain.insight_values import (
    Activity,
    DearCall,
    KindCost,
    ModelUse,
    Spending,
    Velocity,
)
from alwrity_desktop.core.domain.patterns import (
    HourCell,
    Peak,
    SeasonPart,
    calendar_weeks,
    week_grid,
)
from alwrity_desktop.core.domain.report import Amounts, Figures, Group, Report
from alwrity_desktop.core.domain.unusual import Cause, Unusual
from alwrity_desktop.ui.charts.heatmap import HeatCell, HeatData, Heatmap
from alwrity_desktop.ui.docks.activity import ActivityDock
from alwrity_desktop.ui.docks.models import ModelsDock
from alwrity_desktop.ui.docks.trends import TrendsDock
from alwrity_desktop.ui.requests import OpenCall, OpenCalls, OpenDock
from tests import builders
from tests.ui.looks import shown, texts

USD: Final = 10**12
DAYS: Final = [(f"2026-11-{day:02d}", day * USD) for day in range(1, 20)]


def an_activity(kind: LimitKind = LimitKind.COST) -> Activity:
    return Activity(
        kind=kind,
        week=week_grid([("2026-11-12", 14, 3 * USD), ("2026-11-10", 9, USD)]),
        calendar=calendar_weeks(DAYS),
        peak_days=(Peak("day", "2026-11-12", 8 * USD, 2.0),),
        peak_hours=(),
        weekly=(SeasonPart("saturday", 49, is_clear=True), SeasonPart("monday", 99, False)),
        monthly=(),
        unusual=(
            Unusual("2026-11-12", None, 8 * USD, 2 * USD, 5.0,
                    (Cause("provider", "openai", 5 * USD, 83.0),)),
            Unusual("2026-11-09", 14, 4 * USD, USD, 5.0,
                    (Cause("model", "gpt-5", 2 * USD, 67.0), Cause("project", "shop", USD, 33.0))),
        ),
    )  # fmt: skip


def an_active_report() -> Report:
    return builders.a_report(activity=tuple(an_activity(kind) for kind in LimitKind))


def test_that_the_busiest_hour_the_peaks_and_the_season_are_said(qtbot: QtBot) -> None:
    dock = ActivityDock()
    shown(dock, qtbot, an_active_report())
    words = " ".join(texts(dock))
    assert "Busiest in this period: Thu 14:00–15:00, $3.00 (75.0%)" in words
    assert "Thu 12 Nov $8.00 (2.0 times the usual)" in words
    assert "Beside an average day: Sat 49%." in words


def test_that_an_unusual_day_opens_its_calls_and_names_what_explains_it(qtbot: QtBot) -> None:
    dock = ActivityDock()
    asked = shown(dock, qtbot, an_active_report())
    model = dock._unusual.model
    cells = [model.index(0, column).data() for column in range(model.columnCount())]
    assert cells == ["Thu 12 Nov", "$8.00", "$2.00", "OpenAI 83%"]
    cells = [model.index(1, column).data() for column in range(model.columnCount())]
    assert cells == ["Mon 9 Nov, 14:00", "$4.00", "$1.00", "gpt-5 67%, shop 33%"]
    dock._unusual.table.row_opened.emit(0)
    assert asked.requests == [OpenCalls(day_start="2026-11-12", day_end="2026-11-12")]


def test_that_a_day_of_the_calendar_opens_its_calls(qtbot: QtBot) -> None:
    dock = ActivityDock()
    asked = shown(dock, qtbot, an_active_report())
    # The first week begins on Monday, 26 October; the second of November is in the next one.
    dock._calendar.opened.emit(0, 1)
    assert asked.requests == [OpenCalls(day_start="2026-11-02", day_end="2026-11-02")]


def test_that_the_hours_are_a_table_one_key_away(qtbot: QtBot) -> None:
    dock = ActivityDock()
    shown(dock, qtbot, an_active_report())
    pages = dock._pages
    assert isinstance(pages, QStackedWidget)
    QTest.keyClick(dock, Qt.Key.Key_T)
    assert pages.currentIndex() == 1
    assert dock._hours.model.rowCount() == 2
    QTest.keyClick(dock, Qt.Key.Key_T)
    assert pages.currentIndex() == 0


def test_that_a_heatmap_is_read_by_keys_and_opened(qtbot: QtBot) -> None:
    cells = tuple(HeatCell(float(number), f"cell {number}") for number in range(3))
    heat = Heatmap("Hours")
    qtbot.addWidget(heat)
    heat.resize(300, 80)
    heat.set_data(HeatData((cells, (None, *cells[1:])), ("a", "b"), ((0, "0"),)), "busiest 2")
    heat.show()
    opened: list[tuple[int, int]] = []
    told: list[str] = []
    heat.told.connect(told.append)
    heat.opened.connect(lambda row, column: opened.append((row, column)))
    assert heat.accessibleName() == "Hours. busiest 2"
    QTest.keyClick(heat, Qt.Key.Key_Left)
    assert heat.accessibleDescription() == "cell 2"
    QTest.keyClick(heat, Qt.Key.Key_Left)
    QTest.keyClick(heat, Qt.Key.Key_Down)
    QTest.keyClick(heat, Qt.Key.Key_Left)
    assert heat.accessibleDescription() == "cell 1"
    QTest.keyClick(heat, Qt.Key.Key_Return)
    assert len(opened) == 1
    assert told[0] == "cell 2"
    place = heat._box(0, 0).center().toPoint()
    QTest.mouseClick(heat, Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert opened[1] == (0, 0)


def a_spending() -> Spending:
    figures = Figures(calls=30, output_tokens=900, input_tokens=100, cost_pico=3 * USD,
                      status_calls=30, duration_ms=30_000, duration_calls=30)  # fmt: skip
    groups = (
        Group("gpt-4o", figures, 75.0, "openai", 900, 2_000),
        Group("flash", replace(figures, cost_pico=USD), 25.0, "gemini", 400, 900),
    )
    cache = CacheUse(50, 0, 100, 50.0, 2 * USD)
    first, second = performances(groups)
    return Spending(
        units=UnitCosts(None, None, None, None),
        kinds=(),
        cache=cache,
        errors=ErrorCost(2, 2, USD, 25.0),
        velocities=(),
        models=(ModelUse(first, cache), ModelUse(second, None)),
        since_ms=builders.NOW_MS,
        sides={"agent": performances((Group("writer", figures, 75.0), Group("", figures, 25.0)))},
    )


def test_that_agents_stand_side_by_side_when_they_are_chosen(qtbot: QtBot) -> None:
    dock = ModelsDock()
    asked = shown(dock, qtbot, builders.a_report(spending=a_spending()))
    dock._sides.setCurrentIndex(1)
    model = dock._models.model
    assert [model.index(row, 0).data() for row in range(2)] == ["writer", "none named"]
    assert "saved" not in {column.key for column in model.columns}
    dock._models.table.row_opened.emit(0)
    dock._models.table.row_opened.emit(1)
    assert asked.requests == [
        OpenCalls(belongs_to=("agent", "writer")),
        OpenCalls(belongs_to=("agent", "")),
    ]


def test_that_models_stand_side_by_side_and_open_their_calls(qtbot: QtBot) -> None:
    dock = ModelsDock()
    asked = shown(dock, qtbot, builders.a_report(spending=a_spending()))
    words = " ".join(texts(dock))
    assert "50.0% of the input came from the cache, which saved $2.00." in words
    assert "2 failed calls cost $1.00." in words
    model = dock._models.model
    names = {column.key: place for place, column in enumerate(model.columns)}
    assert model.index(0, names["saved"]).data() == "$2.00"
    assert model.index(1, names["saved"]).data() == "—"
    dock._models.table.row_opened.emit(1)
    assert asked.requests == [OpenCalls("gemini", "flash")]


def test_that_unit_costs_name_what_is_billed_and_how_fast_the_money_goes(qtbot: QtBot) -> None:
    spending = replace(
        a_spending(),
        units=UnitCosts(USD // 100, None, None, 2 * USD),
        kinds=(
            KindCost("output", 900_000, 2 * USD, 3 * USD, 66.7),
            KindCost("web_search", 50, None, None, None, unpriced_quantity=50),
        ),
        velocities=(Velocity("now", Amounts(cost_pico=USD, calls=6), 3_600_000, 2.5),),
    )
    dock = ModelsDock()
    asked = shown(dock, qtbot, builders.a_report(spending=spending))
    dock._parts.choose("units")
    dock._turn()
    words = texts(dock._units)
    for part in ("$0.0100", "$2.00", "50.0%", "saved $2.00", "2 were paid"):
        assert part in words
    assert not dock._units._figures["message"].isVisible()
    kinds, rates = dock._units._kinds.model, dock._units._rates.model
    assert [kinds.index(0, column).data() for column in range(5)] == [
        "Output", "900.0k", "$2.00", "66.7%", "$3.00 per 1M",
    ]  # fmt: skip
    assert [kinds.index(1, column).data() for column in range(2, 5)] == ["—", "—", "—"]
    assert [rates.index(0, column).data() for column in range(6)] == [
        "The last hour", "$1.00", "$1.00", "$24.00", "6.0", "2.5 times",
    ]  # fmt: skip
    QTest.keyClick(dock._units._figures["errors"], Qt.Key.Key_Return)
    QTest.keyClick(dock._units._figures["call"], Qt.Key.Key_Return)
    dock._units._kinds.table.row_opened.emit(0)
    dock._units._rates.table.row_opened.emit(0)
    today = OpenCalls(day_start="2026-11-20", day_end="2026-11-20")
    assert asked.requests == [OpenCalls(state="error"), OpenCalls(), OpenCalls(), today]


WRITER: Final = ("conversation", "writer")


def test_that_the_dearest_calls_and_conversations_open_what_is_behind_them(qtbot: QtBot) -> None:
    call = replace(builders.a_call_with_lines(), id=77)
    spending = replace(
        a_spending(),
        dearest_calls=(DearCall(call, 18.04), DearCall(replace(call, agent=""), None)),
        dearest_conversations=a_spending().sides["agent"][:1],
    )
    dock = ModelsDock()
    asked = shown(dock, qtbot, builders.a_report(spending=spending))
    dock._parts.choose("dearest")
    dock._turn()
    page = dock._dearest
    model = page.calls.model
    names = {column.key: place for place, column in enumerate(model.columns)}
    assert model.index(0, names["model"]).data() == call.model
    assert [model.index(row, names["times"]).data() for row in range(2)] == ["18.0 times", "—"]
    page.calls.table.row_opened.emit(0)
    page.conversations.table.row_opened.emit(0)
    assert asked.requests == [OpenDock("calls"), OpenCall(77), OpenCalls(belongs_to=WRITER)]
    assert not page._nothing.isVisible()
    dock.show_report(builders.a_report(spending=a_spending()))
    assert page._nothing.isVisible()


def test_that_the_trend_says_what_its_forecast_rests_on(qtbot: QtBot) -> None:
    report = builders.a_report()
    grounds = "$3.94 a day at the present rate, from the last 182 days."
    dock = TrendsDock()
    shown(dock, qtbot, replace(report, forecast=replace(report.forecast, sentence=grounds)))
    assert any(grounds[:20] in text for text in texts(dock))
    dock.show_report(replace(report, forecast=replace(report.forecast, sentence="")))
    assert not any(grounds[:20] in text for text in texts(dock))


def test_that_an_hour_of_the_week_opens_its_calls(qtbot: QtBot) -> None:
    dock = ActivityDock()
    asked = shown(dock, qtbot, an_active_report())
    dock._week.opened.emit(3, 14)
    dock._hours.table.row_opened.emit(0)
    dock._unusual.table.row_opened.emit(1)
    first = cast("HourCell", dock._hours.model.row_at(0))
    assert asked.requests == [
        OpenCalls(hour=14, weekday=3),
        OpenCalls(hour=first.hour, weekday=first.weekday),
        OpenCalls(day_start="2026-11-09", day_end="2026-11-09", hour=14),
    ]


def test_that_calls_are_measured_first_where_nothing_has_a_price(qtbot: QtBot) -> None:
    report = an_active_report()
    unpriced = replace(
        report,
        totals=Figures(calls=40, unpriced_calls=40, input_tokens=9),
        history_months=(),
    )
    for dock, other in ((ActivityDock(), "tokens"), (TrendsDock(), "tokens")):
        shown(dock, qtbot, unpriced)
        assert dock._measures.measure == "calls"
        dock._measures.setCurrentIndex(dock._measures.findData(other))
        dock._measures.activated.emit(2)
        dock.show_report(unpriced)
        assert dock._measures.measure == other
        dock.show_report(report)
        assert dock._measures.measure == other


def test_that_what_no_model_knows_has_no_column(qtbot: QtBot) -> None:
    dock = ModelsDock()
    spending = a_spending()
    shown(dock, qtbot, builders.a_report(spending=spending))
    keys = {column.key for column in dock._models.model.columns}
    assert {"p50", "errors", "hit"} <= keys
    bare = replace(
        spending,
        models=tuple(
            ModelUse(replace(one.performance, p50_duration_ms=None), None)
            for one in spending.models
        ),
    )
    dock.show_report(builders.a_report(spending=bare))
    left = {column.key for column in dock._models.model.columns}
    assert keys - left == {"p50", "hit", "saved"}


def test_that_hours_and_days_without_a_price_have_no_cost(qtbot: QtBot) -> None:
    dock = ActivityDock()
    cost = replace(
        an_activity(),
        unpriced_days=frozenset({"2026-11-03"}),
        unpriced_hours=frozenset({(2, 5)}),
    )
    shown(dock, qtbot, builders.a_report(activity=(cost,)))
    hours, days = (
        [cell.words for row in heat._data.rows for cell in row if cell is not None]
        for heat in (dock._week, dock._calendar)
    )
    assert "Wed 05:00–06:00, —" in hours
    assert "Thu 05:00–06:00, $0.00 (0.0%)" in hours
    assert "Tue 3 Nov: —" in days
    assert "Wed 4 Nov: $4.00" in days

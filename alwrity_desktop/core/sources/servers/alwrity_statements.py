"""What an ALwrity server claims of usage, as statements: usage, dashboard, trends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec

from alwrity_desktop.core.domain.server import ServerStanding
from alwrity_desktop.core.domain.statements import ALL_TIME, Statement, StatementKind
from alwrity_desktop.core.sources.servers.alwrity_providers import canonical
from alwrity_desktop.core.sources.servers.alwrity_shapes import (
    Columns,
    Dashboard,
    PeriodRow,
    ProviderFigures,
    Trends,
    UsageStats,
)
from alwrity_desktop.core.sources.servers.fields import (
    PERIOD_KEY,
    Place,
    Troubles,
    count,
    number,
    pico,
    read,
    read_rows,
)

USAGE: Final = "usage"
DASHBOARD: Final = "dashboard"
SUMMARY: Final = "summary"
TRENDS: Final = "trends"

MAX_PERCENT: Final = 1_000_000_000

_CALLS: Final = "_calls"


class Figures(msgspec.Struct, frozen=True):
    """What a statement says; None for what it does not say."""

    calls: int | None = None
    tokens: int | None = None
    cost_pico: int | None = None

    @property
    def is_said(self) -> bool:
        """Whether there is anything at all."""
        return any(each is not None for each in (self.calls, self.tokens, self.cost_pico))

    @property
    def is_use(self) -> bool:
        """Whether anything was used."""
        return bool(self.calls or self.tokens or self.cost_pico)


class Witness(msgspec.Struct, frozen=True):
    """Writes down what one account's server says."""

    account: str
    now_ms: int
    troubles: Troubles

    def statement(
        self, origin: str, kind: StatementKind, period: str, figures: Figures, key: str = ""
    ) -> Statement:
        """Return one claim, said now."""
        return Statement(
            account=self.account,
            origin=origin,
            kind=kind,
            period=period,
            key=key,
            calls=figures.calls,
            tokens=figures.tokens,
            cost_pico=figures.cost_pico,
            said_at_ms=self.now_ms,
            confirmed_at_ms=self.now_ms,
        )

    def usage(self, stats: UsageStats, origin: str, period: str) -> Iterator[Statement]:
        """Yield the claims of one period: its total, its providers, and the periods before."""
        total = Figures(stats.total_calls, stats.total_tokens, stats.total_cost)
        if total.is_said:
            yield self.statement(origin, StatementKind.TOTAL, period, total)
        yield from self.breakdown(stats, origin, period)
        for row in stats.historical_breakdown or ():
            yield from self._period(row, origin)

    def breakdown(self, stats: UsageStats, origin: str, period: str) -> Iterator[Statement]:
        """Yield what one period's usage says of each provider."""
        place = Place(origin, self.troubles)
        found: dict[str, Figures] = {}
        for name, value in (stats.provider_breakdown or {}).items():
            if not isinstance(value, dict):
                self.troubles.lost(origin, "provider_breakdown")
                continue
            row = read(ProviderFigures, value, place)
            found.setdefault(canonical(name), Figures(row.calls, row.tokens, row.cost))
        for provider, figures in found.items():
            if figures.is_said:
                yield self.statement(origin, StatementKind.PROVIDER, period, figures, provider)

    def dashboard(self, board: Dashboard, key: str) -> Iterator[Statement]:
        """Yield the claims of a dashboard whose present billing period is *key*."""
        if board.total_usage is not None:
            yield from self.usage(board.total_usage, USAGE, ALL_TIME)
        current = board.current_period_usage or board.current_usage
        if current is not None:
            yield from self.usage(current, DASHBOARD, key)
        if board.summary is not None:
            calls = board.summary.total_api_calls_this_month
            figures = Figures(calls, None, board.summary.total_cost_this_month)
            if figures.is_said:
                yield self.statement(SUMMARY, StatementKind.TOTAL, key, figures)

    def standing(self, board: Dashboard, key: str) -> ServerStanding | None:
        """Return how the server says that the limits stand in its present period *key*."""
        current = board.current_period_usage or board.current_usage
        if current is None:
            return None
        found = {}
        for name, value in (current.usage_percentages or board.usage_percentages or {}).items():
            about, unit, _ = name.partition(_CALLS)
            try:
                percent = number(value)
            except ValueError:
                percent = None
            if percent is None or not 0 <= percent <= MAX_PERCENT:
                self.troubles.lost(DASHBOARD, "usage_percentages")
            else:
                found[f"{canonical(about)}{unit}"] = f"{percent:f}"
        return ServerStanding(key, current.usage_status or "", tuple(found.items()))

    def trends(self, data: object) -> list[Statement]:
        """Return the claims of trends, be they rows or columns. Raises BrokenAnswerError.

        A period that comes twice is one. A provider without use is left out of periods in
        which nothing at all was used.
        """
        place = Place(TRENDS, self.troubles)
        if isinstance(data, list):
            rows = read_rows(PeriodRow, data, place)
            return self._unique(statement for row in rows for statement in self._period(row))
        columns = read(Trends, data, place)
        periods = columns.periods or []
        if any(isinstance(period, dict) for period in periods):
            rows = read_rows(PeriodRow, periods, place)
            return self._unique(statement for row in rows for statement in self._period(row))
        return self._unique(self._columns(columns, periods, place))

    def _unique(self, statements: Iterator[Statement]) -> list[Statement]:
        return list({statement.name: statement for statement in statements}.values())

    def _period(self, row: PeriodRow, origin: str = TRENDS) -> Iterator[Statement]:
        key = row.billing_period or row.period
        figures = Figures(
            row.total_calls if row.total_calls is not None else row.calls,
            row.total_tokens if row.total_tokens is not None else row.tokens,
            row.total_cost if row.total_cost is not None else row.cost,
        )
        if key is not None and figures.is_said:
            yield self.statement(origin, StatementKind.TOTAL, key, figures)

    def _columns(self, trends: Trends, periods: list[object], place: Place) -> Iterator[Statement]:
        totals = (trends.total_calls, trends.total_tokens, trends.total_cost)
        providers = self._providers(trends.provider_trends or {}, place)
        for index, period in enumerate(periods):
            if not isinstance(period, str) or not PERIOD_KEY.fullmatch(period):
                self.troubles.lost(TRENDS, "periods")
                continue
            total = self._cells(totals, index)
            if total.is_said:
                yield self.statement(TRENDS, StatementKind.TOTAL, period, total)
            for provider, columns in providers.items():
                figures = self._cells(columns, index)
                if figures.is_said and (figures.is_use or total.is_use):
                    kind = StatementKind.PROVIDER
                    yield self.statement(TRENDS, kind, period, figures, provider)

    def _providers(
        self, raw: Mapping[str, object], place: Place
    ) -> dict[str, tuple[list[object] | None, ...]]:
        found: dict[str, tuple[list[object] | None, ...]] = {}
        for name, value in raw.items():
            if isinstance(value, dict):
                columns = read(Columns, value, place)
                given = (columns.calls, columns.tokens, columns.cost)
                found.setdefault(canonical(name), given)
            else:
                self.troubles.lost(TRENDS, "provider_trends")
        return found

    def _cells(self, columns: tuple[list[object] | None, ...], index: int) -> Figures:
        calls, tokens, cost = columns
        return Figures(
            self._cell(calls, index, count, "calls"),
            self._cell(tokens, index, count, "tokens"),
            self._cell(cost, index, pico, "cost"),
        )

    def _cell(
        self, column: list[object] | None, index: int, parse: Callable[[object], int], name: str
    ) -> int | None:
        if column is None or index >= len(column) or column[index] is None:
            return None
        try:
            return parse(column[index])
        except ValueError:
            self.troubles.lost(TRENDS, name)
            return None

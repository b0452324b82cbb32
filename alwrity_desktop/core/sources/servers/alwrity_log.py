"""Reading usage-logs: all rows at first, later the newest until one is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from alwrity_desktop.core.domain.errors import BrokenAnswerError
from alwrity_desktop.core.domain.server import ServerPrice
from alwrity_desktop.core.domain.statements import Statement
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources.servers.alwrity_providers import BEHIND_GATEWAY, Categories
from alwrity_desktop.core.sources.servers.alwrity_rows import (
    Owner,
    call_of,
    identity_of,
    is_merged,
    merged_of,
)
from alwrity_desktop.core.sources.servers.alwrity_shapes import LogPage, LogRow
from alwrity_desktop.core.sources.servers.base import KnownRows
from alwrity_desktop.core.sources.servers.fields import Place, Troubles, read
from alwrity_desktop.core.sources.servers.questions import Questions

ABILITY: Final = "usage_logs"
PATH: Final = "/api/subscription/usage-logs"
ALL_ROWS: Final = 5000
"""The largest page; today's server keeps no more rows than that."""

NEW_ROWS: Final = 200
MAX_PAGES: Final = 200


class LogReader:
    """The rows of one account: calls, and what the server merged."""

    def __init__(
        self, questions: Questions, owner: Owner, known: KnownRows, troubles: Troubles
    ) -> None:
        self._questions = questions
        self._owner = owner
        self._known = known
        self._troubles = troubles
        #: Whether every row that the server lists was read.
        self.is_whole = False
        self.calls: list[Call] = []
        self.merged: list[Statement] = []

    def read(self, prices: Iterable[ServerPrice]) -> None:
        """Read the rows that are new; *prices* tell the providers of rows that do not."""
        rows = self._rows()
        categories = Categories(prices)
        self._tell_merged(rows, categories)
        if any(self._is_puzzle(row, categories) for row in rows):
            self._ask_by_provider(rows, categories)
        for row in rows:
            if is_merged(row):
                statement = merged_of(row, self._owner, categories, self._troubles)
                if statement is not None:
                    self.merged.append(statement)
            elif not (self._known.is_complete and self._is_known(row)):
                call = call_of(row, self._owner, categories, self._troubles)
                if call is not None:
                    self.calls.append(call)

    def _rows(self) -> list[LogRow]:
        """Return the rows, each once: the list moves while it is read page by page."""
        limit = NEW_ROWS if self._known.is_complete else ALL_ROWS
        found: dict[tuple[str | None, str | None], LogRow] = {}
        offset = 0
        for _ in range(MAX_PAGES):
            params = {"limit": limit, "offset": offset}
            page = self._questions.piece(ABILITY, PATH, _page, params)
            if page is None:
                break
            rows = page.logs or ()
            before = len(found)
            found |= {(row.id, row.timestamp): row for row in rows}
            if self._known.is_complete and any(self._is_known(row) for row in rows):
                break
            has_more = len(rows) >= limit if page.has_more is None else page.has_more
            if not has_more:
                self._end(len(found), page.total_count)
                break
            if len(found) == before:
                self._troubles.say("The server's list of calls has no end: it repeats itself.")
                break
            offset += len(rows)
        return list(found.values())

    def _end(self, read: int, listed: int | None) -> None:
        """Note whether the rows that were *read* are all that the server says it has."""
        self.is_whole = listed is None or read >= listed
        if not self.is_whole:
            self._troubles.say(f"The server has {listed:,} rows of calls and listed {read:,}.")

    def _is_known(self, row: LogRow) -> bool:
        return identity_of(row, self._owner) in self._known.newest

    def _tell_merged(self, rows: Iterable[LogRow], categories: Categories) -> None:
        """Take the providers of merged rows from what was found out about them before."""
        known = {(each.key, each.occurred_at_ms): each.label for each in self._known.merged}
        quiet = Troubles()
        for row in rows:
            statement = merged_of(row, self._owner, categories, quiet) if is_merged(row) else None
            label = known.get((statement.key, statement.occurred_at_ms)) if statement else None
            if label:
                categories.tell(row, label)

    def _is_puzzle(self, row: LogRow, categories: Categories) -> bool:
        return not self._is_known(row) and not categories.of(row)[1]

    def _ask_by_provider(self, rows: Iterable[LogRow], categories: Categories) -> None:
        """Ask for the rows of each provider that hides behind another's name.

        A row that comes for two of them shows that the server does not obey: it told nothing.
        """
        told: dict[tuple[str | None, str | None], set[str]] = {}
        for provider in BEHIND_GATEWAY:
            params: dict[str, str | int] = {"provider": provider, "limit": ALL_ROWS}
            page = self._questions.piece(
                "usage_logs_by_provider", PATH, _page, params, is_expected=False
            )
            for row in page.logs or () if page else ():
                told.setdefault((row.id, row.timestamp), set()).add(provider)
        if all(len(providers) == 1 for providers in told.values()):
            for row in rows:
                for provider in told.get((row.id, row.timestamp), ()):
                    categories.tell(row, provider)


def _page(data: object, place: Place) -> LogPage:
    page = read(LogPage, data, place)
    if page.logs is None:
        message = "The server has no data about the calls."
        raise BrokenAnswerError(message)
    return page

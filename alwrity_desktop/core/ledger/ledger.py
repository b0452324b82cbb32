"""The ledger: every call that was used, once, with its price; one file, many readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alwrity_desktop.core.call_sheets import Book
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.budgets import Budget
from alwrity_desktop.core.domain.errors import NotFoundError, PersonError
from alwrity_desktop.core.domain.forecast_risks import Watched
from alwrity_desktop.core.domain.live import Minute
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.report import CallPage, CallQuery, CallRow
from alwrity_desktop.core.domain.repricing import Progress, RepriceQuestion, Repricing, unwatched
from alwrity_desktop.core.domain.server import ServerView
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.domain.tip_states import KeptTip
from alwrity_desktop.core.ledger import (
    alerting,
    budget_rows,
    cursors,
    forecast_alerts,
    listing,
    maintenance,
    price_rows,
    repricing_rows,
    server_alert_rows,
    server_booking,
    server_rows,
    tip_rows,
)
from alwrity_desktop.core.ledger.batches import Batch, BatchResult
from alwrity_desktop.core.ledger.engine import open_file, reading, sentences, writing
from alwrity_desktop.core.ledger.intake import Intake
from alwrity_desktop.core.ledger.migrate import prepare
from alwrity_desktop.core.ledger.repeated_calls import answer_repeats
from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot
from alwrity_desktop.core.ledger.writing import book_batch
from alwrity_desktop.core.log_reading import LogCursor, RejectedLines
from alwrity_desktop.core.sources.servers.base import KnownRows


class Ledger:
    """The one way to the ledger file at *path*, for any thread; writers wait for one another.

    Raises LedgerUnavailableError, with the sentence for the person, from every method.
    """

    def __init__(self, path: Path) -> None:
        """Open the ledger at *path*, making or migrating it first."""
        self.path = path
        self._file = open_file(path)
        prepare(self._file)
        #: The driver's own connection.
        self._watch: Any = None

    def record(self, batch: Batch, book: Book, intake: Intake | None = None) -> BatchResult:
        """Book *batch* in one commit; when this returns it is on the disk.

        *intake* holds the calls of the batch's readings when they were taken in before.
        """
        with writing(self._file) as connection:
            if batch.account:
                return server_booking.book(connection, batch, book, intake)
            result = book_batch(connection, batch, book, intake)
            return answer_repeats(connection, batch, result)

    def cursors(self, source: str) -> dict[str, LogCursor]:
        """Return how far each log of *source* was read, by path."""
        with reading(self._file) as connection:
            return {cursor.path: cursor for cursor in cursors.load(connection, source)}

    def has_calls(self) -> bool:
        """Return whether anything was booked yet."""
        with reading(self._file) as connection:
            return connection.execute("SELECT 1 FROM calls LIMIT 1").first() is not None

    def is_unread(self, source: str) -> bool:
        """Return whether no log of *source* was read yet."""
        with reading(self._file) as connection:
            return cursors.is_unread(connection, source)

    def note_read(self, source: str, now_ms: int) -> None:
        """Note that *source* was read and had nothing new."""
        with writing(self._file) as connection:
            cursors.note_read(connection, source, now_ms)

    def keep_refused(
        self,
        door: str,
        path: str,
        refused: Sequence[RejectedLines],
        now_ms: int,
        *,
        is_anew: bool,
    ) -> None:
        """Keep what *door* refused of *path*, which is no log.

        It adds to what was refused of it before, or replaces that where it was read *is_anew*.
        """
        with writing(self._file) as connection:
            cursors.keep_refused(connection, door, path, refused, now_ms, is_anew=is_anew)

    @contextmanager
    def snapshot(self) -> Iterator[LedgerSnapshot]:
        """Yield one unchanging state of the ledger to read sums from."""
        with reading(self._file) as connection:
            yield LedgerSnapshot(connection)

    def known_rows(self, account: str) -> KnownRows:
        """Return what is held of a server's *account*: how far a pull has to go back."""
        with reading(self._file) as connection:
            return server_rows.known_rows(connection, account)

    def server_view(self, account: str) -> ServerView:
        """Return what is known of the server of *account*; nothing before its first sync."""
        with reading(self._file) as connection:
            return server_rows.view(connection, account) or ServerView()

    def note_sync(self, account: str, at_ms: int, state: str, trouble: str = "") -> None:
        """Note how a sync of *account* ended: "ok", "auth", "offline" or "error", and why."""
        with writing(self._file) as connection:
            server_rows.note_sync(connection, account, at_ms, state, trouble)

    def unread_to_carry(self, account: str) -> tuple[str, ...]:
        """Return the server's ids of the alerts that were read here and not there."""
        with reading(self._file) as connection:
            return server_alert_rows.unread_to_carry(connection, account)

    def confirm_carried(self, account: str, ids: Sequence[str]) -> None:
        """Note that the server has these alerts as read."""
        with writing(self._file) as connection:
            server_alert_rows.confirm_carried(connection, account, ids)

    def page(self, account: str | Scope, query: CallQuery) -> CallPage:
        """Return the page of calls that answers *query*."""
        with reading(self._file) as connection:
            return listing.page(connection, account, query)

    def call(self, account: str | Scope, call_id: int) -> CallRow:
        """Return one call. Raises NotFoundError."""
        with reading(self._file) as connection:
            found = listing.one(connection, account, call_id)
        if found is None:
            raise NotFoundError(f"There is no call {call_id}.")
        return found

    def calls(
        self, account: str | Scope, start_ms: int, end_ms: int, billing_period: str = ""
    ) -> Iterator[CallRow]:
        """Yield every call of a span, oldest first; of a billing period wherever they lie."""
        query = CallQuery(start_ms, end_ms, billing_period=billing_period)
        with reading(self._file) as connection:
            yield from listing.all_rows(connection, account, query)

    def per_minute(self, account: str | Scope, now_ms: int) -> list[Minute]:
        """Return the sums of each minute of the last hour in which there were calls."""
        with reading(self._file) as connection:
            return listing.per_minute(connection, account, now_ms)

    def budgets(self, account: str) -> tuple[Budget, ...]:
        """Return the budgets of *account*."""
        with reading(self._file) as connection:
            return tuple(budget for budget, _ in budget_rows.load(connection, account))

    def set_budget(
        self, budget: Budget, now_ms: int, timezone: str, week_starts: str
    ) -> tuple[Budget, tuple[Alert, ...]]:
        """Keep *budget*; return it with the alerts that it is due at once."""
        with writing(self._file) as connection:
            saved = budget_rows.save(connection, budget, now_ms)
            alerts = alerting.check_budget(connection, saved, now_ms, timezone, week_starts)
            return saved, tuple(alerts)

    def remove_budget(self, account: str, budget_id: int) -> None:
        """Remove a budget; its alerts stay. Raises NotFoundError."""
        with writing(self._file) as connection:
            budget_rows.remove(connection, account, budget_id)

    def mark_alerts_read(self, account: str, ids: Sequence[int] | None, now_ms: int) -> int:
        """Mark alerts read, all for None; return how many changed. Raises NotFoundError."""
        with writing(self._file) as connection:
            known = alerting.existing(connection, account, ids or ())
            unknown = sorted(set(ids or ()) - known)
            if unknown:
                raise NotFoundError(f"There is no alert {unknown[0]}.")
            return alerting.mark_read(connection, account, ids, now_ms)

    def waiting_notifications(self, account: str, now_ms: int) -> tuple[Alert, ...]:
        """Return the alerts that wait to be shown."""
        with reading(self._file) as connection:
            return tuple(alerting.waiting(connection, account, now_ms))

    def warn_ahead(
        self, account: str, watched: Sequence[Watched], now_ms: int
    ) -> tuple[Alert, ...]:
        """Raise the alerts about limits that will be reached; write nothing where none is due."""
        with reading(self._file) as connection:
            is_due = forecast_alerts.is_due(connection, watched)
        if not is_due:
            return ()
        with writing(self._file) as connection:
            return tuple(forecast_alerts.warn(connection, account, watched, now_ms))

    def confirm_notifications(self, account: str, ids: Sequence[int]) -> None:
        """Note that these alerts were shown."""
        with writing(self._file) as connection:
            alerting.confirm(connection, account, ids)

    def price_overrides(self) -> tuple[PriceOverride, ...]:
        """Return the person's own prices."""
        with reading(self._file) as connection:
            return tuple(price_rows.load(connection))

    def set_price(self, override: PriceOverride, now_ms: int) -> None:
        """Keep a price of the person's own; calls booked from now on use it."""
        with writing(self._file) as connection:
            price_rows.save(connection, override, now_ms)

    def reprice(
        self,
        question: RepriceQuestion,
        book: PriceBook,
        door: Batch,
        *,
        is_trial: bool,
        tried: Repricing | None = None,
        progress: Progress = unwatched,
    ) -> Repricing:
        """Price past calls anew in one commit; a trial says what would change.

        *door* is an empty batch that says when, and how budgets' periods are cut. Where
        *tried* is given, nothing but that is done: PersonError where it would be something else.
        """
        with (reading if is_trial else writing)(self._file) as connection:
            result, calls = repricing_rows.reprice(
                connection, question, book, door.now_ms, is_trial=is_trial, progress=progress
            )
            if tried is not None and result.models != tried.models:
                raise PersonError("Calls or prices have changed since then. Look once more.")
            if calls:
                alerting.cross_thresholds(connection, door, calls)
            return result

    def undo_repricing(
        self,
        account: str,
        door: Batch,
        revision_id: int | None = None,
        progress: Progress = unwatched,
    ) -> Repricing:
        """Take the newest revision of prices back. Raises NotFoundError without any.

        Where *revision_id* is given and is not the newest, raises PersonError.
        """
        with writing(self._file) as connection:
            result, calls = repricing_rows.undo(connection, account, door.now_ms, progress)
            if revision_id not in {None, result.undoes_id}:
                raise PersonError("Prices were applied once more since then. Look at what is new.")
            alerting.cross_thresholds(connection, door, calls)
            return result

    def models(self, account: str) -> list[tuple[str, str]]:
        """Return the provider and the model of every call of *account*, in their order."""
        with reading(self._file) as connection:
            return repricing_rows.models(connection, account)

    def price_revisions(self, account: str) -> list[Repricing]:
        """Return what was done to the prices of past calls, newest first."""
        with reading(self._file) as connection:
            return repricing_rows.revisions(connection, account)

    def keep_tip(self, kept: KeptTip) -> None:
        """Keep what was said of a tip."""
        with writing(self._file) as connection:
            tip_rows.save(connection, kept)

    def forget_tip(self, account: str, tip_id: str) -> bool:
        """Forget what was said of a tip; return whether anything was."""
        with writing(self._file) as connection:
            return tip_rows.forget(connection, account, tip_id)

    def data_version(self) -> int:
        """Return a number that changes whenever any program has committed something.

        For one thread only: SQLite counts the commits of others, as one connection sees them,
        outside any transaction so that the connection holds no old state open.
        """
        with sentences(self.path):
            if self._watch is None:
                self._watch = self._file.open()
            return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def rollup_differences(self) -> int:
        """Return in how many rows the rollups differ from the calls; 0 is right."""
        with reading(self._file) as connection:
            return maintenance.rollup_differences(connection)

    def damage(self) -> str | None:
        """Return what SQLite finds wrong with the file, or None."""
        with reading(self._file) as connection:
            return maintenance.damage(connection)

    def backup(self, path: Path) -> None:
        """Copy the ledger to *path* and verify the copy."""
        maintenance.backup(self._file, path)

    def close(self) -> None:
        """Close all connections."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        self._file.close()

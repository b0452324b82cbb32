"""One sync of one account: what waits is carried there, what is new is brought and booked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec

from alwrity_desktop.core import program_log
from alwrity_desktop.core.account_connections import Connection, Connections, Talk
from alwrity_desktop.core.accounts import SyncResult
from alwrity_desktop.core.domain.errors import (
    AlwrityError,
    AskingError,
    AskingStoppedError,
    AuthRefusedError,
    RateLimitedError,
    UnreachableError,
)
from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.sources.servers.base import USAGE, Pull
from alwrity_desktop.core.sources.servers.registry import server_source

if TYPE_CHECKING:
    from alwrity_desktop.core.desk_core import DeskCore
    from alwrity_desktop.core.ledger.batches import BatchResult


class OwnFaultError(AskingError):
    """A bug of ours: the figures stay as they were."""


FIRST_DEADLINE_S: Final = 300.0
DEADLINE_S: Final = 60.0
"""How long one sync may take; the first one brings the whole history."""

MARKS_AT_ONCE: Final = 6
"""Each alert that was read is a question of its own; a poll stays small."""

STATE_OF_ERROR: Final[tuple[tuple[type[AlwrityError], str], ...]] = (
    (AuthRefusedError, "auth"),
    (UnreachableError, "offline"),
)


class Errand(msgspec.Struct, frozen=True):
    """What is asked of one account."""

    connection: Connection
    parts: frozenset[str]
    is_cancelled: Callable[[], bool]
    #: Whether the person asked: then a server that failed is tried at once.
    is_hastened: bool


def sync_account(core: DeskCore, connections: Connections, errand: Errand) -> SyncResult:
    """Sync one account and return what came of it; never raises for what a server does."""
    connection = errand.connection
    elapsed_s = connections.network.pauses.elapsed_s
    began_s, before = elapsed_s(), connection.asker.requests
    pull, booked, error = Pull(), None, None
    with connection.lock:
        try:
            pull, booked = _bring(core, connections, errand)
        except AlwrityError as caught:
            error = caught
        except Exception as bug:  # noqa: BLE001 - our bug in one account must not cost the others
            program_log.start(core.profile.log).error("A sync failed.", exc_info=bug)
            error = OwnFaultError(
                f"Something went wrong that is this program's own fault. {core.profile.log} "
                "has the details."
            )
        is_refused = isinstance(error, AuthRefusedError)
        connection.note(is_refused=is_refused, now_s=elapsed_s())
        _note(core, connection.account.name, error, pull)
    return SyncResult(
        name=connection.account.name,
        is_ok=error is None,
        calls_added=0 if booked is None else booked.added,
        statements=0 if booked is None else booked.statements,
        error=None if error is None else str(error),
        seconds=elapsed_s() - began_s,
        requests=connection.asker.requests - before,
        state=state_of(error),
        troubles=pull.troubles,
        retry_after_ms=_retry_after_ms(core, error),
    )


def state_of(error: AlwrityError | None) -> str:
    """Return how an account stands after *error*."""
    if error is None:
        return "ok"
    return next((state for kind, state in STATE_OF_ERROR if isinstance(error, kind)), "error")


def _bring(core: DeskCore, connections: Connections, errand: Errand) -> tuple[Pull, BatchResult]:
    connection, account = errand.connection, errand.connection.account
    connections.renew(connection)
    if errand.is_hastened or connection.is_trial_due(connections.network.pauses.elapsed_s()):
        connection.asker.allow_trial()
    ledger = core.ledger(account.name)
    is_first = ledger.server_view(account.name).last_sync_ms is None
    if is_first:
        connection.asker.allow_burst()
    deadline_s = FIRST_DEADLINE_S if is_first else DEADLINE_S
    talk = connections.talk(connection, deadline_s, errand.is_cancelled)
    source = server_source(account.kind)
    known = ledger.known_rows(account.name)
    pull = source.pull(talk, account.name, account.user, known, errand.parts, core.clock.now_ms())
    booked = ledger.record(_batch(core, account.name, account.kind, pull), core.price_book())
    if USAGE in errand.parts:
        carry_marks(core, talk, None if errand.is_hastened else MARKS_AT_ONCE)
    return pull, booked


def carry_marks(core: DeskCore, talk: Talk, most: int | None) -> None:
    """Tell the server which of its alerts were read here: *most* of them, or all for None.

    What it does not take now is carried by a later sync.
    """
    account = talk.connection.account
    ledger = core.ledger(account.name)
    waiting = ledger.unread_to_carry(account.name)[:most]
    if not waiting:
        return
    if most is None:
        talk.connection.asker.allow_burst()
    source, taken = server_source(account.kind), list[str]()
    with contextlib.suppress(AskingError):
        for one in waiting:
            taken += source.mark_read(talk, (one,))
    ledger.confirm_carried(account.name, taken)


def _batch(core: DeskCore, name: str, door: str, pull: Pull) -> Batch:
    return Batch(
        door=door,
        account=name,
        now_ms=core.clock.now_ms(),
        timezone=core.timezone(),
        week_starts=core.settings.week_starts,
        calls=pull.calls,
        # A row is what it was when the server first listed it.
        is_corrected_by_copies=False,
        statements=pull.statements,
        facts=pull.facts,
        server_alerts=pull.alerts,
        is_whole=pull.is_complete,
    )


def _note(core: DeskCore, name: str, error: AlwrityError | None, pull: Pull) -> None:
    is_told = error is None or isinstance(error, AskingError)
    if not is_told or isinstance(error, AskingStoppedError):
        # The ledger itself is in trouble, or nobody wanted to know any more.
        return
    trouble = " ".join(pull.troubles) if error is None else str(error)
    core.ledger(name).note_sync(name, core.clock.now_ms(), state_of(error), trouble)


def _retry_after_ms(core: DeskCore, error: AlwrityError | None) -> int | None:
    if isinstance(error, RateLimitedError):
        return max(0, error.until_ms - core.clock.now_ms())
    if isinstance(error, UnreachableError) and error.next_try_ms is not None:
        return max(0, error.next_try_ms - core.clock.now_ms())
    return None

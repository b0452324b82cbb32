"""What is brought to the ledger in one commit, and what the ledger answers."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.server import ServerAlert, ServerFacts
from alwrity_desktop.core.domain.statements import Statement
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.log_reading import LogReading


class Batch(msgspec.Struct, frozen=True):
    """Calls that are booked in one commit, together with how far their logs were read."""

    #: The source, or the door such as "record".
    door: str
    now_ms: int
    #: Zone in which the budgets' periods are cut.
    timezone: str
    week_starts: str = "monday"
    readings: Sequence[LogReading] = ()
    #: Calls that came by another door than a log.
    calls: Sequence[Call] = ()
    #: True while logs of a source are read for the first time: old calls then notify nobody.
    is_first_read: bool = False
    #: True when a better copy of a known call replaces its figures (logs); else the first
    #: figures stay and the difference is reported.
    is_corrected_by_copies: bool = True
    #: The server's account that the rest is about; "" for calls that no server brought.
    account: str = ""
    statements: Sequence[Statement] = ()
    #: Only the fields that were learnt; the others keep what is known.
    facts: ServerFacts = msgspec.field(default_factory=ServerFacts)
    server_alerts: Sequence[ServerAlert] = ()
    #: True when the calls are all rows that the server lists, and the statements name all the
    #: rows that it merged: only then can be told what was merged before it was ever read.
    is_whole: bool = False


class Booked(msgspec.Struct, frozen=True):
    """How one call was booked."""

    identity: str
    cost_pico: int | None
    price_status: str
    price_origin: str | None
    is_new: bool
    #: True when a known identity came with other figures and they were not taken.
    is_different: bool = False


class BatchResult(msgspec.Struct, frozen=True):
    """What a commit did."""

    added: int = 0
    merged: int = 0
    corrected: int = 0
    alerts: tuple[Alert, ...] = ()
    #: Only for the calls of the batch itself, not for those of its readings.
    booked: tuple[Booked, ...] = msgspec.field(default=())
    #: Statements that are new or say other figures than before.
    statements: int = 0

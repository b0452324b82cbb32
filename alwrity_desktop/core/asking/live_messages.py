"""What a live message says: its type, its place in the row, and when it asks for a fetch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias, cast

import msgspec

from alwrity_desktop.core.asking.answers import JsonValue, UnreadableBodyError, read_body

LiveType: TypeAlias = Literal["usage", "health", "alert", "projection", "resync"]

TYPES: Final = frozenset({"usage", "health", "alert", "projection", "resync"})
RESYNC: Final = "resync"
#: Fields of which a bare UsageStats object has at least one, and no message of another kind.
_OF_USAGE: Final = frozenset({"total_calls", "total_cost", "provider_breakdown"})


class LiveMessage(msgspec.Struct, frozen=True):
    """One hint of the server. What is true is in the next fetch."""

    #: "resync" asks for one ordinary fetch of everything.
    type: LiveType
    seq: int | None = None
    #: When the server said it, UTC milliseconds; None when it does not say.
    at_ms: int | None = None
    data: Mapping[str, JsonValue] = msgspec.field(default_factory=dict)


class LiveReader:
    """Reads the messages of one connection in their order."""

    def __init__(self) -> None:
        self._seq: int | None = None

    def read(self, raw: str | bytes) -> LiveMessage | None:
        """Return what a message says; None for a repetition, or for news of no known kind.

        A gap, a type that is not known and has no place in the row, and what cannot be read
        at all are each a "resync".
        """
        message = _parsed(raw)
        seq = message.get("seq")
        if not isinstance(seq, int) or isinstance(seq, bool):
            return _typed(message, None) or LiveMessage(RESYNC)
        last, self._seq = self._seq, max(seq, self._seq or seq)
        if last is not None and seq <= last:
            return None
        if last is not None and seq > last + 1:
            return LiveMessage(RESYNC, seq, _moment_ms(message.get("at")))
        return _typed(message, seq)


def _parsed(raw: str | bytes) -> dict[str, JsonValue]:
    try:
        value = read_body(raw.encode("utf-8", "replace") if isinstance(raw, str) else raw)
    except UnreadableBodyError:
        return {}
    return value if isinstance(value, dict) else {}


def _typed(message: dict[str, JsonValue], seq: int | None) -> LiveMessage | None:
    kind = message.get("type")
    data = message.get("data")
    if isinstance(kind, str) and kind in TYPES:
        inner = data if isinstance(data, dict) else {}
        return LiveMessage(cast("LiveType", kind), seq, _moment_ms(message.get("at")), inner)
    if kind is None and _OF_USAGE & message.keys():
        return LiveMessage("usage", seq, None, message)
    return None


def _moment_ms(value: JsonValue) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None

"""A call that a script tells: checked field by field, then made into a call with one identity."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec

from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.domain.key_names import MAX_KEY_NAME, is_key_itself
from alwrity_desktop.core.domain.periods import LAST_YEAR
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL, Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from alwrity_desktop.core.keyed_hash import KeyedHash

SOURCE: Final = "record"
MAX_UNITS: Final = 1_000_000
"""More requests, images or pages than this in one call are not believed."""

MAX_TEXT: Final = 200
MAX_DURATION_MS: Final = 1_000_000_000
MAX_REQUEST_KEY: Final = 1_000_000
"""Characters of a request: only its hash is kept, however long it is."""

_MAX_AHEAD: Final = timedelta(minutes=5)
_EARLIEST: Final = datetime(2015, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(LAST_YEAR, 12, 31, tzinfo=UTC)

#: No control characters, no marks that turn the direction of text, no half characters.
_PLAIN: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]*\Z"

_Tokens = Annotated[int, msgspec.Meta(ge=0, le=MAX_TOKENS_PER_CALL)]
_Units = Annotated[int, msgspec.Meta(ge=0, le=MAX_UNITS)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT, pattern=_PLAIN)]
_Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT, pattern=_PLAIN)]
_Duration = Annotated[int, msgspec.Meta(ge=0, le=MAX_DURATION_MS)]
_KeyName = Annotated[str, msgspec.Meta(max_length=MAX_KEY_NAME, pattern=_PLAIN)]
_RequestKey = Annotated[str, msgspec.Meta(max_length=MAX_REQUEST_KEY)]
_StatusCode = Annotated[int, msgspec.Meta(ge=100, le=599)]

_TOKENS_RULE: Final = f"a whole number from 0 to {MAX_TOKENS_PER_CALL:,}"
_UNITS_RULE: Final = f"a whole number from 0 to {MAX_UNITS:,}"
_NAME_RULE: Final = f"a name of 1 to {MAX_TEXT} characters in one line"
_TEXT_RULE: Final = f"text of up to {MAX_TEXT} characters in one line"

RULES: Final = {
    "provider": _NAME_RULE,
    "model": _NAME_RULE,
    "input_tokens": _TOKENS_RULE,
    "output_tokens": _TOKENS_RULE,
    "cache_read_tokens": _TOKENS_RULE,
    "cache_write_tokens": _TOKENS_RULE,
    "requests": _UNITS_RULE,
    "images": _UNITS_RULE,
    "pages": _UNITS_RULE,
    "at": "an ISO time such as 2026-11-20T14:32:00+01:00",
    "id": _NAME_RULE,
    "project": _TEXT_RULE,
    "agent": _TEXT_RULE,
    "conversation": _TEXT_RULE,
    "endpoint": _TEXT_RULE,
    "api_key": f"a name of up to {MAX_KEY_NAME} characters for the key, never the key itself",
    "request_key": "what was asked, or a key for it: kept as a hash, to tell repeated requests",
    "status_code": "a whole number from 100 to 599",
    "duration_ms": f"a whole number of milliseconds from 0 to {MAX_DURATION_MS:,}",
}
"""What each field may be, in words, in the order in which people think of them."""


class EntryError(UsageError):
    """A field of an entry is missing, unknown or out of bounds; the text names it."""

    def __init__(self, name: str, words: str, reason: str = "") -> None:
        super().__init__(f"{name} {words}" if name else words)
        #: What may be kept of it: nothing that stands in the entry.
        self.reason = (reason or str(self)).rstrip(".")
        #: The field, "" when the whole entry is off.
        self.name = name
        #: What is wrong with it: "must be a whole number from …".
        self.words = words


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One call as a script tells it. Cached tokens are not part of the input tokens."""

    provider: _Name
    model: _Name
    input_tokens: _Tokens = 0
    output_tokens: _Tokens = 0
    cache_read_tokens: _Tokens = 0
    cache_write_tokens: _Tokens = 0
    requests: _Units = 0
    images: _Units = 0
    pages: _Units = 0
    at: _Name | None = None
    id: _Name | None = None
    project: _Text = ""
    agent: _Text = ""
    conversation: _Text = ""
    endpoint: _Text = ""
    api_key: _KeyName = ""
    request_key: _RequestKey = ""
    status_code: _StatusCode | None = None
    duration_ms: _Duration | None = None


_decoder: Final = msgspec.json.Decoder(Entry)


def entry_of_json(line: bytes) -> Entry:
    """Return the entry of one JSON line. Raises EntryError without quoting the line."""
    try:
        return _decoder.decode(line)
    except msgspec.ValidationError as error:
        raise _explained(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise EntryError("", "The line is not valid JSON.") from None


def entry_of(values: dict[str, Any]) -> Entry:
    """Return the entry of *values*. Raises EntryError that names the field."""
    try:
        return msgspec.convert(values, Entry)
    except msgspec.ValidationError as error:
        raise _explained(error) from None


def call_of(
    entry: Entry, now_ms: int, timezone: str, hashes: Callable[[], KeyedHash] | None = None
) -> Call:
    """Return *entry* as a call; a time without an offset is in *timezone*.

    The same id gives the same identity, and without one each entry is a call of its own. The
    request is told by *hashes*, which are opened for it. Raises EntryError for a time that is
    none, lies ahead, or is older than such calls are, for none where the clock is not set, and
    for a key where its name belongs.
    """
    if is_key_itself(entry.api_key):
        raise EntryError("api_key", f"must be {RULES['api_key']}.")
    key = entry.id if entry.id is not None else str(uuid.uuid4())
    return Call(
        identity=f"{SOURCE}:{key}",
        occurred_at_ms=_moment_ms(entry.at, now_ms, timezone),
        source=SOURCE,
        provider=entry.provider.strip().lower(),
        model=entry.model.strip(),
        input_tokens=entry.input_tokens,
        output_tokens=entry.output_tokens,
        cache_read_tokens=entry.cache_read_tokens,
        cache_write_5m_tokens=entry.cache_write_tokens,
        requests=entry.requests,
        images=entry.images,
        pages=entry.pages,
        duration_ms=entry.duration_ms,
        status_code=entry.status_code,
        project=entry.project,
        agent=entry.agent,
        conversation=entry.conversation,
        endpoint=entry.endpoint,
        api_key=entry.api_key.strip(),
        request_hash=_request_hash(entry, hashes),
    )


def _request_hash(entry: Entry, hashes: Callable[[], KeyedHash] | None) -> str:
    if not entry.request_key or hashes is None:
        return ""
    begun = hashes().begin_request(SOURCE, entry.provider.strip().lower(), entry.model.strip())
    begun.update(entry.request_key.encode("utf-8", "surrogatepass"))
    return begun.hexdigest()


def _moment_ms(text: str | None, now_ms: int, timezone: str) -> int:
    """Return when a call was made: the moment of *text*, else now by a clock that is set.

    What is booked stays, so both are held to the same years. A clock that was never set can
    tell of no moment whether it lies ahead.
    """
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    is_set = _EARLIEST <= now < _LATEST
    if text is None:
        if is_set:
            return now_ms
        words = (
            f"is missing, and this computer's clock says {now:%Y-%m-%d}: set it right, or tell "
            "when the call was made."
        )
        raise EntryError("at", words, "The time is missing, and this computer's clock is not set")
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(timezone))
        is_ahead = moment >= _LATEST or (is_set and moment - now > _MAX_AHEAD)
        is_old = moment < _EARLIEST
    except (OverflowError, ValueError):
        raise EntryError("at", f"must be {RULES['at']}.") from None
    if is_ahead:
        raise EntryError("at", "is in the future.")
    if is_old:
        raise EntryError("at", "is before 2015, when there were no such calls.")
    return int(moment.timestamp() * 1000)


def _explained(error: msgspec.ValidationError) -> EntryError:
    """Return what is wrong in this program's words; the library's never quote a value."""
    words = str(error)
    if found := re.search(r"missing required field `(\w+)`", words):
        return EntryError(found[1], "is missing.")
    if found := re.search(r"unknown field `(.*?)`", words, re.DOTALL):
        name = "".join(filter(str.isprintable, found[1]))[:40]
        words = f'"{name}" is not a name that is known.'
        return EntryError("", words, "A field has a name that is not known")
    found = re.search(r"at `\$\.(\w+)`", words)
    if found and found[1] in RULES:
        return EntryError(found[1], f"must be {RULES[found[1]]}.")
    return EntryError("", "The line is not a JSON object.")

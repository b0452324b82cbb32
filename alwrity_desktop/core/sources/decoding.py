"""Decodes one line of a log, and says in one of the fixed sentences why it cannot be."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, BinaryIO, Final, TypeVar

import msgspec

from alwrity_desktop.core.domain.money import MAX_COST_PICO, PICO_PER_USD, pico_from_usd
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.blocks import BLANKS, BLOCK_BYTES, BYTE_ORDER_MARK

Value = TypeVar("Value")

Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_TOKENS_PER_CALL)]
"""The tokens of one kind in one call."""

_REASONS: Final = (
    (">= 0", base.NEGATIVE_COUNT),
    ("<= ", base.ABSURD_COUNT),
    ("_tokens`", base.BAD_COUNT),
    (".tokens", base.BAD_COUNT),
    ("_requests`", base.BAD_COUNT),
    (".timestamp`", base.BAD_TIME),
    (".time", base.BAD_TIME),
    (".model`", base.BAD_MODEL),
    (".modelID`", base.BAD_MODEL),
    (".costUSD`", base.BAD_COST),
    (".cost`", base.BAD_COST),
    (".spend`", base.BAD_COST),
)
"""What the decoder's message holds, and what it means; the first that fits."""


MAX_WHOLE_BYTES: Final = 256 * 1024 * 1024
"""A document that is larger than this is not held in memory."""

_MAX_COST_USD: Final = Decimal(MAX_COST_PICO // PICO_PER_USD)


_HALF: Final = b"\\ud"
_NO_CHARACTER: Final = b"\\ufffd"
_ESCAPES: Final = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|\\."
)
"""Each escape of a JSON text: both halves of a character, half of one, anything else."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS_PER_DAY: Final = 86_400_000


class FaultError(Exception):
    """A line that is refused; its text is the reason."""


def decode(decoder: msgspec.json.Decoder[Value], line: bytes) -> Value:
    """Return *line* as *decoder* reads it.

    Raises FaultError for what is no JSON, ValidationError for JSON of another shape. Line ends
    of Windows, a byte order mark and the zero bytes of a lost power supply do not matter, and
    neither does half of a character: tools cut texts in the middle of an emoji.
    """
    try:
        return decoder.decode(line)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        bare = line.strip(BLANKS + BYTE_ORDER_MARK)
        whole = _ESCAPES.sub(_whole_character, bare) if _HALF in bare.lower() else bare
        if whole and whole != line:
            return decode(decoder, whole)
        raise FaultError(base.NOT_JSON) from None
    except RecursionError:
        raise FaultError(base.TOO_DEEP) from None


def _whole_character(escape: re.Match[bytes]) -> bytes:
    """Return an escape as it stands, or the sign for what is no character for half of one."""
    return _NO_CHARACTER if escape["half"] else escape[0]


def fault_of(error: msgspec.ValidationError) -> FaultError:
    """Return the fault that *error* stands for, without anything of the line."""
    text = str(error)
    return FaultError(next((reason for sign, reason in _REASONS if sign in text), base.BAD_FIELD))


def milliseconds(time: datetime | None, latest_ms: int) -> int:
    """Return *time* in milliseconds since 1970; without a zone it is UTC.

    Raises FaultError when it is missing, before 2015, or after *latest_ms*.
    """
    if time is None:
        raise FaultError(base.BAD_TIME)
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    since = time - _EPOCH
    at_ms = since.days * _MS_PER_DAY + since.seconds * 1000 + round(since.microseconds / 1000)
    if at_ms < base.EARLIEST_MS:
        raise FaultError(base.EARLY_TIME)
    if at_ms > latest_ms:
        raise FaultError(base.FUTURE_TIME)
    return at_ms


def whole_text(file: BinaryIO) -> bytes:
    """Return the whole of *file*. Raises FaultError for one that is too large to hold."""
    file.seek(0)
    parts: list[bytes] = []
    size = 0
    while part := file.read(BLOCK_BYTES):
        parts.append(part)
        size += len(part)
        if size > MAX_WHOLE_BYTES:
            raise FaultError(base.TOO_LARGE)
    return b"".join(parts)


def cost_pico(cost_usd: Decimal) -> int | None:
    """Return what a log says a call cost; 0 stands for unknown there, not for free.

    Raises FaultError for what is no amount of money.
    """
    if not cost_usd.is_finite() or not 0 <= cost_usd <= _MAX_COST_USD:
        raise FaultError(base.BAD_COST)
    return pico_from_usd(cost_usd) or None

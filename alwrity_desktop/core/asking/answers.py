"""What a server answered, read at the edge: exact numbers, sound text, bounded depth."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

import msgspec

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | Decimal | bool | None"

MAX_DEPTH: Final = 64
#: More digits than any count or amount has; longer ones cost a reader time and mean nothing.
_MAX_DIGITS: Final = 40
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


class Answer(msgspec.Struct, frozen=True):
    """A server's answer to one question, with a status of 200 to 299."""

    status: int
    #: Parsed JSON: an object or a list; None for an empty answer to something that was done.
    #: Numbers with a point or an exponent are exact decimals.
    body: JsonValue
    #: When it had come, UTC milliseconds.
    at_ms: int
    #: How long the server took, without pauses and repetitions.
    duration_ms: int


class UnreadableBodyError(ValueError):
    """The text is no JSON, or is nested deeper than anything that was asked for."""


def read_body(data: bytes) -> JsonValue:
    """Return the JSON in *data*.

    A number that is none (NaN, Infinity) or is absurdly long, and a key that comes twice with
    two values, are left unknown: they cost their own field and nothing else. Invalid UTF-8 and
    lone surrogates become U+FFFD. Raises UnreadableBodyError.
    """
    text = data.decode("utf-8-sig", "replace")
    value: JsonValue = None
    try:
        value = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_unknown,
            object_pairs_hook=_object,
        )
        is_read = True
    except (ValueError, RecursionError):
        is_read = False
    # Raised out here, so that no error drags the text along as its context.
    if not is_read or _is_deep(value):
        raise UnreadableBodyError
    return _sound(value) if _SURROGATE.search(text) else value


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    is_sensible = number.is_finite() and abs(number.adjusted()) <= _MAX_DIGITS
    return number if is_sensible or number == 0 else None


def _integer(text: str) -> int | None:
    return int(text) if len(text) <= _MAX_DIGITS else None


def _unknown(_text: str) -> None:
    return None


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) != len(pairs):
        first: dict[str, JsonValue] = {}
        for key, value in pairs:
            if first.setdefault(key, value) != value:
                found.pop(key, None)
    return found


def _is_deep(value: JsonValue) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _sound(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_sound(inner) for inner in value]
    if isinstance(value, dict):
        return {str(_sound(key)): _sound(inner) for key, inner in value.items()}
    return value

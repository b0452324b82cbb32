"""How many tokens a text may be, for the calls whose provider counts nothing."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

_BYTES_PER_TOKEN: Final = 4.0
"""English prose, over the vocabularies of the large providers."""

_TOKENS_PER_EXTRA_BYTE: Final = 0.4
"""A letter of two bytes is about 0.4 tokens, a sign of three about 0.8."""

_ESCAPE: Final = re.compile(rb"\\u[0-9a-fA-F]{4}")
_TOKENS_PER_ESCAPE: Final = 0.6
_BYTES_PER_ESCAPE: Final = 6

_MAX_PROSE: Final = 4096
"""A longer string without a blank is data, such as a picture, and no text."""

_WORST_BYTES_PER_TOKEN: Final = 3


def tokens_of_text(text: str) -> float:
    """Return about how many tokens *text* is."""
    size = len(text.encode(errors="replace"))
    extra = size - len(text)
    return (len(text) - extra / 2) / _BYTES_PER_TOKEN + extra * _TOKENS_PER_EXTRA_BYTE


def tokens_of_json(raw: bytes) -> float:
    """Return about how many tokens the text inside a JSON value is."""
    if raw == b"null":
        return 0.0
    size = len(raw) - 2
    if raw.isascii():
        escapes = len(_ESCAPE.findall(raw)) if b"\\u" in raw else 0
        plain = size - escapes * _BYTES_PER_ESCAPE
        return max(plain, 0) / _BYTES_PER_TOKEN + escapes * _TOKENS_PER_ESCAPE
    return tokens_of_text(raw.decode(errors="replace")[1:-1])


def tokens_of_request(body: bytes) -> int:
    """Return about how many tokens of input a JSON request is: its texts, without its data."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return tokens_at_most(len(body))
    return round(_tokens_within(document))


def tokens_at_most(size_bytes: int) -> int:
    """Return how many tokens so many bytes hardly exceed, for holding money back."""
    return -(-size_bytes // _WORST_BYTES_PER_TOKEN)


def _tokens_within(document: Any) -> float:  # noqa: ANN401 - any JSON value
    """Walk *document* without recursion: its depth is a stranger's choice."""
    total = 0.0
    waiting = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            is_data = len(each) > _MAX_PROSE and " " not in each[:_MAX_PROSE]
            total += 0.0 if is_data else tokens_of_text(each)
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            # Names such as "role" and "type" weigh about what the wrapping of a message does.
            waiting += each.values()
    return total

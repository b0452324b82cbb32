"""What sources that saw the same call say differently about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from alwrity_desktop.core.domain.sightings import plain_model

Value = str | int

_INPUTS: Final = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
)
_KNOWN_IF_ANY: Final = (
    *_INPUTS[1:],
    "reasoning_tokens",
    "requests",
    "web_searches",
    "images",
    "pages",
    "status_code",
    "project",
    "agent",
    "conversation",
)
"""Of these most sources say nothing, which is 0 or empty."""


class Disagreement(msgspec.Struct, frozen=True):
    """One figure or word of a call on which its sources differ."""

    #: A field of a call, such as "output_tokens" or "cost_pico".
    field: str
    #: Who says what: the source and its value, the one that decides first.
    says: tuple[tuple[str, Value], ...]


def disagreements(seen: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[Disagreement, ...]:
    """Return on what the sources differ that say something about it.

    *seen* has each source with the fields of its record, the one that decides first. A source
    that tells no cached input apart contradicts none that does, as long as all input is equal.
    """
    found = []
    spoken = {
        "model": [(source, str(row["model"])) for source, row in seen],
        "input_tokens": [(source, sum(row[name] for name in _INPUTS)) for source, row in seen],
        "output_tokens": [(source, row["output_tokens"]) for source, row in seen],
        **{name: _told(seen, name) for name in _KNOWN_IF_ANY},
        "cost_pico": [
            (source, row["cost_pico"]) for source, row in seen if row["cost_pico"] is not None
        ],
    }
    for field, says in spoken.items():
        plain = {plain_model(value) if field == "model" else value for _, value in says}
        if len(plain) > 1:
            found.append(Disagreement(field, tuple(says)))
    return tuple(found)


def _told(seen: Sequence[tuple[str, Mapping[str, Any]]], name: str) -> list[tuple[str, Value]]:
    return [(source, row[name]) for source, row in seen if row[name]]

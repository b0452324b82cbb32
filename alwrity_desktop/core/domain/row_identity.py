"""What tells apart the rows of an export: their id if it is one, else everything they say."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

_NO_ID: Final = frozenset({"", "none", "null", "nil", "undefined", "n/a", "na", "-", "0"})
"""What programs write where there is no id, in lower case."""

_WEAK: Final = re.compile(r"[0-9]{1,17}|.{1,7}", re.DOTALL)
"""Numbers in sequence and short names: two exports may give them to different calls."""

_HASH_LENGTH: Final = 32


class RowKeys:
    """Gives each row of one export a key: the same in every copy of it, and no other row's.

    Rows without an id that say the same are told apart by how many of them came before.
    """

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def key(self, given: str | None, facts: Sequence[object]) -> str:
        """Return the key of a row whose id is *given* and that says *facts*.

        *facts* must be the row's own: nothing of the file, its name or the row's place.
        """
        given = (given or "").strip()
        if given.lower() in _NO_ID:
            alike = _hash(facts)
            self._seen[alike] += 1
            return f"row-{alike}-{self._seen[alike]}"
        if is_weak(given):
            return f"{given}-{_hash(facts)}"
        return given


def is_weak(given: str) -> bool:
    """Return whether an id is too short, or too plain a number, to be some call's alone."""
    return given.strip().lower() in _NO_ID or _WEAK.fullmatch(given.strip()) is not None


def _hash(facts: Sequence[object]) -> str:
    return hashlib.sha256(msgspec.json.encode(list(facts))).hexdigest()[:_HASH_LENGTH]

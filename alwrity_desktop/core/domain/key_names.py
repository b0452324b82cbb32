"""Names of API keys: what may be kept of a key, told from what may be the key itself."""

from __future__ import annotations

import re
from typing import Final

MAX_KEY_NAME: Final = 80

_BEGINNING: Final = re.compile(
    r"(?:bearer\s|(?:sk|pk|rk|gsk|xai|tvly|fc|pplx|hf|nvapi|key)[-_][^\s]{15}|AIza)", re.IGNORECASE
)
#: People write no word as long as this that holds a digit.
_RANDOM: Final = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{20,}")


def is_key_itself(text: str) -> bool:
    """Return whether *text* looks like an API key, or like a hash of one, rather than a name."""
    return _BEGINNING.match(text.strip()) is not None or _RANDOM.search(text) is not None

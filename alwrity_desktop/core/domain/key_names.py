"""Names of API keys: what may be kept of a key, told from what may be the key itself."""

from __future__ import annotations

import re
from typing import Final

MAX_KEY_NAME: Final = 80

# Compiled when they are first asked: every import of logs loads this, and few know keys.
_BEGINNING: Final = (
    r"(?i:bearer\s|(?:sk|pk|rk|gsk|xai|tvly|fc|pplx|hf|nvapi|key)[-_][^\s]{15}|AIza)"
)
#: People write no word as long as this that holds a digit.
_RANDOM: Final = r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{20,}"


def is_key_itself(text: str) -> bool:
    """Return whether *text* looks like an API key, or like a hash of one, rather than a name."""
    return re.match(_BEGINNING, text.strip()) is not None or re.search(_RANDOM, text) is not None

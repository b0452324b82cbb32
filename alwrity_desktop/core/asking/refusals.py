"""Statuses that are no success, as errors: who refuses, why, and when to ask again."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping
from typing import Final

from alwrity_desktop.core.asking.answers import JsonValue
from alwrity_desktop.core.asking.hosts import LONGEST_REST_S
from alwrity_desktop.core.domain.errors import (
    AskingError,
    AuthRefusedError,
    BrokenAnswerError,
    RateLimitedError,
    RequestRefusedError,
    ServerFaultError,
)

RATE_REST_S: Final = 60.0
"""The pause after "too many requests" where the server names none."""

LIMIT_REST_S: Final = 300.0
"""The pause after "usage limit exceeded": repeating does not help, the plan's period does."""

TOKEN_REFUSED: Final = frozenset({401, 403})
SUCCESSES: Final = range(200, 300)
_TOO_MANY: Final = 429
_FAULTS: Final = range(500, 600)
_REFUSALS: Final = range(400, 500)
_WORDS_OF_LIMITS: Final = ("usage limit", "limit exceeded", "limit reached", "quota")


def asked_pause_s(headers: Mapping[str, str], body: JsonValue, now_ms: int) -> float | None:
    """Return for how long the server wants to be left alone, at most 15 minutes; None if unsaid.

    From the Retry-After header, in seconds or as a date, else from the body's ``retry_after``.
    """
    said = _seconds(headers.get("retry-after", ""), now_ms)
    if said is None and isinstance(body, dict):
        value = body.get("retry_after")
        said = _seconds(str(value), now_ms) if value is not None else None
    return None if said is None else min(max(said, 1.0), LONGEST_REST_S)


def _seconds(text: str, now_ms: int) -> float | None:
    text = text.strip()
    if text.isascii() and text.isdigit():
        # Longer figures are beyond any bound, and would be slow to read.
        return float(text[:12])
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    return moment.timestamp() - now_ms / 1000


def refusal(
    status: int, headers: Mapping[str, str], body: JsonValue, *, server: str, now_ms: int
) -> AskingError | None:
    """Return the error that *status* means, None for a success. *server* names the host."""
    if status in TOKEN_REFUSED:
        return AuthRefusedError(
            f"{server} does not accept the account's token ({status}). Give the account a new one.",
            status=status,
        )
    if status == _TOO_MANY:
        return _limited(headers, body, server, now_ms)
    if status in _FAULTS:
        return ServerFaultError(
            f"{server} failed to answer ({status}).",
            status=status,
            retry_after_s=asked_pause_s(headers, body, now_ms),
        )
    if status in _REFUSALS:
        return RequestRefusedError(
            f"{server} does not know what was asked ({status}).", status=status
        )
    if status not in SUCCESSES:
        return BrokenAnswerError(f"{server} gave an answer that is none ({status}).")
    return None


def _limited(
    headers: Mapping[str, str], body: JsonValue, server: str, now_ms: int
) -> RateLimitedError:
    if _is_plan_limit(body):
        return RateLimitedError(
            f"{server} answers that a limit of the plan is passed.",
            until_ms=now_ms + round(LIMIT_REST_S * 1000),
            kind="limit",
        )
    pause_s = asked_pause_s(headers, body, now_ms) or RATE_REST_S
    return RateLimitedError(
        f"{server} was asked too often, and wants {pause_s:.0f} seconds of rest.",
        until_ms=now_ms + round(pause_s * 1000),
        kind="rate",
    )


def _is_plan_limit(body: JsonValue) -> bool:
    if not isinstance(body, dict):
        return False
    if "usage_info" in body:
        return True
    words = " ".join(
        value.lower()
        for value in (body.get(key) for key in ("error", "detail", "message", "code"))
        if isinstance(value, str)
    ).replace("_", " ")
    return any(word in words for word in _WORDS_OF_LIMITS) and "rate limit" not in words

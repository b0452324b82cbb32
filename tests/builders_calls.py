"""Believable calls for tests: a list of them, and one as it is opened."""

from __future__ import annotations

# The builders hand any field on to the dataclass, which checks it.
# ruff: noqa: ANN401
from typing import Any, Final

from alwrity_desktop.core.domain.money import PICO_PER_CENT, PICO_PER_USD
from alwrity_desktop.core.domain.report import CallPage, CallQuery, CallRow
from alwrity_desktop.core.domain.token_lines import TokenLine
from tests.builders_base import MILLION, NOW_MS, a_period

#: Provider, model, agent, input, output, milliseconds, status, price in pico-dollars or None.
_CALLS: Final = (
    ("gemini", "gemini-2.5-flash", "Blog writer", 4212, 1388, 610, 200, 1_000_000_000),
    ("anthropic", "claude-sonnet-4-5", "Research agent", 1204, 642, 2380, 200, 24_500_000_000),
    ("tavily", "search", "Research agent", 0, 0, 740, 200, 1_000_000_000),
    ("openai", "gpt-5", "SEO review", 5509, 1204, 3270, 200, 16_200_000_000),
    ("mistral", "mistral-large", "Translate", 2193, 0, 9840, 529, None),
    ("openai", "gpt-5-codex-preview", "Code review", 5120, 1684, 4020, 200, None),
    ("openai", "gpt-5-mini", "Blog writer", 3796, 803, 1190, 200, 2_300_000_000),
)


def a_call(ident: int = 1, **more: Any) -> CallRow:
    """Return one call of a list, as :data:`_CALLS` has it."""
    provider, model, agent, taken, given, took_ms, code, cost = _CALLS[ident % len(_CALLS)]
    cached = 18_432 if provider == "anthropic" else 0
    values: dict[str, Any] = {
        "identity": f"msg_{ident:06d}",
        "occurred_at_ms": NOW_MS - ident * 22_000,
        "provider": provider,
        "model": model,
        "source": "claude-code",
        "project": "blog",
        "agent": agent,
        "conversation": "c-17",
        "endpoint": "",
        "input_tokens": taken,
        "cache_read_tokens": cached,
        "cache_write_tokens": 1536 if cached else 0,
        "output_tokens": given,
        "reasoning_tokens": 0,
        "duration_ms": took_ms,
        "status_code": code,
        "cost_pico": cost,
        "price_status": "unpriced" if cost is None else "priced",
        "price_origin": None if cost is None else "maintained list",
        "price_date": None if cost is None else "2026-11-14",
        "is_estimated": False,
    }
    return CallRow(id=ident, **(values | more))


def a_call_with_lines() -> CallRow:
    """Return a call as it is opened, with its token kinds and where it was seen."""
    lines = tuple(
        TokenLine(kind, quantity, price, MILLION, quantity * price // MILLION)
        for kind, quantity, price in (
            ("input", 1204, 3 * PICO_PER_USD),
            ("cache_read", 18_432, 3 * PICO_PER_USD // 10),
            ("cache_write_5m", 1536, 375 * PICO_PER_CENT),
            ("output", 642, 15 * PICO_PER_USD),
        )
    )
    seen = ("Claude Code: blog/7d1f.jsonl", "Claude Code: blog/9a02.jsonl")
    return a_call(1, seen_in=seen, lines=lines)


def a_page(query: CallQuery | None = None, total: int = 14_760) -> CallPage:
    """Return the page of calls that answers *query*."""
    asked = query or CallQuery(a_period().start_ms, a_period().end_ms)
    last = min(asked.offset + asked.size, total)
    return CallPage(asked, total, tuple(a_call(ident) for ident in range(asked.offset, last)))

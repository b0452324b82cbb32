"""Guesses what the columns of a table are, by their headers and a few of their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from alwrity_desktop.core.domain.table_mapping import FIELDS, TableMapping
from alwrity_desktop.core.table_values import OTHER_CURRENCY, number_of

_SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "at": (
        *("at", "timestamp", "datetime", "date time", "time", "created at", "created", "date"),
        *("start time", "end time", "request time", "occurred at", "logged at", "day"),
        *("usage date", "start time iso", "event time"),
    ),
    "provider": ("provider", "provider name", "vendor", "custom llm provider"),
    "model": (
        *("model", "model name", "model id", "response model", "model slug", "model version"),
        *("model permaslug", "snapshot id", "deployment", "engine"),
    ),
    "input_tokens": (
        *("input tokens", "prompt tokens", "tokens prompt", "tokens in", "input", "tokens input"),
        *("uncached input tokens", "input tokens no cache", "input token count", "prompt"),
        *(
            "prompt token count",
            "context tokens",
            "n context tokens total",
            "input uncached tokens",
        ),
    ),
    "output_tokens": (
        *("output tokens", "completion tokens", "tokens completion", "tokens out", "output"),
        *("generated tokens", "n generated tokens total", "output token count", "tokens output"),
        *("candidates token count", "completion", "completion token count"),
    ),
    "cache_read_tokens": (
        *("cache read tokens", "cached tokens", "cache read input tokens", "cached input tokens"),
        *("input cached tokens", "input tokens cache read", "cache read", "cached", "cache hits"),
        *("cached content token count", "tokens cached", "n cached context tokens total"),
    ),
    "cache_write_tokens": (
        *("cache write tokens", "cache creation tokens", "cache creation input tokens"),
        *("input cache write tokens", "input tokens cache write 5m", "cache write"),
    ),
    "reasoning_tokens": (
        *("reasoning tokens", "thinking tokens", "thoughts token count", "tokens reasoning"),
        *("output reasoning tokens", "reasoning"),
    ),
    "requests": ("requests", "num requests", "n requests", "request count", "num model requests"),
    "images": ("images", "num images", "image count"),
    "pages": ("pages", "num pages", "page count"),
    "cost": (
        *("cost", "total cost", "spend", "price", "amount", "cost total", "usage cost"),
        *("billed cost", "charge", "amount value", "cost usd", "usd"),
    ),
    "id": (
        *("id", "request id", "generation id", "call id", "response id", "message id", "trace id"),
        *("uuid", "event id"),
    ),
    "project": ("project", "project name", "project id", "workspace", "team", "app", "app name"),
    "agent": ("agent", "agent name", "user agent name"),
    "conversation": ("conversation", "conversation id", "session", "session id", "thread id"),
    "endpoint": ("endpoint", "operation", "call type", "path", "route"),
    # A column called after the key may hold the key itself: such a one is never guessed.
    "api_key": ("api key name", "api key alias", "key name", "key alias", "credential name"),
    "status_code": ("status code", "status", "http status", "response code"),
    "duration": (
        *("duration", "latency", "response time", "elapsed", "generation time", "total time"),
        *("took", "duration ms", "latency ms"),
    ),
}

_UNIT: Final = re.compile(r"[(\[]([^)\]]*)[)\]]|_(usd|eur|gbp|cents|ms|s|sec|seconds|utc)$")
_CENTS: Final = re.compile(r"(?i)\b(cents?|¢)\b|¢")
_SECONDS: Final = re.compile(r"(?i)\b(s|sec|secs|seconds?)\b")
_CACHE_OUTSIDE: Final = re.compile(r"(?i)uncached|no.?cache|cache.?(read|creation)|cache.?hits")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-]\d{4}.*")
_COMMA: Final = re.compile(r".*,(\d+)\D*")
_MONTHS: Final = 12
_GROUP: Final = 3


def guess_mapping(
    header: Sequence[str], samples: Sequence[Mapping[str, str]], timezone: str = "UTC"
) -> TableMapping:
    """Return what the columns of *header* seem to be; *samples* are some rows by header.

    What is not known is left out; times without a zone are taken to be in *timezone*.
    """
    columns = _columns(header)
    cells = {name: [row.get(column, "") for row in samples] for name, column in columns.items()}
    cost, duration = columns.get("cost", ""), columns.get("duration", "")
    moments = columns.get("at", "")
    return TableMapping(
        columns=tuple((name, columns[name]) for name in FIELDS if name in columns),
        timezone="UTC" if re.search(r"(?i)\butc\b|_utc$", moments) else timezone,
        is_day_first=_is_day_first(cells.get("at", ())),
        has_decimal_comma=_has_decimal_comma(cells.get("cost", ())),
        is_cache_inside=_is_cache_inside(columns, samples),
        cost_unit=_cost_unit(cost),
        duration_unit="s" if _SECONDS.search(duration.replace("_", " ")) else "ms",
    )


def _columns(header: Sequence[str]) -> dict[str, str]:
    """Return the column of each field: the best known word, then the first from the left."""
    words = [(_words(name), name) for name in header if name]
    found: dict[str, str] = {}
    for field, synonyms in _SYNONYMS.items():
        for synonym in synonyms:
            fitting = [name for known, name in words if synonym in known]
            free = [name for name in fitting if name not in found.values()]
            if free:
                found[field] = free[0]
                break
    return found


def _words(name: str) -> tuple[str, ...]:
    """Return the ways in which *name* may be known: as it is, without its unit, its last part."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    plain = _plain(spaced)
    return (plain, _plain(_UNIT.sub("", spaced)), _plain(spaced.rpartition(".")[2]))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


def _cost_unit(header: str) -> str:
    name = header.replace("_", " ")
    if OTHER_CURRENCY.search(name):
        return "other"
    return "cents" if _CENTS.search(name) else "usd"


def _is_day_first(cells: Iterable[str]) -> bool:
    found = [match for cell in cells if (match := _DAY_FIRST.fullmatch(cell.strip()))]
    return any(int(match[1]) > _MONTHS for match in found)


def _has_decimal_comma(cells: Iterable[str]) -> bool:
    """Return whether some amount has other than three figures behind its only comma."""
    for cell in cells:
        found = _COMMA.fullmatch(cell.strip())
        if found and "." not in cell.rpartition(",")[2]:
            is_group = len(found[1]) == _GROUP and not re.match(r"\D*0,", cell)
            if not is_group:
                return True
    return False


def _is_cache_inside(columns: Mapping[str, str], samples: Sequence[Mapping[str, str]]) -> bool:
    """Return whether the input includes the cache: by the rows where they tell, else by names."""
    given, read = columns.get("input_tokens"), columns.get("cache_read_tokens")
    if given is None or read is None:
        return True
    for row in samples:
        whole = number_of(row.get(given, ""), has_decimal_comma=False)
        part = number_of(row.get(read, ""), has_decimal_comma=False)
        if whole is not None and part is not None and part > whole:
            return False
    return not (_CACHE_OUTSIDE.search(given) or _CACHE_OUTSIDE.search(read))

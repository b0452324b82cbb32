"""Values of a table's cells as people and programs write them: numbers, money, times, names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Final
from zoneinfo import ZoneInfo

from alwrity_desktop.core.domain.money import MAX_COST_PICO, PICO_PER_USD, pico_from_usd
from alwrity_desktop.core.domain.table_mapping import TableMapping
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL
from alwrity_desktop.core.sources import base

BAD_CURRENCY: Final = "Cost is in another currency than US dollars"
BAD_STATUS: Final = "Status is not a code from 100 to 599"
BAD_DURATION: Final = "Duration is not a number"

MAX_TEXT: Final = 200
MAX_DURATION_MS: Final = 1_000_000_000

_MAX_COST_USD: Final = Decimal(MAX_COST_PICO // PICO_PER_USD)
_SPACES: Final = re.compile(r"[\s\u00a0\u202f'’_]")
_POINT_GROUPS: Final = re.compile(r"[1-9]\d{0,2}(\.\d{3}){2,}|[1-9]\d{0,2}(\.\d{3})+,\d+")
_COMMA_GROUPS: Final = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_DOLLARS: Final = re.compile(r"(?i)us\$|usd|\$|dollars?")
OTHER_CURRENCY: Final = re.compile(r"(?i)[€£¥₹₽₩]|\b(eur|gbp|jpy|cny|inr|chf|cad|aud|brl)\b")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")

_SECONDS: Final = re.compile(r"\d{9,10}(\.\d+)?")
_MILLISECONDS: Final = re.compile(r"\d{12,13}")
_MICROSECONDS: Final = re.compile(r"\d{15,16}")
_NANOSECONDS: Final = re.compile(r"\d{18,19}")
_ZONE_NAME: Final = re.compile(r"\s*\(?\b(utc|gmt|z)\)?$", re.IGNORECASE)
_PARTS: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?[ T]+(.+))?")
_MONTHS: Final = 12
_CLOCKS: Final = ("%H:%M:%S.%f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_WORDS: Final = (
    "%b %d, %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d %Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
)


class CellError(Exception):
    """A cell that cannot be what its column says; the text is one of the fixed sentences."""


def number_of(text: str, *, has_decimal_comma: bool) -> Decimal | None:
    """Return the number in *text*, with or without signs between thousands; None for none.

    What could be read in two ways is read as the table's own way says.
    """
    bare = _SPACES.sub("", text)
    if has_decimal_comma or _POINT_GROUPS.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif _COMMA_GROUPS.fullmatch(bare):
        bare = bare.replace(",", "")
    if not _NUMBER.fullmatch(bare):
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def count_of(text: str, mapping: TableMapping, most: int = MAX_TOKENS_PER_CALL) -> int:
    """Return a whole count, 0 for an empty cell. Raises CellError."""
    if not text.strip():
        return 0
    number = number_of(text, has_decimal_comma=mapping.has_decimal_comma)
    if number is None:
        raise CellError(base.BAD_COUNT)
    if number < 0:
        raise CellError(base.NEGATIVE_COUNT)
    if number > most:
        raise CellError(base.ABSURD_COUNT)
    if number != number.to_integral_value():
        raise CellError(base.BAD_COUNT)
    return int(number)


def cost_pico_of(text: str, mapping: TableMapping) -> int | None:
    """Return an amount of US dollars, None for an empty cell. Raises CellError."""
    if not text.strip() or mapping.cost_unit == "other":
        return None
    if OTHER_CURRENCY.search(text):
        raise CellError(BAD_CURRENCY)
    bare = _DOLLARS.sub("", text)
    number = number_of(bare, has_decimal_comma=mapping.has_decimal_comma)
    if number is None or number < 0:
        raise CellError(base.BAD_COST)
    usd = number.scaleb(-2) if mapping.cost_unit == "cents" else number
    if usd > _MAX_COST_USD:
        raise CellError(base.BAD_COST)
    return pico_from_usd(usd)


def duration_ms_of(text: str, mapping: TableMapping) -> int | None:
    """Return a duration in milliseconds, None for an empty cell. Raises CellError."""
    if not text.strip():
        return None
    number = number_of(text, has_decimal_comma=mapping.has_decimal_comma)
    if number is None or not 0 <= number <= MAX_DURATION_MS:
        raise CellError(BAD_DURATION)
    return round(number * 1000 if mapping.duration_unit == "s" else number)


def status_of(text: str) -> int | None:
    """Return a status code, None for an empty cell and for words. Raises CellError."""
    bare = text.strip().removesuffix(".0")
    if not bare.isascii() or not bare.isdigit():
        return None
    if len(bare) != len("200") or not 100 <= int(bare) <= 599:  # noqa: PLR2004 - HTTP
        raise CellError(BAD_STATUS)
    return int(bare)


def name_of(text: str) -> str:
    """Return a name in one line, cut to 200 characters; a formula is a name like any other."""
    return _UNPRINTABLE.sub(" ", text).strip()[:MAX_TEXT]


def moment_ms_of(text: str, mapping: TableMapping, latest_ms: int) -> int:
    """Return a moment in milliseconds since 1970. Raises CellError."""
    try:
        moment = _epoch(text.strip()) or _written(text.strip(), mapping)
        at_ms = None if moment is None else round(moment.timestamp() * 1000)
    except (OverflowError, OSError, ValueError):
        at_ms = None
    if at_ms is None:
        raise CellError(base.BAD_TIME)
    if at_ms < base.EARLIEST_MS:
        raise CellError(base.EARLY_TIME)
    if at_ms > latest_ms:
        raise CellError(base.FUTURE_TIME)
    return at_ms


def _epoch(text: str) -> datetime | None:
    """Return the moment of a count since 1970, whatever its unit; its length tells."""
    for pattern, power in (
        (_SECONDS, 0),
        (_MILLISECONDS, -3),
        (_MICROSECONDS, -6),
        (_NANOSECONDS, -9),
    ):
        if pattern.fullmatch(text):
            return datetime.fromtimestamp(float(Decimal(text).scaleb(power)), UTC)
    return None


def _written(text: str, mapping: TableMapping) -> datetime | None:
    zone = ZoneInfo(mapping.timezone)
    moment = _iso(text)
    if moment is None:
        named = _ZONE_NAME.sub("", text)
        if named != text:
            zone = ZoneInfo("UTC")
        moment = _iso(named) or _with_parts(named, mapping) or _with_words(named) or _by_mail(text)
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_ambiguous_day(text: str) -> bool:
    """Return whether *text* begins with a date whose day and month could be each other."""
    found = _PARTS.fullmatch(text.strip())
    return found is not None and found[2] != "." and max(int(found[1]), int(found[3])) <= _MONTHS


def _with_parts(text: str, mapping: TableMapping) -> datetime | None:
    """Return the moment of 20.11.2026 or 11/20/2026, with a time of day or without."""
    found = _PARTS.fullmatch(text)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    day, month = (first, second) if mapping.is_day_first or found[2] == "." else (second, first)
    clock = _clock(found[5] or "00:00")
    return None if clock is None else clock.replace(year=year, month=month, day=day)


def _clock(text: str) -> datetime | None:
    for pattern in _CLOCKS:
        try:
            # The zone is added by who knows it.
            return datetime.strptime(text.strip().upper(), pattern)  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _with_words(text: str) -> datetime | None:
    """Return the moment of "Nov 20, 2026 14:03"."""
    for pattern in _WORDS:
        for clock in ("", *(f"{between}{each}" for each in _CLOCKS for between in (" ", ", "))):
            try:
                return datetime.strptime(text, pattern + clock)  # noqa: DTZ007 - as above
            except ValueError:
                continue
    return None


def _by_mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None

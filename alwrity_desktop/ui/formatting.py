"""Figures and dates as text: the one place where a number becomes something to read.

None is always "—": what is not known is never shown as 0.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.budgets import DEFAULT_THRESHOLDS, Limit, LimitKind
from alwrity_desktop.core.domain.money import PICO_PER_USD, cents_half_even, divide_half_even
from alwrity_desktop.core.domain.periods import local_time
from alwrity_desktop.core.domain.report import Figures

UNKNOWN: Final = "—"
_PICO_PER_TEN_THOUSANDTH: Final = PICO_PER_USD // 10_000
_PICO_PER_MILLIONTH: Final = PICO_PER_USD // 1_000_000
_TOKEN_UNITS: Final = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
_THREE_DIGITS: Final = 1000
_SECOND_MS: Final = 1000
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_DAY_S: Final = 86_400
_WEEK_DAYS: Final = 7
_ISO_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b", re.ASCII)
_TEN_SECONDS_MS: Final = 10_000


def _tr(text: str) -> str:
    return QCoreApplication.translate("formatting", text)


def money(pico: int | None) -> str:
    """Return *pico* as dollars with two decimals; a positive trifle is "<$0.01"."""
    if pico is None:
        return UNKNOWN
    cents = cents_half_even(abs(pico))
    if cents == 0 and pico > 0:
        return "<$0.01"
    sign = "-" if pico < 0 and cents else ""
    return f"{sign}${cents // 100:,}.{cents % 100:02d}"


def money_small(pico: int | None) -> str:
    """Return *pico* as dollars with four decimals, for the cost of single calls."""
    if pico is None:
        return UNKNOWN
    parts = divide_half_even(abs(pico), _PICO_PER_TEN_THOUSANDTH)
    if parts == 0 and pico > 0:
        return "<$0.0001"
    sign = "-" if pico < 0 and parts else ""
    return f"{sign}${parts // 10_000:,}.{parts % 10_000:04d}"


def money_whole(pico: int | None) -> str:
    """Return *pico* as whole dollars, for axes and bars; under a dollar as :func:`money`."""
    if pico is None:
        return UNKNOWN
    if 0 < abs(pico) < PICO_PER_USD:
        return money(pico)
    dollars = divide_half_even(abs(pico), PICO_PER_USD)
    return f"{'-' if pico < 0 else ''}${dollars:,}"


def unit_price(pico: int | None) -> str:
    """Return a price with two to six decimals, as many as it has: "$15.00", "$0.075"."""
    if pico is None:
        return UNKNOWN
    digits = f"{divide_half_even(pico, _PICO_PER_MILLIONTH):07d}"
    decimals = digits[-6:].rstrip("0")
    return f"${int(digits[:-6]):,}.{decimals:0<2}"


def money_plain(pico: int | None) -> str:
    """Return *pico* as a plain decimal number for the clipboard, "" for None."""
    if pico is None:
        return ""
    sign = "-" if pico < 0 else ""
    dollars, rest = divmod(abs(pico), PICO_PER_USD)
    decimals = f"{rest:012d}".rstrip("0")
    return f"{sign}{dollars}.{decimals:0<2}"


def dollars(pico: int) -> float:
    """Return *pico* in dollars for drawing, where a float is exact enough."""
    return pico / PICO_PER_USD


def tokens(count: int | None, decimals: int | None = None) -> str:
    """Return a token count with three digits: 940, 12.3k, 4.56M, 84.7M.

    *decimals* fixes their number, for columns.
    """
    if count is None:
        return UNKNOWN
    for unit, letter in _TOKEN_UNITS:
        if _reaches(count, unit, decimals or 0):
            digits = _decimals(count, unit) if decimals is None else decimals
            whole, part = divmod(divide_half_even(count * 10**digits, unit), 10**digits)
            return f"{whole:,}.{part:0{digits}d}{letter}" if digits else f"{whole:,}{letter}"
    return f"{count:,}"


def _reaches(count: int, unit: int, decimals: int) -> bool:
    """Return whether *count*, written in the next smaller unit, would read 1000 or more."""
    factor: int = 10**decimals
    return divide_half_even(count * factor, unit // 1000) >= 1000 * factor


def _decimals(count: int, unit: int) -> int:
    """Return how many decimals make three digits of *count* in *unit*."""
    for digits in (2, 1):
        if divide_half_even(count * 10**digits, unit) < _THREE_DIGITS:
            return digits
    return 0


def count(number: int | None) -> str:
    """Return a whole number with thousands separators."""
    return UNKNOWN if number is None else f"{number:,}"


def percent(value: float | None, decimals: int = 1) -> str:
    """Return *value* percent with *decimals*."""
    return UNKNOWN if value is None else f"{value:,.{decimals}f}%"


def percent_whole(value: float | None) -> str:
    """Return *value* as whole percent, rounded, but never up to a threshold not reached."""
    if value is None:
        return UNKNOWN
    rounded = int(value + 0.5)
    is_early = any(value < threshold <= rounded for threshold in DEFAULT_THRESHOLDS)
    return f"{int(value) if is_early else rounded:,}%"


def change(value: float | None) -> str:
    """Return a change in percent with its sign: "+13%", "-4%", "±0%"."""
    if value is None:
        return UNKNOWN
    rounded = round(value)
    return f"{rounded:+,}%" if rounded else "±0%"


def duration(milliseconds: int | None) -> str:
    """Return a duration: "610 ms", "1.48 s", "11.8 s", "1 min 5 s", "1 h 34 min"."""
    if milliseconds is None:
        return UNKNOWN
    if milliseconds < _SECOND_MS:
        return f"{milliseconds} ms"
    seconds = milliseconds / _SECOND_MS
    if milliseconds < _TEN_SECONDS_MS:
        return f"{seconds:.2f} s"
    if round(seconds, 1) < _MINUTE_S:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s"
    return f"{whole // _HOUR_S:,} h {whole % _HOUR_S // _MINUTE_S} min"


def seconds(milliseconds: int | None, decimals: int = 1) -> str:
    """Return a duration in seconds with fixed *decimals*, for columns."""
    if milliseconds is None:
        return UNKNOWN
    return f"{milliseconds / _SECOND_MS:,.{decimals}f} s"


def age(milliseconds: int) -> str:
    """Return how old something is: "12 s", "2 min", "1 h 34 min", "3 days"."""
    whole = max(0, milliseconds // _SECOND_MS)
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min"
    if whole < _DAY_S:
        hours, minutes = whole // _HOUR_S, whole % _HOUR_S // _MINUTE_S
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = whole // _DAY_S
    return _tr("1 day") if days == 1 else _tr("{days} days").format(days=f"{days:,}")


def ago(then_ms: int | None, now_ms: int) -> str:
    """Return how long ago something was: "just now", "2 min ago"."""
    if then_ms is None:
        return UNKNOWN
    if now_ms - then_ms < _MINUTE_S * _SECOND_MS:
        return _tr("just now")
    return _tr("{age} ago").format(age=age(now_ms - then_ms))


def _month(day: date) -> str:
    names = _tr("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()
    return names[day.month - 1]


def weekday(number: int) -> str:
    """Return the short name of a weekday, Monday 0: "Thu"."""
    return _tr("Mon Tue Wed Thu Fri Sat Sun").split()[number]


def month_name(iso: str) -> str:
    """Return the month of an ISO date in full: "November"."""
    names = _tr(
        "January February March April May June July August September October November December"
    ).split()
    return names[_date(iso).month - 1]


def month_short(iso: str) -> str:
    """Return the month of an ISO date: "Nov"."""
    return _month(_date(iso))


def month_year(iso: str) -> str:
    """Return the month of an ISO date with its year: "November 2026"."""
    return f"{month_name(iso)} {_date(iso).year}"


def _date(iso: str) -> date:
    return date.fromisoformat(iso[:10])


def day(iso: str) -> str:
    """Return an ISO date without its year: "12 Nov"."""
    value = _date(iso)
    return f"{value.day} {_month(value)}"


def day_year(iso: str) -> str:
    """Return an ISO date with its year: "12 Nov 2026"."""
    return f"{day(iso)} {_date(iso).year}"


def dated(sentence: str) -> str:
    """Return *sentence* with its ISO dates written as :func:`day_year` does."""
    return _ISO_DAY.sub(_day_found, sentence)


def _day_found(found: re.Match[str]) -> str:
    try:
        return day_year(found[0])
    except ValueError:
        return found[0]


def weekday_day(iso: str) -> str:
    """Return an ISO date with its weekday: "Thu 12 Nov"."""
    return f"{weekday(_date(iso).weekday())} {day(iso)}"


def clock_hours(hour: int) -> str:
    """Return an hour of the clock from its beginning to its end: "14:00–15:00"."""
    return f"{hour:02d}:00–{hour + 1:02d}:00"


def span(first: str, last: str) -> str:
    """Return two ISO dates as a span: "12 Nov", "1 – 30 Nov", "28 Oct – 3 Nov"."""
    start, end = _date(first), _date(last)
    if start == end:
        return day(first)
    if start.year != end.year:
        return f"{day_year(first)} – {day_year(last)}"
    if start.month != end.month:
        return f"{day(first)} – {day(last)}"
    return f"{start.day} – {day(last)}"


def clock(at_ms: int | None, timezone: str) -> str:
    """Return a UTC time as "14:31:40" in the zone *timezone*."""
    return UNKNOWN if at_ms is None else f"{local_time(at_ms, timezone):%H:%M:%S}"


def moment(at_ms: int | None, timezone: str) -> str:
    """Return a UTC time with its date: "20 Nov 2026, 14:31:40"."""
    if at_ms is None:
        return UNKNOWN
    local = local_time(at_ms, timezone)
    return f"{day_year(local.date().isoformat())}, {local:%H:%M:%S}"


def iso_moment(at_ms: int, timezone: str) -> str:
    """Return a UTC time in ISO form in the zone *timezone*, for tables and the clipboard."""
    return local_time(at_ms, timezone).isoformat(timespec="seconds")


def stamp(at_ms: int, now_ms: int, timezone: str) -> str:
    """Return a time as short as it can be told: "11:05", "Wed", "12 Nov", "12 Nov 2025"."""
    then, now = local_time(at_ms, timezone), local_time(now_ms, timezone)
    if then.date() == now.date():
        return f"{then:%H:%M}"
    if now.date() - timedelta(days=_WEEK_DAYS) < then.date() < now.date():
        return weekday(then.weekday())
    iso = then.date().isoformat()
    return day(iso) if then.year == now.year else day_year(iso)


def limit_amount(limit: Limit) -> str:
    """Return what a limit stands at: "$83.85 of $125.00", "37.2M of 44.0M"."""
    template = _tr("{used} of {limit}")
    return template.format(
        used=amount(limit.kind, limit.known_used), limit=amount(limit.kind, limit.limit)
    )


def amount(kind: LimitKind, value: int | None) -> str:
    """Return *value* in the way that its *kind* is written."""
    if kind == LimitKind.COST:
        return money(value)
    if kind == LimitKind.TOKENS:
        return tokens(value)
    return count(value)


_PROVIDERS: Final = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "gemini": "Gemini",
    "mistral": "Mistral",
    "tavily": "Tavily",
    "stability": "Stability",
    "serper": "Serper",
    "exa": "Exa",
    "metaphor": "Metaphor",
    "firecrawl": "Firecrawl",
    "huggingface": "Hugging Face",
    "deepseek": "DeepSeek",
    "xai": "xAI",
    "openrouter": "OpenRouter",
    "wavespeed": "WaveSpeed",
    "video": "Video",
    "audio": "Audio",
    "image_edit": "Image editing",
}
_SOURCES: Final = {
    "claude-code": "Claude Code",
    "codex": "Codex",
    "copilot-cli": "Copilot CLI",
    "gemini-cli": "Gemini CLI",
    "litellm": "LiteLLM",
    "opencode": "opencode",
    "otlp": "OpenTelemetry",
    "table": "Imported table",
    "record": "Recorded",
    "gateway": "Gateway",
    "sample": "Sample data",
    "alwrity": "ALwrity",
    "agent-billing": "Agent platform",
    "openai-admin": "OpenAI",
    "anthropic-admin": "Anthropic",
    "openrouter": "OpenRouter",
}


def unpriced_words(figures: Figures) -> str:
    """Return what is missing in the cost of *figures*, "" where every call has a price."""
    unpriced = figures.unpriced_calls
    if not unpriced:
        return ""
    if figures.known_cost_pico is None:
        template = _tr("The call has no price")
        if unpriced > 1:
            template = _tr("None of the {count} calls has a price")
    elif unpriced == 1:
        template = _tr("1 call has no price and is not in this sum")
    else:
        template = _tr("{count} calls have no price and are not in this sum")
    return template.format(count=count(unpriced))


def uses(figures: Figures) -> str:
    """Return how often something was used: "1,599 calls", or "50 messages" where only those are."""
    if figures.is_stated:
        template = _tr("1 message") if figures.messages == 1 else _tr("{count} messages")
        return template.format(count=count(figures.messages))
    template = _tr("1 call") if figures.calls == 1 else _tr("{count} calls")
    return template.format(count=count(figures.calls))


def provider_label(name: str) -> str:
    """Return a provider's name as it writes itself; unknown ones stay as they came."""
    if name == "other":
        return _tr("Other")
    return _PROVIDERS.get(name, name)


def source_label(name: str) -> str:
    """Return a source's name as a person knows it; unknown ones stay as they came."""
    return _SOURCES.get(name, name)

"""Columns of the list of calls, and the words of a call's price and kind of tokens."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.periods import local_day
from alwrity_desktop.core.domain.report import TOKENS_PER_MILLION, CallRow
from alwrity_desktop.core.domain.token_lines import TokenLine
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.tables.columns import (
    Column,
    Decoration,
    Look,
    StatusMark,
    Swatch,
    plain_number,
)

FIRST_ERROR_STATUS = 400
HIDDEN_AT_FIRST = frozenset({"provider", "source", "project", "cached", "endpoint", "api_key"})


def _tr(text: str) -> str:
    return QCoreApplication.translate("CallsDock", text)


def is_error(row: CallRow) -> bool:
    """Return whether the provider answered with an error."""
    return row.status_code is not None and row.status_code >= FIRST_ERROR_STATUS


def price_word(row: CallRow) -> str:
    """Return how the cost of a call came about, in a word or two."""
    if is_error(row):
        return _tr("Error {status}").format(status=row.status_code)
    word = {
        "reported": _tr("Reported"),
        "priced": _tr("Priced"),
        "list_equivalent": _tr("List price"),
        "free": _tr("Free"),
        "unpriced": _tr("Unpriced"),
    }.get(row.price_status, row.price_status)
    return _tr("{word}, estimated").format(word=word) if row.is_estimated else word


def price_role(row: CallRow) -> tuple[str, str]:
    """Return the status and the icon of a call's price."""
    if is_error(row):
        return "danger", "circle-x"
    if row.price_status == "unpriced":
        return "info", "circle-help"
    return "success", "check"


def kind_word(kind: str) -> str:
    """Return a kind of tokens, or what else is billed, in words."""
    return {
        "input": _tr("Uncached input"),
        "cache_read": _tr("Cache read"),
        "cache_write_5m": _tr("Cache write, 5 min"),
        "cache_write_1h": _tr("Cache write, 1 h"),
        "output": _tr("Output"),
        "request": _tr("Request"),
        "web_search": _tr("Web search"),
        "image": _tr("Image"),
        "page": _tr("Page"),
    }.get(kind, kind)


def field_word(field: str) -> str:
    """Return what a field of a call is called in a sentence."""
    return {
        "model": _tr("Model"),
        "input_tokens": _tr("Input"),
        "output_tokens": _tr("Output"),
        "cache_read_tokens": _tr("Cache read"),
        "cache_write_5m_tokens": _tr("Cache write, 5 min"),
        "cache_write_1h_tokens": _tr("Cache write, 1 h"),
        "reasoning_tokens": _tr("Reasoning"),
        "requests": _tr("Requests"),
        "web_searches": _tr("Web searches"),
        "images": _tr("Images"),
        "pages": _tr("Pages"),
        "status_code": _tr("Status"),
        "project": _tr("Project"),
        "agent": _tr("Agent"),
        "conversation": _tr("Conversation"),
        "cost_pico": _tr("Cost"),
    }.get(field, field)


def value_words(field: str, value: str | int) -> str:
    """Return a value of a call's field as it is written elsewhere."""
    if isinstance(value, str):
        return value
    if field == "cost_pico":
        return formatting.money_small(value)
    return str(value) if field == "status_code" else formatting.count(value)


def _taken(row: CallRow) -> int | None:
    """Return all input tokens, cached or not."""
    return row.input_tokens + row.cache_read_tokens + row.cache_write_tokens or None


def _price_mark(row: CallRow) -> Decoration | None:
    role, icon = price_role(row)
    return StatusMark(icon, f"{role}.mark") if role != "success" else None


def _price_look(row: CallRow) -> Look:
    role, _icon = price_role(row)
    return Look("danger.text" if role == "danger" else "text2")


def _quiet(_row: CallRow) -> Look:
    return Look("text2")


def call_columns(today: str, timezone: str) -> tuple[Column[CallRow], ...]:
    """Return the columns, with times as seen on *today* in *timezone*."""

    def when(row: CallRow) -> str:
        clock = formatting.clock(row.occurred_at_ms, timezone)
        day = local_day(row.occurred_at_ms, timezone)
        return clock if day == today else f"{formatting.day(day)} {clock}"

    def moment(row: CallRow) -> str:
        return formatting.moment(row.occurred_at_ms, timezone)

    def iso(row: CallRow) -> str:
        return formatting.iso_moment(row.occurred_at_ms, timezone)

    return (
        Column(
            "time", _tr("Time"), when, sort_key=lambda row: float(row.occurred_at_ms),
            look=_quiet, tooltip=moment, plain=iso,
        ),
        *_what_columns(),
        *_figure_columns(),
    )  # fmt: skip


def _what_columns() -> tuple[Column[CallRow], ...]:
    return (
        Column(
            "model", _tr("Model"), lambda row: row.model, sort_key=lambda row: row.model,
            decoration=lambda row: Swatch(row.provider), is_stretched=True,
            is_descending_first=False, tooltip=lambda row: row.model,
        ),
        Column(
            "provider", _tr("Provider"), lambda row: formatting.provider_label(row.provider),
            sort_key=lambda row: row.provider, priority=6, is_descending_first=False,
        ),
        Column(
            "source", _tr("Source"), lambda row: formatting.source_label(row.source), priority=7,
        ),
        Column(
            "agent", _tr("Agent"), lambda row: row.agent or formatting.UNKNOWN, priority=5,
            is_stretched=True, look=_quiet, tooltip=lambda row: row.agent,
        ),
        Column(
            "project", _tr("Project"), lambda row: row.project or formatting.UNKNOWN, priority=8,
            look=_quiet, tooltip=lambda row: row.project,
        ),
        Column(
            "endpoint", _tr("Endpoint"), lambda row: row.endpoint or formatting.UNKNOWN,
            priority=9, look=_quiet, tooltip=lambda row: row.endpoint,
        ),
        Column(
            "api_key", _tr("API key"), lambda row: row.api_key or formatting.UNKNOWN,
            priority=11, look=_quiet, tooltip=lambda row: row.api_key,
        ),
    )  # fmt: skip


def _figure_columns() -> tuple[Column[CallRow], ...]:
    return (
        Column(
            "input", _tr("Input"), lambda row: formatting.count(_taken(row)),
            sort_key=lambda row: float(_taken(row) or 0), is_number=True, priority=3,
            plain=lambda row: plain_number(_taken(row)),
        ),
        Column(
            "cached", _tr("Cached"), lambda row: formatting.count(row.cache_read_tokens or None),
            is_number=True, priority=10, plain=lambda row: plain_number(row.cache_read_tokens),
        ),
        Column(
            "output", _tr("Output"), lambda row: formatting.count(row.output_tokens or None),
            sort_key=lambda row: float(row.output_tokens), is_number=True, priority=2,
            plain=lambda row: plain_number(row.output_tokens or None),
        ),
        Column(
            "duration", _tr("Duration"), lambda row: formatting.seconds(row.duration_ms, 2),
            sort_key=lambda row: float(row.duration_ms or 0), is_number=True, priority=4,
            look=_quiet, plain=lambda row: plain_number(row.duration_ms),
        ),
        Column(
            "cost", _tr("Cost"), lambda row: formatting.money_small(row.cost_pico),
            sort_key=lambda row: float(row.cost_pico or 0), is_number=True,
            look=lambda _row: Look("text", 600),
            plain=lambda row: formatting.money_plain(row.cost_pico),
        ),
        Column(
            "price", _tr("Price"), price_word, decoration=_price_mark, look=_price_look,
            priority=1,
        ),
    )  # fmt: skip


def line_columns() -> tuple[Column[TokenLine], ...]:
    """Return the columns of a call's token kinds; the total has the kind ""."""

    def price(line: TokenLine) -> str:
        if not line.kind:
            return ""
        text = formatting.unit_price(line.unit_price_pico)
        if line.unit_price_pico is None or line.unit_size == TOKENS_PER_MILLION:
            return text
        if line.unit_size == 1:
            return _tr("{price} each").format(price=text)
        return _tr("{price} per {count}").format(price=text, count=formatting.count(line.unit_size))

    def name(line: TokenLine) -> str:
        return kind_word(line.kind) if line.kind else _tr("Total")

    return (
        Column("kind", _tr("Token kind"), name, is_stretched=True),
        Column(
            "quantity", _tr("Tokens"), lambda line: formatting.count(line.quantity),
            is_number=True, plain=lambda line: str(line.quantity),
        ),
        Column("unit", _tr("Per 1M"), price, is_number=True, look=lambda _line: Look("text2")),
        Column(
            "cost", _tr("Cost"), lambda line: formatting.money_small(line.cost_pico),
            is_number=True, plain=lambda line: formatting.money_plain(line.cost_pico),
        ),
    )  # fmt: skip

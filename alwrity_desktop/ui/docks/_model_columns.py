"""Columns of the table in which models, agents and projects stand side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.dimensions import DIMENSIONS
from alwrity_desktop.core.domain.insight_values import ModelUse
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.tables.columns import (
    Column,
    Decoration,
    Look,
    Swatch,
    plain_number,
    sortable,
)

_ALWAYS = frozenset({"calls", "cost"})


def _tr(text: str) -> str:
    return QCoreApplication.translate("ModelsDock", text)


def _swatch(row: ModelUse) -> Decoration | None:
    provider = row.performance.provider
    return Swatch(provider) if provider else None


def _name(side: str, row: ModelUse) -> str:
    """Return what a row of *side* is called."""
    key = row.performance.key
    if side == "provider":
        return formatting.provider_label(key)
    return key or _tr("none named")


def _note(row: ModelUse) -> str:
    seen = row.performance
    best = [
        words
        for is_best, words in (
            (seen.is_cheapest, _tr("cheapest per token")),
            (seen.is_fastest, _tr("fastest")),
            (seen.is_most_reliable, _tr("fewest errors")),
        )
        if is_best
    ]
    provider = formatting.provider_label(seen.provider or "")
    return f"{seen.key}, {provider}" + (f"\n{', '.join(best)}" if best else "")


def _look(*, is_best: bool) -> Look:
    return Look("success.text", 600) if is_best else Look("text2")


def _cost(row: ModelUse) -> int | None:
    return row.performance.figures.known_cost_pico


def _hit(row: ModelUse) -> float | None:
    return None if row.cache is None or not row.cache.read_tokens else row.cache.hit_percent


def _saved(row: ModelUse) -> int | None:
    return None if row.cache is None else row.cache.saved_pico


def model_columns(side: str, rows: Sequence[ModelUse]) -> tuple[Column[ModelUse], ...]:
    """Return the columns for what stands side by side: "model", or one of ``SIDES``.

    What is known of none of *rows* has no column.
    """
    return tuple(
        column
        for column in _all_columns(side)
        if column.key in _ALWAYS or any(column.text(row) != formatting.UNKNOWN for row in rows)
    )


def _all_columns(side: str) -> tuple[Column[ModelUse], ...]:

    def name(row: ModelUse) -> str:
        return _name(side, row)

    is_model = side == "model"
    cache = _cache_columns() if is_model else ()
    return (
        Column(
            side, _tr(DIMENSIONS[side]), name, is_stretched=True, is_descending_first=False,
            decoration=_swatch if is_model else None, tooltip=_note if is_model else name,
            sort_key=lambda row: name(row).casefold(),
        ),
        Column(
            "calls", _tr("Calls"), lambda row: formatting.count(row.performance.figures.calls),
            is_number=True, priority=2,
            sort_key=lambda row: float(row.performance.figures.calls),
            plain=lambda row: str(row.performance.figures.calls),
        ),
        Column(
            "tokens", _tr("Tokens"),
            lambda row: formatting.tokens(row.performance.figures.tokens or None, 1),
            is_number=True, priority=4,
            sort_key=lambda row: float(row.performance.figures.tokens),
            plain=lambda row: str(row.performance.figures.tokens),
        ),
        *_cost_columns(),
        *_speed_columns(),
        *cache,
    )  # fmt: skip


def _cost_columns() -> tuple[Column[ModelUse], ...]:
    return (
        Column(
            "cost", _tr("Cost"), lambda row: formatting.money(_cost(row)), is_number=True,
            sort_key=lambda row: sortable(_cost(row)), look=lambda _row: Look("text", 600),
            plain=lambda row: formatting.money_plain(_cost(row)),
            tooltip=lambda row: formatting.unpriced_words(row.performance.figures),
        ),
        Column(
            "each", _tr("Per call"),
            lambda row: formatting.money_small(row.performance.figures.cost_per_call_pico),
            is_number=True, priority=3, look=lambda _row: Look("text2"),
            sort_key=lambda row: sortable(row.performance.figures.cost_per_call_pico),
            plain=lambda row: formatting.money_plain(row.performance.figures.cost_per_call_pico),
        ),
        Column(
            "million", _tr("Per 1M"),
            lambda row: formatting.money(row.performance.figures.cost_per_million_tokens_pico),
            is_number=True, priority=6, look=lambda row: _look(is_best=row.performance.is_cheapest),
            sort_key=lambda row: sortable(row.performance.figures.cost_per_million_tokens_pico),
        ),
    )  # fmt: skip


def _speed_columns() -> tuple[Column[ModelUse], ...]:
    return (
        Column(
            "p50", _tr("p50"), lambda row: formatting.duration(row.performance.p50_duration_ms),
            is_number=True, priority=5, look=lambda row: _look(is_best=row.performance.is_fastest),
            sort_key=lambda row: sortable(row.performance.p50_duration_ms),
            plain=lambda row: plain_number(row.performance.p50_duration_ms),
        ),
        Column(
            "p95", _tr("p95"), lambda row: formatting.duration(row.performance.p95_duration_ms),
            is_number=True, priority=8, look=lambda _row: Look("text2"),
            sort_key=lambda row: sortable(row.performance.p95_duration_ms),
            plain=lambda row: plain_number(row.performance.p95_duration_ms),
        ),
        Column(
            "errors", _tr("Errors"),
            lambda row: formatting.percent(row.performance.figures.error_rate_percent),
            is_number=True, priority=7,
            look=lambda row: _look(is_best=row.performance.is_most_reliable),
            sort_key=lambda row: sortable(row.performance.figures.error_rate_percent),
            plain=lambda row: plain_number(row.performance.figures.error_rate_percent),
        ),
        Column(
            "speed", _tr("Tokens/s"),
            lambda row: formatting.count(_rounded(row.performance.tokens_per_second)),
            is_number=True, priority=9, look=lambda _row: Look("text2"),
            sort_key=lambda row: sortable(row.performance.tokens_per_second),
            plain=lambda row: plain_number(row.performance.tokens_per_second),
        ),
    )  # fmt: skip


def _rounded(value: float | None) -> int | None:
    return round(value) if value else None


def _cache_columns() -> tuple[Column[ModelUse], ...]:
    return (
        Column(
            "hit", _tr("Cached"), lambda row: formatting.percent(_hit(row)), is_number=True,
            priority=10, look=lambda _row: Look("text2"),
            sort_key=lambda row: sortable(_hit(row)), plain=lambda row: plain_number(_hit(row)),
        ),
        Column(
            "saved", _tr("Saved"), lambda row: formatting.money(_saved(row)), is_number=True,
            priority=11, look=lambda _row: Look("text2"),
            sort_key=lambda row: sortable(_saved(row)),
            plain=lambda row: formatting.money_plain(_saved(row)),
        ),
    )  # fmt: skip


def plural(side: str) -> str:
    """Return what the rows of *side* are."""
    return {
        "model": _tr("Models"),
        "provider": _tr("Providers"),
        "agent": _tr("Agents"),
        "project": _tr("Projects"),
        "endpoint": _tr("Endpoints"),
    }[side]

"""Columns of the tables of providers and of one provider's models."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.report import Group
from alwrity_desktop.core.domain.stated import NOT_ITEMISED
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.tables.columns import (
    Column,
    Decoration,
    Look,
    Swatch,
    plain_number,
    sortable,
)

TOTAL = ""
"""The key of the total row."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("ProvidersDock", text)


def _swatch(row: Group) -> Decoration | None:
    return None if row.key in {TOTAL, NOT_ITEMISED} else Swatch(row.provider or row.key)


def _name(row: Group) -> str:
    if row.key == TOTAL:
        return _tr("Total")
    if row.key == NOT_ITEMISED:
        return _tr("Not itemised")
    return row.key if row.provider else formatting.provider_label(row.key)


def _tokens(row: Group) -> int | None:
    return row.figures.tokens or None


def _quiet(_row: Group) -> Look:
    return Look("text2")


def _strong(_row: Group) -> Look:
    return Look("text", 600)


def _uses(row: Group) -> int | None:
    return row.figures.messages if row.figures.is_stated else row.figures.calls


def _each_pico(row: Group) -> int | None:
    figures = row.figures
    return figures.cost_per_message_pico if figures.is_stated else figures.cost_per_call_pico


def columns(title: str, *, is_stated: bool = False) -> tuple[Column[Group], ...]:
    """Return the columns; *title* heads the first, and stated figures count messages."""
    uses = _tr("Messages") if is_stated else _tr("Calls")
    return (
        Column(
            "name", title, _name, sort_key=lambda row: _name(row).casefold(), decoration=_swatch,
            is_stretched=True, is_descending_first=False, tooltip=_name,
        ),
        Column(
            "calls", uses, lambda row: formatting.count(_uses(row)),
            sort_key=lambda row: sortable(_uses(row)), is_number=True, priority=1,
            plain=lambda row: plain_number(_uses(row)),
        ),
        Column(
            "tokens", _tr("Tokens"), lambda row: formatting.tokens(_tokens(row), 1),
            sort_key=lambda row: float(row.figures.tokens), is_number=True, priority=3,
            plain=lambda row: plain_number(_tokens(row)),
        ),
        Column(
            "cost", _tr("Cost"), lambda row: formatting.money(row.figures.known_cost_pico),
            sort_key=lambda row: sortable(row.figures.known_cost_pico), is_number=True,
            look=_strong, plain=lambda row: formatting.money_plain(row.figures.known_cost_pico),
            tooltip=lambda row: formatting.unpriced_words(row.figures),
        ),
        *_quiet_columns(_tr("Per message") if is_stated else _tr("Per call")),
    )  # fmt: skip


def _quiet_columns(each: str) -> tuple[Column[Group], ...]:
    """Return the columns that explain the cost."""
    return (
        Column(
            "share", _tr("Share"), lambda row: formatting.percent(row.known_share_percent),
            sort_key=lambda row: sortable(row.known_share_percent), is_number=True, priority=2,
            look=_quiet, plain=lambda row: plain_number(row.known_share_percent),
        ),
        Column(
            "per_call", each, lambda row: formatting.money_small(_each_pico(row)),
            sort_key=lambda row: sortable(_each_pico(row)), is_number=True, priority=4, look=_quiet,
            plain=lambda row: formatting.money_plain(_each_pico(row)),
        ),
        Column(
            "per_million", _tr("Per 1M"),
            lambda row: formatting.money(row.figures.cost_per_million_tokens_pico),
            sort_key=lambda row: sortable(row.figures.cost_per_million_tokens_pico), is_number=True,
            priority=5, look=_quiet,
            plain=lambda row: formatting.money_plain(row.figures.cost_per_million_tokens_pico),
        ),
    )  # fmt: skip

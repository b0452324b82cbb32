"""Small widgets that take every colour, size and font from the theme."""

from __future__ import annotations

from alwrity_desktop.ui.widgets.bars import LimitBar
from alwrity_desktop.ui.widgets.buttons import ActionButton, Combo, IconButton, PushButton, Segments
from alwrity_desktop.ui.widgets.card import Card, paint_card
from alwrity_desktop.ui.widgets.fields import CheckBox, EditCombo
from alwrity_desktop.ui.widgets.flow import FlowLayout
from alwrity_desktop.ui.widgets.focus import Clickable
from alwrity_desktop.ui.widgets.labels import Badge, IconLabel, Pill, PlainLabel, plain_tooltip
from alwrity_desktop.ui.widgets.motion import Tween
from alwrity_desktop.ui.widgets.states import EmptyState, InlineMessage, Skeleton

__all__ = [
    "ActionButton",
    "Badge",
    "Card",
    "CheckBox",
    "Clickable",
    "Combo",
    "EditCombo",
    "EmptyState",
    "FlowLayout",
    "IconButton",
    "IconLabel",
    "InlineMessage",
    "LimitBar",
    "Pill",
    "PlainLabel",
    "PushButton",
    "Segments",
    "Skeleton",
    "Tween",
    "paint_card",
    "plain_tooltip",
]

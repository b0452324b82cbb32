"""The named arrangements of docks, as data: trees of rows and columns."""

from __future__ import annotations

from collections.abc import Container
from enum import Enum
from typing import Final

import msgspec

from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP


class Room(Enum):
    """How much width the docks have."""

    WIDE = "wide"
    MEDIUM = "medium"


class Tabs(msgspec.Struct, frozen=True):
    """Docks on top of one another, or a single one; the first is in front."""

    docks: tuple[str, ...]
    #: Width or height in its row or column, logical pixels at 100 % text size.
    extent: int


class Row(msgspec.Struct, frozen=True):
    """Parts side by side."""

    parts: tuple[Node, ...]
    extent: int = 0


class Column(msgspec.Struct, frozen=True):
    """Parts below one another."""

    parts: tuple[Node, ...]
    extent: int = 0


Node = Tabs | Row | Column


class Layout(msgspec.Struct, frozen=True):
    """One arrangement, for wide windows and for less wide ones."""

    name: str
    title: str
    wide: Node
    medium: Node

    def tree(self, room: Room) -> Node:
        """Return the arrangement for *room*."""
        return self.wide if room is Room.WIDE else self.medium


def one(name: str, extent: int) -> Tabs:
    """Return a single dock as a part."""
    return Tabs((name,), extent)


LAYOUTS: Final = (
    Layout(
        "overview",
        QT_TRANSLATE_NOOP("layouts", "Overview"),
        wide=Row(
            (
                Column((one("overview", 454), one("alerts", 272)), 400),
                Column(
                    (
                        one("trends", 364),
                        Row((one("providers", 680), one("health", 352)), 362),
                    ),
                    1032,
                ),
            )
        ),
        medium=Row(
            (
                Column((one("overview", 440), Tabs(("alerts", "health"), 260)), 396),
                Column((one("trends", 390), one("providers", 330)), 620),
            )
        ),
    ),
    Layout(
        "costs",
        QT_TRANSLATE_NOOP("layouts", "Costs"),
        wide=Column(
            (
                Row(
                    (
                        Tabs(("trends", "activity"), 700),
                        Tabs(("providers", "models", "tips", "agents"), 740),
                    ),
                    400,
                ),
                Tabs(("calls", "plans", "reconciliation"), 330),
            )
        ),
        medium=Column(
            (
                Tabs(("trends", "providers", "activity", "models", "tips", "agents"), 330),
                Tabs(("calls", "plans", "reconciliation"), 300),
            )
        ),
    ),
    Layout(
        "operations",
        QT_TRANSLATE_NOOP("layouts", "Operations"),
        wide=Row(
            (
                Column((one("health", 420), one("alerts", 310)), 560),
                Column((one("limits", 290), Tabs(("live", "calls"), 440)), 880),
            )
        ),
        medium=Row(
            (
                Column((one("health", 330), one("alerts", 260)), 430),
                Column((one("limits", 250), Tabs(("live", "calls"), 340)), 590),
            )
        ),
    ),
    Layout(
        "compact",
        QT_TRANSLATE_NOOP("layouts", "Compact"),
        wide=Row(
            (
                one("overview", 400),
                Tabs(("trends", "providers", "limits", "alerts", "health", "calls", "live"), 1040),
            )
        ),
        medium=Row(
            (
                one("overview", 376),
                Tabs(("trends", "providers", "limits", "alerts", "health", "calls", "live"), 640),
            )
        ),
    ),
)

BY_NAME: Final = {layout.name: layout for layout in LAYOUTS}
DEFAULT: Final = LAYOUTS[0]


def pruned(node: Node, names: Container[str]) -> Node | None:
    """Return *node* without the docks that are not among *names*; None when none is left."""
    if isinstance(node, Tabs):
        docks = tuple(name for name in node.docks if name in names)
        return Tabs(docks, node.extent) if docks else None
    parts = tuple(part for part in (pruned(each, names) for each in node.parts) if part)
    if len(parts) <= 1:
        return parts[0] if parts else None
    return type(node)(parts, node.extent)


def docks_of(node: Node) -> tuple[str, ...]:
    """Return the names of the docks in *node*, first to last."""
    if isinstance(node, Tabs):
        return node.docks
    return tuple(name for part in node.parts for name in docks_of(part))


def first_of(node: Node) -> str:
    """Return the dock that stands for *node* while its parts are not placed yet."""
    return docks_of(node)[0]

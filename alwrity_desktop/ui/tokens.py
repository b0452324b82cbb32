"""Design tokens: every colour, space, size, pen and duration, as frozen tables without Qt."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import msgspec


class Surfaces(msgspec.Struct, frozen=True):
    """Colours of surfaces, text and controls in one theme."""

    bg: str
    surface: str
    surface2: str
    titlebar: str
    inset: str
    hover: str
    border: str
    control: str
    grid: str
    axis: str
    track: str
    text: str
    text2: str
    muted: str
    primary: str
    primary_hover: str
    onprimary: str
    link: str
    focus: str
    selbg: str
    seltext: str
    skel: str
    skel2: str


class StatusTone(msgspec.Struct, frozen=True):
    """Colours of one status: *mark* paints icons, bars and lines, *text* is for words."""

    fill: str
    border: str
    mark: str
    text: str


LIGHT_SURFACES: Final = Surfaces(
    bg="#f1f3f6",
    surface="#ffffff",
    surface2="#fafbfd",
    titlebar="#f8f9fb",
    inset="#f4f6f9",
    hover="#eef2f7",
    border="#e2e6ec",
    control="#c5ccd6",
    grid="#e5e7eb",
    axis="#c5ccd6",
    track="#e5e7eb",
    text="#111827",
    text2="#4b5563",
    muted="#5f6876",
    primary="#1e40af",
    primary_hover="#1e3a8a",
    onprimary="#ffffff",
    link="#1e40af",
    focus="#3b82f6",
    selbg="#e0ebff",
    seltext="#111827",
    skel="#e9ecf1",
    skel2="#f3f5f8",
)

DARK_SURFACES: Final = Surfaces(
    bg="#0b1018",
    surface="#151c28",
    surface2="#121924",
    titlebar="#182130",
    inset="#1a2332",
    hover="#1f2a3b",
    border="#263143",
    control="#3a475c",
    grid="#222d3e",
    axis="#3a475c",
    track="#2a3547",
    text="#e7ecf4",
    text2="#b3bdcc",
    muted="#93a0b4",
    primary="#2563eb",
    primary_hover="#1d4fd0",
    onprimary="#ffffff",
    link="#93c5fd",
    focus="#60a5fa",
    selbg="#1c2f55",
    seltext="#f3f6fb",
    skel="#222c3c",
    skel2="#1a2332",
)

LIGHT_STATUS: Final = MappingProxyType(
    {
        "success": StatusTone("#f0fdf4", "#bbf7d0", "#16a34a", "#166534"),
        "warning": StatusTone("#fffbeb", "#fcd34d", "#d97706", "#92400e"),
        "danger": StatusTone("#fef2f2", "#fecaca", "#dc2626", "#b91c1c"),
        "info": StatusTone("#eff6ff", "#bfdbfe", "#3b82f6", "#1e40af"),
        "neutral": StatusTone("#f4f6f9", "#d5dae2", "#6b7280", "#4b5563"),
    }
)

DARK_STATUS: Final = MappingProxyType(
    {
        "success": StatusTone("#10261b", "#1d5634", "#22c55e", "#86efac"),
        "warning": StatusTone("#2b210f", "#78500f", "#f59e0b", "#fcd34d"),
        "danger": StatusTone("#2d161a", "#7f1d1d", "#ef4444", "#fca5a5"),
        "info": StatusTone("#14233f", "#1e3a8a", "#3b82f6", "#93c5fd"),
        "neutral": StatusTone("#1a2332", "#334057", "#8a96a9", "#b3bdcc"),
    }
)

STATUS_ICONS: Final = MappingProxyType(
    {
        "success": "circle-check",
        "warning": "triangle-alert",
        "danger": "circle-x",
        "info": "info",
        "neutral": "circle-dashed",
    }
)


class ProviderTone(msgspec.Struct, frozen=True):
    """Colours of one provider, fixed by provider and never by rank."""

    fill: str
    light_line: str
    dark_line: str
    #: Text on the fill; None where neither black nor white is legible.
    on_fill: str | None = "#111827"


PROVIDERS: Final = MappingProxyType(
    {
        "gemini": ProviderTone("#3b82f6", "#2563eb", "#3b82f6"),
        "openai": ProviderTone("#22c55e", "#16a34a", "#22c55e"),
        "anthropic": ProviderTone("#f59e0b", "#d97706", "#f59e0b"),
        "mistral": ProviderTone("#ef4444", "#dc2626", "#ef4444"),
        "tavily": ProviderTone("#8b5cf6", "#7c3aed", "#8b5cf6", None),
        "stability": ProviderTone("#06b6d4", "#0891b2", "#22d3ee"),
        "serper": ProviderTone("#ec4899", "#db2777", "#f472b6"),
        "exa": ProviderTone("#84cc16", "#4d7c0f", "#a3e635"),
        "metaphor": ProviderTone("#14b8a6", "#0f766e", "#2dd4bf"),
        "firecrawl": ProviderTone("#a16207", "#854d0e", "#d6a14a", "#ffffff"),
        "video": ProviderTone("#818cf8", "#4f46e5", "#818cf8"),
        "audio": ProviderTone("#d946ef", "#a21caf", "#e879f9"),
        "image_edit": ProviderTone("#fda4af", "#be123c", "#fda4af"),
        "wavespeed": ProviderTone("#facc15", "#a16207", "#facc15"),
    }
)
OTHER_PROVIDER: Final = ProviderTone("#9ca3af", "#6b7280", "#9ca3af")
MAX_SERIES: Final = 6
"""More series than this in one chart: the rest become "other"."""

PROVIDER_DASHES: Final = ((), (8, 4), (2, 3), (8, 3, 2, 3), (4, 4), (12, 4))
"""Dash patterns of the series for print and for the colour-blind palette."""

BADGE: Final = "#b91c1c"

#: Pixels and weight at 100 % text size.
TYPE: Final = MappingProxyType(
    {
        "metric": (30, 700),
        "heading": (24, 700),
        "subheading": (18, 600),
        "body-large": (16, 400),
        "body": (14, 400),
        "body-dense": (13, 400),
        "caption": (12, 400),
        "badge": (11, 700),
    }
)
TRACKING_EM: Final = -0.006


class Sizes(msgspec.Struct, frozen=True):
    """Sizes in logical pixels at 100 % text size."""

    dock_gap: int = 8
    #: Between two docks; the rest of the gap is the margin of their shadows.
    dock_separator: int = 2
    dock_padding_x: int = 14
    dock_padding_y: int = 10
    cell_padding: int = 6
    button: int = 32
    button_small: int = 26
    chip: int = 24
    pill: int = 26
    pill_small: int = 20
    icon_button: int = 32
    icon_button_title: int = 24
    row: int = 36
    row_dense: int = 26
    row_calls: int = 24
    table_header: int = 26
    alert_row: int = 48
    limit_row: int = 28
    limit_gap: int = 10
    bar: int = 6
    gauge_radius: int = 72
    gauge_stroke: int = 14
    ring_outer: int = 78
    ring_inner: int = 48
    radius_card: int = 8
    radius_control: int = 6
    radius_title_button: int = 4
    radius_swatch: int = 3
    swatch: int = 10
    badge: int = 16
    icon_row: int = 16
    icon_pill: int = 14
    icon_circle: int = 28


SIZES: Final = Sizes()


class PenToken(msgspec.Struct, frozen=True):
    """A pen of the charts: width in logical pixels and dash lengths in pixels."""

    width: float
    dash: tuple[float, ...] = ()


PENS: Final = MappingProxyType(
    {
        "series": PenToken(2.0),
        "forecast": PenToken(2.0, (5, 4)),
        "unfinished": PenToken(2.0, (4, 3)),
        "comparison": PenToken(1.25, (2, 4)),
        "budget": PenToken(1.5, (8, 4)),
        "now": PenToken(1.0, (1, 3)),
        "grid": PenToken(1.0),
        "sparkline": PenToken(1.5),
        "leader": PenToken(1.0),
    }
)

AREA_OPACITY: Final = (0.30, 0.03)
BAND_OPACITY: Final = 0.20
PAST_BAR_OPACITY: Final = 0.55

#: Milliseconds; all ease-out cubic but the shimmer, which is linear.
MOTION: Final = MappingProxyType(
    {"count": 250, "fill": 300, "reveal": 300, "slide": 200, "lift": 150, "shimmer": 1200}
)

LIGHT_HEAT: Final = (
    "#f4f6f9", "#dbeafe", "#bfdbfe", "#93c5fd", "#60a5fa", "#2563eb", "#1e3a8a",
)  # fmt: skip
DARK_HEAT: Final = (
    "#182130", "#152a52", "#173a7a", "#1e4fa8", "#2f6bd8", "#5b96f5", "#bfdbfe",
)  # fmt: skip

#: Depth of cards: (blur, downward offset, black's opacity), drawn once into a pixmap.
LIGHT_SHADOW: Final = ((2, 1, 0.06), (6, 1, 0.04))
DARK_SHADOW: Final = ((2, 1, 0.35),)

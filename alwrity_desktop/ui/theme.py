"""The theme: fonts, colours and icons that widgets and charts take by name."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final, Literal

import msgspec
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QApplication

from alwrity_desktop.core.resources import resource_path
from alwrity_desktop.ui.icons import tinted, tinted_icon
from alwrity_desktop.ui.stylesheet import stylesheet
from alwrity_desktop.ui.tokens import (
    DARK_HEAT,
    DARK_SHADOW,
    DARK_STATUS,
    DARK_SURFACES,
    LIGHT_HEAT,
    LIGHT_SHADOW,
    LIGHT_STATUS,
    LIGHT_SURFACES,
    MOTION,
    OTHER_PROVIDER,
    PENS,
    PROVIDERS,
    TRACKING_EM,
    TYPE,
    ProviderTone,
    StatusTone,
    Surfaces,
)

Choice = Literal["light", "dark", "system"]
FONT_FAMILY: Final = "Inter"


class Theme(msgspec.Struct, frozen=True):
    """All colours of one theme."""

    name: str
    is_dark: bool
    surfaces: Surfaces
    statuses: Mapping[str, StatusTone]
    heat: tuple[str, ...]
    shadow: tuple[tuple[int, int, float], ...]

    def hex(self, role: str) -> str:
        """Return the colour of *role* as text.

        A role is a surface name ("text2"), a status ("warning", meaning its mark) or a
        status and its part ("warning.text").
        """
        name, _, part = role.partition(".")
        tone = self.statuses.get(name)
        if tone is not None:
            return str(getattr(tone, part or "mark"))
        return str(getattr(self.surfaces, name))

    def colour(self, role: str, opacity: float = 1.0) -> QColor:
        """Return the colour of *role*, see :meth:`hex`."""
        colour = QColor(self.hex(role))
        colour.setAlphaF(opacity)
        return colour

    def status(self, name: str) -> StatusTone:
        """Return the colours of the status *name*."""
        return self.statuses[name]


LIGHT: Final = Theme("light", False, LIGHT_SURFACES, LIGHT_STATUS, LIGHT_HEAT, LIGHT_SHADOW)
DARK: Final = Theme("dark", True, DARK_SURFACES, DARK_STATUS, DARK_HEAT, DARK_SHADOW)


class ThemeBus(QObject):
    """Tells widgets that the theme has changed, so that they tint their icons anew."""

    changed = Signal()

    @Slot()
    def follow_system(self) -> None:
        """Take the system's colour scheme over, where the choice is to follow it."""
        app = QApplication.instance()
        if _state.choice == "system" and isinstance(app, QApplication):
            _paint(app)


class _State(msgspec.Struct):
    theme: Theme = LIGHT
    choice: Choice = "light"
    text_scale: float = 1.0
    is_motion_reduced: bool = False
    bus: ThemeBus | None = None
    has_fonts: bool = False


_state: Final = _State()


def current() -> Theme:
    """Return the theme in use."""
    return _state.theme


def bus() -> ThemeBus:
    """Return the object whose ``changed`` signal follows each change of the theme."""
    if _state.bus is None:
        _state.bus = ThemeBus()
    return _state.bus


def apply(app: QApplication, choice: Choice, text_percent: int = 100) -> None:
    """Dress *app* in the light or dark theme, or in the one that the system has now.

    *text_percent* enlarges all text, and what is sized after text.
    """
    if not _state.has_fonts:
        app.setStyle("Fusion")
        _load_fonts()
        app.styleHints().colorSchemeChanged.connect(bus().follow_system)
        _state.has_fonts = True
    _state.choice = choice
    _state.text_scale = text_percent / 100
    _paint(app)


def _paint(app: QApplication) -> None:
    system_is_dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    is_dark = system_is_dark if _state.choice == "system" else _state.choice == "dark"
    _state.theme = DARK if is_dark else LIGHT
    app.setPalette(_palette(_state.theme))
    app.setFont(font("body-dense"))
    app.setStyleSheet(stylesheet(_state.theme.surfaces))
    bus().changed.emit()


def _load_fonts() -> None:
    for path in sorted(resource_path("fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(path))


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    roles = {
        role.Window: "bg",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "surface2",
        role.Text: "text",
        role.PlaceholderText: "muted",
        role.Button: "surface",
        role.ButtonText: "text",
        role.BrightText: "onprimary",
        role.ToolTipBase: "surface",
        role.ToolTipText: "text",
        role.Highlight: "selbg",
        role.HighlightedText: "seltext",
        role.Link: "link",
        role.LinkVisited: "link",
        role.Light: "surface",
        role.Midlight: "hover",
        role.Mid: "control",
        role.Dark: "control",
        role.Shadow: "border",
        role.Accent: "focus",
    }
    palette = QPalette()
    for key, name in roles.items():
        palette.setColor(key, theme.colour(name))
    for key in (role.Text, role.ButtonText, role.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, theme.colour("muted"))
    return palette


def font(role: str, weight: int | None = None) -> QFont:
    """Return the font of a type token such as "caption", with figures of equal width."""
    return QFont(_font(role, weight, _state.text_scale))


@functools.lru_cache(maxsize=64)
def _font(role: str, weight: int | None, scale: float) -> QFont:
    pixels, usual_weight = TYPE[role]
    result = QFont(FONT_FAMILY)
    result.setPixelSize(round(pixels * scale))
    result.setWeight(QFont.Weight(weight or usual_weight))
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    result.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, TRACKING_EM * pixels * scale)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def scaled(pixels: float) -> int:
    """Return a size of the tokens at the text size in use, in logical pixels."""
    return round(pixels * _state.text_scale)


def set_reduced_motion(is_reduced: bool) -> None:  # noqa: FBT001 - a setter of one flag
    """Turn all motion off or on."""
    _state.is_motion_reduced = is_reduced


def is_motion_reduced() -> bool:
    """Return whether nothing may move."""
    return _state.is_motion_reduced


def duration_ms(motion: str) -> int:
    """Return how long the *motion* token lasts; 0 with reduced motion."""
    return 0 if _state.is_motion_reduced else MOTION[motion]


def pen(token: str, colour: QColor | str) -> QPen:
    """Return the chart pen *token* in *colour* (a colour, or a role of the theme)."""
    shape = PENS[token]
    shade = current().colour(colour) if isinstance(colour, str) else colour
    result = QPen(shade, shape.width)
    result.setCosmetic(True)
    result.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if shape.dash:
        result.setCapStyle(Qt.PenCapStyle.FlatCap)
        result.setDashPattern([length / shape.width for length in shape.dash])
    return result


def provider_tone(name: str) -> ProviderTone:
    """Return the colours of the provider *name*; unknown ones share one grey."""
    return PROVIDERS.get(name, OTHER_PROVIDER)


def provider_fill(name: str) -> QColor:
    """Return the colour of areas (ring, bars, swatches) of the provider *name*."""
    return QColor(provider_tone(name).fill)


def provider_line(name: str) -> QColor:
    """Return the colour of curves and outlines of the provider *name*."""
    tone = provider_tone(name)
    return QColor(tone.dark_line if current().is_dark else tone.light_line)


def icon(name: str, role: str = "text2", size: int = 16, trailing: int = 0) -> QIcon:
    """Return the icon *name* tinted in the colour of *role*, sharp at every scale.

    *trailing* adds empty pixels on the right, which set it apart from a button's text.
    """
    return tinted_icon(name, current().hex(role), size, trailing)


def icon_pixmap(name: str, role: str, size: int, ratio: float) -> QPixmap:
    """Return the icon *name* as a pixmap of *size* logical pixels for a device *ratio*."""
    return tinted(name, current().hex(role), size, ratio)

"""The theme: contrast, fonts, icons, and that a change reaches the widgets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSizeF, Slot
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication

import alwrity_desktop.ui
from alwrity_desktop.core.resources import resource_path
from alwrity_desktop.ui import theme
from alwrity_desktop.ui.tokens import PROVIDERS, STATUS_ICONS, Surfaces
from tests.ui.looks import dressed

__all__ = ["dressed"]

THEMES = (theme.LIGHT, theme.DARK)
TEXT_RATIO = 4.5
MARK_RATIO = 3.0


def luminance(colour: QColor) -> float:
    parts = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: QColor, second: QColor) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", THEMES, ids=lambda look: look.name)
@pytest.mark.parametrize("ground", ["bg", "surface", "surface2", "titlebar"])
@pytest.mark.parametrize("role", ["text", "text2", "muted", "link"])
def test_that_text_can_be_read(look: theme.Theme, ground: str, role: str) -> None:
    assert contrast(look.colour(role), look.colour(ground)) >= TEXT_RATIO


@pytest.mark.parametrize("look", THEMES, ids=lambda look: look.name)
@pytest.mark.parametrize("status", sorted(STATUS_ICONS))
def test_that_a_status_can_be_read_and_seen(look: theme.Theme, status: str) -> None:
    tone = look.status(status)
    for ground in (tone.fill, look.surfaces.surface):
        assert contrast(QColor(tone.text), QColor(ground)) >= TEXT_RATIO
    assert contrast(QColor(tone.mark), look.colour("surface")) >= MARK_RATIO


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_that_a_providers_curve_can_be_seen(provider: str) -> None:
    tone = PROVIDERS[provider]
    assert contrast(QColor(tone.light_line), theme.LIGHT.colour("surface")) >= MARK_RATIO
    assert contrast(QColor(tone.dark_line), theme.DARK.colour("surface")) >= MARK_RATIO
    if tone.on_fill is not None:
        assert contrast(QColor(tone.on_fill), QColor(tone.fill)) >= TEXT_RATIO


def test_that_words_on_chosen_grounds_can_be_read() -> None:
    for look in THEMES:
        assert contrast(look.colour("onprimary"), look.colour("primary")) >= TEXT_RATIO
        assert contrast(look.colour("onprimary"), look.colour("primary_hover")) >= TEXT_RATIO
        assert contrast(look.colour("seltext"), look.colour("selbg")) >= TEXT_RATIO


def test_that_the_font_is_our_own_on_every_machine() -> None:
    font = theme.font("body-dense", 600)
    assert QFontInfo(font).family() == theme.FONT_FAMILY
    assert font.isFeatureSet(QFont.Tag("tnum"))


def test_that_figures_have_equal_widths() -> None:

    metrics = QFontMetricsF(theme.font("body-dense"))
    widths = {round(metrics.horizontalAdvance(digit * 8), 2) for digit in "0123456789"}
    assert len(widths) == 1


def test_that_a_dark_window_is_dark_everywhere(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    assert theme.current() is theme.DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == theme.DARK.colour("bg")
    assert theme.DARK.surfaces.surface in qapp.styleSheet()


def test_that_the_change_of_theme_is_told(qapp: QApplication) -> None:
    told: list[str] = []

    class Listener(QObject):
        @Slot()
        def note(self) -> None:
            told.append(theme.current().name)

    listener = Listener()
    theme.bus().changed.connect(listener.note)
    theme.apply(qapp, "dark")
    theme.apply(qapp, "light")
    assert told == ["dark", "light"]


def test_that_larger_text_enlarges_what_is_sized_after_it(qapp: QApplication) -> None:
    theme.apply(qapp, "light", 200)
    assert theme.scaled(24) == 48
    assert theme.font("body").pixelSize() == 28


def test_that_an_icon_takes_the_colour_of_its_role(qapp: QApplication) -> None:
    pixmap = theme.icon_pixmap("check", "danger", 32, 1.0)
    image = pixmap.toImage()
    colours = {
        QColor(image.pixelColor(x, y)).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }
    assert colours == {theme.LIGHT.hex("danger")}
    assert theme.icon_pixmap("check", "text2", 16, 3.0).deviceIndependentSize() == QSizeF(16, 16)


def test_that_every_icon_named_in_the_docks_is_there() -> None:
    folder = Path(alwrity_desktop.ui.__file__).parent
    icons = {path.stem for path in resource_path("icons").glob("*.svg")}
    named = set(STATUS_ICONS.values())
    pattern = re.compile(r'(?:icon = |icon=|IconButton\(|IconLabel\()"([a-z0-9-]+)"')
    for source in folder.rglob("*.py"):
        named |= set(pattern.findall(source.read_text(encoding="utf-8")))
    assert named <= icons


def test_that_no_role_is_missing_from_a_theme() -> None:
    for look in THEMES:
        for role in Surfaces.__struct_fields__:
            assert QColor(look.hex(role)).isValid(), role

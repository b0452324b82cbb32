"""Pictures of the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from alwrity_desktop.core.domain.errors import NotFoundError, WorldError
from alwrity_desktop.ui.snapshot import render
from tests.ui.fakes import FakeContext
from tests.ui.looks import dressed

__all__ = ["dressed"]


def test_that_the_same_figures_give_the_same_picture(context: FakeContext, tmp_path: Path) -> None:
    first, second = tmp_path / "a.png", tmp_path / "b.png"
    for path in (first, second):
        render(context.as_context(), path, size=(1024, 768))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (640, 480), (320, 320)])
def test_that_a_picture_has_the_size_that_was_asked_for(
    context: FakeContext, tmp_path: Path, theme: str, size: tuple[int, int]
) -> None:
    path = tmp_path / "picture.png"
    render(context.as_context(), path, size=size, theme="dark" if theme == "dark" else "light")
    image = QImage(str(path))
    assert (image.width(), image.height()) == size
    corner = image.pixelColor(2, size[1] - 2)
    assert (corner.lightness() < 60) is (theme == "dark")


def test_that_a_layout_is_known_by_its_title_and_another_is_refused_in_words(
    context: FakeContext, tmp_path: Path
) -> None:
    render(context.as_context(), tmp_path / "a.png", layout="costs")
    assert context.queries
    with pytest.raises(NotFoundError, match="Overview, Costs, Operations, Compact"):
        render(context.as_context(), tmp_path / "b.png", layout="Nothing")


def test_that_a_place_that_cannot_be_written_is_said_in_words(
    context: FakeContext, tmp_path: Path
) -> None:
    with pytest.raises(WorldError, match="cannot be written"):
        render(context.as_context(), tmp_path / "none" / "a.png")

"""A dressed, motionless application for tests of what is painted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from alwrity_desktop.ui import theme


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """Dress the application in the light theme, at the usual text size, without motion."""
    theme.set_reduced_motion(True)
    theme.apply(qapp, "light")
    yield
    theme.apply(qapp, "light")
    theme.set_reduced_motion(False)


class Asked:
    """Collects what a dock asks for."""

    def __init__(self) -> None:
        self.requests: list[object] = []

    def take(self, request: object) -> None:
        self.requests.append(request)

    @property
    def last(self) -> Any:  # noqa: ANN401 - any request
        return self.requests[-1]

"""What tests of the window share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.fakes import Collector, FakeContext


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    """A context with the figures of the pictures."""
    return FakeContext(tmp_path / "profile")


@pytest.fixture
def collector() -> Collector:
    """Takes events."""
    return Collector()

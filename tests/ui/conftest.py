"""What tests of the window share."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.fakes import Collector, FakeContext
from tests.ui.looks import end_deleted


@pytest.fixture(scope="module", autouse=True)
def _what_is_loaded_stays() -> None:
    """Let the search for cycles pass over what was there before: it is made after each test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _cycles_end_in_the_gui_thread(_what_is_loaded_stays: None) -> Iterator[None]:
    """Keep Python from ending a widget in whatever thread happens to allocate next."""
    gc.disable()
    yield
    gc.enable()
    end_deleted()
    gc.collect()


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    """A context with the figures of the pictures."""
    return FakeContext(tmp_path / "profile")


@pytest.fixture
def collector() -> Collector:
    """Takes events."""
    return Collector()

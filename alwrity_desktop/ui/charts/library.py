"""Loads the plotting library beside the window: in the window's thread it would stall it."""

from __future__ import annotations

import contextlib
import functools
import importlib
import threading
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Final

_PLOT: Final = "alwrity_desktop.ui.charts.trend_plot"

_SLICE_S: Final = 0.005
"""How long one call may keep the window's thread."""

_QT_MODULES: Final = (
    "QtCore",
    "QtGui",
    "QtWidgets",
    "QtNetwork",
    "QtSvg",
    "QtTest",
    "QtOpenGL",
    "QtOpenGLWidgets",
)
"""What the library loads of Qt, and what the window may name meanwhile."""


def advance() -> bool:
    """Load a little more; return whether the library can be used without a wait.

    To be called from the window's thread, time and again until it returns True.
    """
    return _make_some_types() and not _loader().is_alive()


def is_loaded() -> bool:
    """Return whether the library can be used without a wait."""
    return _loader.cache_info().currsize > 0 and not _loader().is_alive()


def plot_module() -> ModuleType:
    """Return the module that draws with the library; loads it now where that is not done."""
    return importlib.import_module(_PLOT)


def _make_some_types() -> bool:
    """Make some of Qt's types; return whether all are made.

    PySide makes a class when its name is first asked for, and crashes when two threads do so
    at once (seen with 6.11.3). The library asks for all of them while it is loaded in a
    thread of its own: by then there must be nothing left to make.
    """
    end = time.monotonic() + _SLICE_S
    return all(time.monotonic() < end for _ in _types())


@functools.cache
def _types() -> Iterator[object]:
    return _each_type()


def _each_type() -> Iterator[object]:
    for name in _QT_MODULES:
        # A part that this system cannot load is none that the library could use.
        with contextlib.suppress(ImportError):
            module = importlib.import_module(f"PySide6.{name}")
            yield from (getattr(module, each, None) for each in dir(module))


@functools.cache
def _loader() -> threading.Thread:
    loader = threading.Thread(target=_load, name="plot library")
    loader.start()
    return loader


def _load() -> None:
    # What is wrong is said where the plot is wanted.
    with contextlib.suppress(ImportError):
        plot_module()

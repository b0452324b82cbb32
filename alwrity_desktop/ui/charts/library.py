"""Loads the plotting library beside the window: in the window's thread it would stall it."""

from __future__ import annotations

import contextlib
import functools
import importlib
import threading
from types import ModuleType
from typing import Final

_PLOT: Final = "alwrity_desktop.ui.charts.trend_plot"


def begin() -> None:
    """Start to load the library, unless that was done before."""
    _loader()


def is_loaded() -> bool:
    """Return whether the library can be used without a wait."""
    return _loader.cache_info().currsize > 0 and not _loader().is_alive()


def plot_module() -> ModuleType:
    """Return the module that draws with the library; loads it now where that is not done."""
    return importlib.import_module(_PLOT)


@functools.cache
def _loader() -> threading.Thread:
    loader = threading.Thread(target=_load, name="plot library")
    loader.start()
    return loader


def _load() -> None:
    # What is wrong is said where the plot is wanted.
    with contextlib.suppress(ImportError):
        plot_module()

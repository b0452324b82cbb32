"""The docks, found by being here: one module with one DockView each."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from alwrity_desktop.ui.docks.base import DockView


@functools.cache
def dock_types() -> tuple[type[DockView], ...]:
    """Return every dock of this folder, in the order of the View menu."""
    found: list[type[DockView]] = []
    for module in pkgutil.iter_modules(__path__):
        if module.name == "base" or module.name.startswith("_"):
            continue
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        found += [
            value
            for value in vars(loaded).values()
            if isinstance(value, type)
            and issubclass(value, DockView)
            and value.__module__ == loaded.__name__
            and "name" in vars(value)
        ]
    return tuple(sorted(found, key=lambda dock: (dock.order, dock.name)))

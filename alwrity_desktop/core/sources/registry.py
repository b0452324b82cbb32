"""The sources that there are: every module of this package that holds a ``SOURCE``."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Final

from alwrity_desktop.core import sources
from alwrity_desktop.core.sources.base import LogSource


def _found() -> tuple[LogSource, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(sources.__path__))
    modules = (import_module(f"{sources.__name__}.{name}") for name in names if name != "registry")
    return tuple(module.SOURCE for module in modules if hasattr(module, "SOURCE"))


SOURCES: Final = _found()
"""Every source, by name."""


def source_named(name: str) -> LogSource:
    """Return the source called *name*; KeyError when there is none."""
    return {source.name: source for source in SOURCES}[name]

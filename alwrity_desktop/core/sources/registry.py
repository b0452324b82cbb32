"""The sources that there are: every module of this package that holds a ``SOURCE``."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from alwrity_desktop.core import sources
from alwrity_desktop.core.sources.base import LogSource


@cache
def all_sources() -> tuple[LogSource, ...]:
    """Return every source, by name."""
    found = (_source_in(module) for module in sorted(_modules()))
    return tuple(source for source in found if source is not None)


def source_named(name: str) -> LogSource:
    """Return the source called *name*, loading no other; KeyError when there is none."""
    module = name.replace("-", "_")
    source = _source_in(module) if module in _modules() else None
    if source is None or source.name != name:
        raise KeyError(name)
    return source


@cache
def _modules() -> frozenset[str]:
    names = (module.name for module in pkgutil.iter_modules(sources.__path__))
    return frozenset(name for name in names if name != "registry")


def _source_in(module: str) -> LogSource | None:
    source: LogSource | None = getattr(
        import_module(f"{sources.__name__}.{module}"), "SOURCE", None
    )
    return source

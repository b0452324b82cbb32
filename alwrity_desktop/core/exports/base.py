"""What an export is, and the list of those that there are."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from alwrity_desktop.core import exports
from alwrity_desktop.core.domain.report import CallRow, Report


class Export(Protocol):
    """One format of file. A module of this folder is one by having these names."""

    #: The name that a person types: "csv".
    NAME: str
    #: What the file holds, in a few words.
    TITLE: str

    @staticmethod
    def write(report: Report, calls: Iterable[CallRow], path: Path) -> None:
        """Write *report*, and *calls* as they come, to *path*, whole or not at all.

        Raises OSError when the file cannot be written.
        """


@cache
def formats() -> Mapping[str, Export]:
    """Return every export by its name."""
    modules = (
        importlib.import_module(f"{exports.__name__}.{found.name}")
        for found in pkgutil.iter_modules(exports.__path__)
        if found.name.endswith("_export")
    )
    found = cast("list[Export]", list(modules))
    return MappingProxyType({each.NAME: each for each in found})

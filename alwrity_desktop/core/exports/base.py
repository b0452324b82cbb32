"""What an export is, and the list of those that there are."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from alwrity_desktop.core import exports
from alwrity_desktop.core.exports.contents import Contents, Part


class Export(Protocol):
    """One format of file. A module of this folder is one by having these names."""

    #: The name that a person types: "csv".
    NAME: str
    #: What the file holds, in a few words.
    TITLE: str

    @staticmethod
    def write(contents: Contents, path: Path, parts: Sequence[Part] = ()) -> None:
        """Write *contents* to *path*, whole or not at all; of tables only *parts* if any.

        Calls are written as they come. Raises OSError when the file cannot be written.
        """

    @staticmethod
    def needs(parts: Sequence[Part]) -> frozenset[str]:
        """Return what has to be asked of the report, and looked up beside it."""
        ...


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

"""Mappings of tables that a person keeps, by name, found again by the headers of a table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from alwrity_desktop.core.domain.errors import NotFoundError, PersonError, WorldError
from alwrity_desktop.core.domain.table_mapping import TableMapping
from alwrity_desktop.core.files import replacing

MAX_MAPPINGS: Final = 200
_MAX_NAME: Final = 60


class KeptMapping(msgspec.Struct, frozen=True):
    """One mapping with its name and the headers of the tables that it is for."""

    name: str
    header: tuple[str, ...]
    mapping: TableMapping

    def fits(self, header: Iterable[str]) -> bool:
        """Return whether a table with *header* is of this kind, in whatever order its columns."""
        return sorted(self.header) == sorted(header)


_DECODER: Final = msgspec.json.Decoder(list[KeptMapping])


class TableMappings:
    """The mappings in one file of the profile's settings."""

    def __init__(self, config: Path) -> None:
        self._path = config / "table_mappings.json"

    def all(self) -> tuple[KeptMapping, ...]:
        """Return what is kept, the newest last. Raises WorldError for a file that is damaged."""
        try:
            return tuple(_DECODER.decode(self._path.read_bytes()))
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            message = (
                f"The kept mappings in {self._path} cannot be read. Remove the file to begin anew."
            )
            raise WorldError(message) from error

    def named(self, name: str) -> KeptMapping:
        """Return the mapping called *name*. Raises NotFoundError."""
        for kept in self.all():
            if kept.name == name:
                return kept
        known = ", ".join(kept.name for kept in self.all()) or "none yet"
        message = f'There is no mapping "{name:.60}". There are: {known}.'
        raise NotFoundError(message)

    def for_header(self, header: Iterable[str]) -> TableMapping | None:
        """Return the newest mapping that was kept for a table with these columns."""
        names = tuple(header)
        fitting = [kept.mapping for kept in self.all() if kept.fits(names)]
        return fitting[-1] if fitting else None

    def keep(self, name: str, header: Iterable[str], mapping: TableMapping) -> None:
        """Keep *mapping* under *name*, in place of one of that name. Raises PersonError."""
        if not name.strip() or len(name) > _MAX_NAME or not name.isprintable():
            message = f"A mapping's name is one line of up to {_MAX_NAME} characters."
            raise PersonError(message)
        others = [kept for kept in self.all() if kept.name != name]
        kept = [*others, KeptMapping(name, tuple(header), mapping)][-MAX_MAPPINGS:]
        text = msgspec.json.format(msgspec.json.encode(kept), indent=1).decode()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._path) as file:
                file.write(text)
        except OSError as error:
            message = f"{self._path} cannot be written ({error.strerror or 'unknown reason'})."
            raise WorldError(message) from error

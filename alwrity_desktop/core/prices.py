"""Opens the price book: the lists that come with the program, a newer one, and own prices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.price_list import PriceList
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.resources import resource_path

NEWER_LIST: Final = "prices.json"
"""The file in the profile folder that outranks the program's own copy of the list."""


def open_price_book(
    folder: Path | None = None, overrides: Sequence[PriceOverride] = ()
) -> PriceBook:
    """Return the price book; *folder* may hold a newer list, which is used when it is sound."""
    return PriceBook((maintained_list(folder), _bundled("alwrity.json")), overrides)


def maintained_list(folder: Path | None = None) -> PriceList:
    """Return the newer of the program's copy of the maintained list and *folder*'s."""
    bundled = _bundled("maintained.json")
    if folder is None:
        return bundled
    try:
        newer = PriceList((folder / NEWER_LIST).read_bytes())
        for provider_id in newer.provider_ids():
            newer.provider(provider_id)
    except (OSError, msgspec.DecodeError):
        return bundled
    return newer if newer.file.date >= bundled.file.date else bundled


def _bundled(name: str) -> PriceList:
    return PriceList(resource_path("prices", name).read_bytes())

"""Takes a newer price list: checked price by price, kept in the profile folder."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

import msgspec

from alwrity_desktop.core.domain.errors import LedgerUnavailableError, PersonError
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.price_list import (
    SCHEMA,
    Block,
    ListPrice,
    Match,
    PriceList,
    TieredPrice,
    minutes_ms,
)
from alwrity_desktop.core.domain.pricing import KINDS, MAX_PRICE_USD
from alwrity_desktop.core.files import replacing
from alwrity_desktop.core.prices import NEWER_LIST, maintained_list

MAX_LIST_BYTES: Final = 20_000_000
JUMP_FACTOR: Final = 10
"""A price that changed this many times over is named, so that a slip is seen."""

_NAMED_JUMPS: Final = 3
_KINDS: Final = frozenset({*KINDS, "cache_write"})
_MAX_UNITS: Final = 10**9


def update_prices(file: Path | None, folder: Path, now_ms: int) -> str:
    """Take the price list in *file*, or of an installed newer genai-prices, into *folder*.

    Returns one sentence that says what happened. Raises PersonError when the list cannot be
    read or is not sound, and WorldError when it cannot be kept; the one in use then stays.
    """
    present = maintained_list(folder)
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date().isoformat()
    data = _installed(today) if file is None else _read(file)
    if data is None:
        return (
            f"Prices stay at {_name(present)}: no newer list is installed. Name a file, or "
            "install a newer genai-prices."
        )
    offered = sound_list(data)
    if file is None and _version(offered) <= _version(present):
        return f"Prices are up to date: {_name(present)}."
    if offered.file.date < present.file.date:
        return f"Prices stay at {_name(present)}: the list of {offered.file.date} is older."
    _keep(data, folder)
    jumps = list(_jumps(present, offered, now_ms))
    return f"Prices now follow {_name(offered)}.{_jumps_in_words(jumps)}"


def sound_list(data: bytes) -> PriceList:
    """Return the list of *data* when every price in it is sound; PersonError says what is not."""
    try:
        prices = PriceList(data)
        if prices.file.schema != SCHEMA or not prices.file.providers:
            raise PersonError("This is not a price list that this version can read.")
        date.fromisoformat(prices.file.date)
        for kind, units in prices.file.units.items():
            if kind not in _KINDS or not 0 < units <= _MAX_UNITS:
                message = f"The price list counts {kind:.40} in a way that is not known."
                raise PersonError(message)
        for provider_id in prices.provider_ids():
            _check_provider(prices, provider_id)
    except (msgspec.DecodeError, ValueError, RecursionError, re.error) as error:
        raise PersonError("The price list is damaged, and was not taken.") from error
    return prices


def _check_provider(prices: PriceList, provider_id: str) -> None:
    provider = prices.provider(provider_id)
    _check_match(provider.match)
    for model in provider.models:
        _check_match(model.match)
        if not model.blocks:
            message = f"The price list has no price for {model.id:.60} of {provider_id:.40}."
            raise PersonError(message)
        for block in (*model.blocks, *model.variants):
            _check_block(block, f"{model.id:.60} of {provider_id:.40}", prices.file.units)


def _check_block(block: Block, where: str, units: dict[str, int]) -> None:
    if block.since is not None:
        date.fromisoformat(block.since)
    for clock in block.daily or ():
        minutes_ms(clock)
    for kind, price in block.prices.items():
        if kind not in units:
            message = f"The price list does not say what a price of {kind:.40} is for."
            raise PersonError(message)
        for text in _texts(price):
            if not _is_sound(text):
                message = f"The price {text:.40} of {where} is out of bounds; nothing was taken."
                raise PersonError(message)
        if isinstance(price, TieredPrice):
            starts = [start for start, _ in price.above]
            if starts != sorted(set(starts)) or min(starts, default=1) <= 0:
                message = f"The context tiers of {where} are out of order; nothing was taken."
                raise PersonError(message)


def _check_match(match: Match) -> None:
    for pattern in match.regex:
        re.compile(pattern)
    for group in match.every:
        for part in group:
            _check_match(part)


def _texts(price: ListPrice) -> tuple[str, ...]:
    if isinstance(price, str):
        return (price,)
    return (price.base, *(text for _, text in price.above))


def _is_sound(text: str) -> bool:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return False
    return amount.is_finite() and 0 <= amount <= MAX_PRICE_USD


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_LIST_BYTES + 1)
    except OSError as error:
        message = f"The price list {file} cannot be read. Check its name and your permission."
        raise PersonError(message) from error
    if len(data) > MAX_LIST_BYTES:
        message = f"The price list {file} is larger than any price list, and was not taken."
        raise PersonError(message)
    return data


def _installed(today: str) -> bytes | None:
    if importlib.util.find_spec("genai_prices") is None:
        return None
    # Only where it is installed: the program comes without that package.
    converter = importlib.import_module("alwrity_desktop.core.price_snapshot")
    data: bytes = converter.snapshot(today)
    return data


def _keep(data: bytes, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / NEWER_LIST) as file:
            file.write(data.decode())
    except OSError as error:
        message = f"The price list cannot be written to {folder}. Check space and permission."
        raise LedgerUnavailableError(message) from error


def _jumps(present: PriceList, offered: PriceList, now_ms: int) -> Iterator[str]:
    """Yield the models whose present prices change tenfold or more, up or down."""
    before, after = PriceBook((present,)), PriceBook((offered,))
    for entry in after.all_prices(now_ms):
        old = before.quote(entry.provider, entry.model, now_ms)
        if old is None:
            continue
        pairs = zip(old.prices, entry.quote.prices, strict=True)
        if any(
            one
            and two
            and not 1 / JUMP_FACTOR < two * old.divisor / (one * entry.quote.divisor) < JUMP_FACTOR
            for one, two in pairs
        ):
            yield f"{entry.model} ({entry.provider})"


def _jumps_in_words(jumps: list[str]) -> str:
    if not jumps:
        return ""
    named = ", ".join(jumps[:_NAMED_JUMPS])
    more = len(jumps) - _NAMED_JUMPS
    others = f" and {more} more" if more > 0 else ""
    return f" Prices changed tenfold or more for {named}{others}: please check them."


def _name(prices: PriceList) -> str:
    return f"the {prices.file.name} {prices.file.version} of {prices.file.date}"


def _version(prices: PriceList) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", prices.file.version))

"""A real ledger file and a real price book for the ledger's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alwrity_desktop.core import prices
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.ledger.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Open a new ledger."""
    opened = Ledger(tmp_path / "ledger.sqlite3")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def book() -> PriceBook:
    """Open the price book that comes with the program."""
    return prices.open_price_book()

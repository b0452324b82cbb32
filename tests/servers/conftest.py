"""Clients of the stand-in servers, as plain as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Final, TypeAlias

import httpx
import pytest

from alwrity_desktop.core.clock import Clock
from tests.servers.server_clock import ServerClock

Connect: TypeAlias = Callable[[str, str], httpx.Client]

#: A name that is metered by nobody.
NEUTRAL: Final = "BillingDesk/1.0"


@pytest.fixture
def server_clock(clock: Clock) -> ServerClock:
    return ServerClock(clock)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Return a way to open a client at an address with a token, or without any."""
    with ExitStack() as opened:

        def connect_to(url: str, token: str) -> httpx.Client:
            headers = {"User-Agent": NEUTRAL}
            if token:
                headers["Authorization"] = f"Bearer {token}"
            client = httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=10)
            return opened.enter_context(client)

        yield connect_to


def shape(value: Any) -> object:  # noqa: ANN401 - any JSON value
    """Return the keys of a JSON value and the kinds of its leaves; of a list its first."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return "number" if isinstance(value, int | float) else type(value).__name__

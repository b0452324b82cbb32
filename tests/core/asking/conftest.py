"""A server that answers anything, and a network whose pauses take no time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Final

import msgspec
import pytest

from alwrity_desktop.core.asking.asker import Asker
from alwrity_desktop.core.asking.network import Network
from alwrity_desktop.core.asking.tokens import FixedToken
from alwrity_desktop.core.clock import Clock
from tests.servers.base import StandInServer
from tests.servers.wire import Answer, Request, detail, success

START_MS: Final = 1_795_000_000_000
TOKEN: Final = "canary-token-1"
PATIENCE_S: Final = 10.0


class SimulatedPauses:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.slept: list[float] = []

    def elapsed_s(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


class SimulatedClock(Clock, frozen=True):
    """A clock that goes with the pauses."""

    pauses: SimulatedPauses = msgspec.field(default_factory=SimulatedPauses)

    def now_ms(self) -> int:
        return START_MS + round((self.pauses.now_s - 100.0) * 1000)


class AnyServer(StandInServer):
    """Answers every path with the same data, to those who bring a token that it accepts."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type] # handed on as they are
        self.accepted = {TOKEN}
        self.data: object = {"total_cost": 1.1, "total_calls": 3}
        self.scripted: dict[str, Answer] = {}

    def reply(self, request: Request) -> Answer:
        if request.token not in self.accepted:
            return detail(401, "Authentication failed")
        return self.scripted.get(request.path, success(self.data))


def until(condition: Callable[[], bool]) -> bool:
    """Wait until *condition* holds; return whether it does."""
    tick = threading.Event()
    for _ in range(round(PATIENCE_S / 0.01)):
        if condition():
            return True
        tick.wait(0.01)
    return False


@pytest.fixture
def server() -> Iterator[AnyServer]:
    with AnyServer() as started:
        yield started


@pytest.fixture
def pauses() -> SimulatedPauses:
    return SimulatedPauses()


@pytest.fixture
def network(pauses: SimulatedPauses) -> Iterator[Network]:
    opened = Network(SimulatedClock(pauses=pauses), pauses=pauses)
    yield opened
    opened.close()


@pytest.fixture
def asker(server: AnyServer, network: Network) -> Asker:
    return Asker(server.url, FixedToken(TOKEN), network=network, account="work")

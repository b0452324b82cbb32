"""What goes on, made up, and a gateway's control that starts and stops nothing."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.domain.live import MINUTES, BlockedCall, GatewayState, LiveView, UnderWay
from alwrity_desktop.core.domain.report import CallQuery
from tests import builders

URL = "http://127.0.0.1:4815"


def a_gateway(**more: Any) -> GatewayState:  # noqa: ANN401 - fields of the state
    """Return a gateway that runs, with one call under way."""
    under_way = UnderWay("anthropic", "claude-sonnet-4-5", "messages", builders.NOW_MS - 7_000)
    running = GatewayState(
        is_running=True, url=URL, pid=7, since_ms=builders.NOW_MS - 60_000, in_flight=1,
        under_way=(under_way,), providers=("openai", "anthropic", "groq"),
    )  # fmt: skip
    return replace(running, **more)


def a_block(**more: Any) -> BlockedCall:  # noqa: ANN401 - fields of the call
    """Return a call that a budget refused."""
    block = BlockedCall(
        builders.NOW_MS - 9_000, "openai", "gpt-4o", "budget_exceeded",
        'The budget "Day" is used up.', "Day", "$5.00", "$5.00", "2026-11-21",
    )  # fmt: skip
    return replace(block, **more)


def a_view(gateway: GatewayState | None = None, **more: Any) -> LiveView:  # noqa: ANN401 - fields of the view
    """Return what goes on: three calls of this minute, which cost two cents."""
    page = builders.a_page(CallQuery(0, builders.NOW_MS))
    view = LiveView(
        builders.NOW_MS, builders.ZONE, gateway or a_gateway(),
        (*(0,) * (MINUTES - 2), 5, 3), (*(0,) * (MINUTES - 2), 10**10, 2 * 10**10),
        tuple(page.rows[:4]),
    )  # fmt: skip
    return replace(view, **more)


class FakeControl:
    """Stands in for the gateway's control."""

    def __init__(self, *, is_running: bool = False) -> None:
        self.now = a_gateway() if is_running else GatewayState(url=URL)
        self.refusal = ""
        self.is_closed = False

    def state(self) -> GatewayState:
        return self.now

    def start(self) -> GatewayState:
        if self.refusal:
            raise AlwrityError(self.refusal)
        self.now = a_gateway()
        return self.now

    def stop(self) -> GatewayState:
        self.now = GatewayState(url=URL)
        return self.now

    def close(self) -> None:
        self.is_closed = True

"""What the tests of pulls share: servers of made-up tenants, and rows of usage-logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from alwrity_desktop.core.sources.servers.alwrity import SERVER
from alwrity_desktop.core.sources.servers.base import PARTS, KnownRows, Pull
from tests.core.sources.servers.asks import NOW_MS, DirectAsk
from tests.servers.alwrity import AlwrityServer
from tests.servers.made_up import MadeUpTenant
from tests.servers.recorded import RecordedTenant
from tests.servers.recording_files import ALICE
from tests.servers.server_clock import ServerClock
from tests.servers.wire import Answer, Request

ALL: Final = frozenset(PARTS)


class FixedClock:
    """The clock of a server that answers at the moment of the pulls."""

    def now_ms(self) -> int:
        return NOW_MS


def fixed_clock() -> ServerClock:
    """Return a server's clock that stands at the moment of the pulls until it is moved."""
    return ServerClock(FixedClock())  # type: ignore[arg-type]


def direct(tenant: MadeUpTenant) -> DirectAsk:
    """Return a way to ask an unstarted server with this tenant."""
    server = AlwrityServer([tenant], clock=tenant.clock)
    server._http.server_close()
    return DirectAsk(server.reply, server.token(tenant.user))


def pull(
    ask: DirectAsk, known: KnownRows | None = None, parts: frozenset[str] = ALL, user: str = ALICE
) -> Pull:
    return SERVER.pull(ask, "mine", user, known or KnownRows(), parts, NOW_MS)


def recorded() -> DirectAsk:
    return DirectAsk(RecordedTenant(ALICE).answer)


def row(number: int, **changed: object) -> dict[str, Any]:
    """Return a row of usage-logs."""
    return {
        "id": number,
        "timestamp": f"2026-11-{1 + number // 1440 % 28:02d}T{number // 60 % 24:02d}"
        f":{number % 60:02d}:00.{number:06d}",
        "provider": "google",
        "actual_provider_name": "google",
        "model_used": "gemini-2.5-flash",
        "endpoint": "/api/blog/gemini",
        "tokens_input": 100,
        "tokens_output": 10,
        "tokens_total": 110,
        "cost_total": 0.000055,
        "response_time": 1.5,
        "status_code": 200,
        "billing_period": "2026-11",
        "is_aggregated": False,
    } | changed


def merged(number: int, calls: int, provider: str) -> dict[str, Any]:
    """Return a row into which the server merged several."""
    return row(
        number,
        provider=provider,
        actual_provider_name=None,
        model_used=f"[{calls} calls aggregated]",
        endpoint="[AGGREGATED]",
        is_aggregated=True,
    )


def paged(rows: list[dict[str, Any]]) -> Callable[[Request], Answer]:
    """Return a door with these rows and nothing else."""

    def door(request: Request) -> Answer:
        if "usage-logs" not in request.path:
            return Answer(404, {"detail": "Not Found"})
        limit, offset = int(request.query["limit"]), int(request.query.get("offset", "0"))
        page = rows[offset : offset + limit]
        return Answer(200, {"logs": page, "has_more": offset + limit < len(rows)})

    return door

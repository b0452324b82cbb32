"""Asking stand-in servers without a network: the same bodies, the same errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from msgspec.structs import fields, replace

from alwrity_desktop.core.asking.answers import read_body
from alwrity_desktop.core.asking.refusals import refusal
from alwrity_desktop.core.domain.errors import AskingError
from alwrity_desktop.core.domain.server import ServerFacts
from alwrity_desktop.core.domain.statements import StatementKind
from alwrity_desktop.core.sources.servers.base import KnownRows, Pull
from tests.servers.wire import Answer, Json, Request

NOW_MS: Final = 1_795_226_400_000
"""21 November 2026, 02:00: an hour after the recordings."""

ORIGIN: Final = "127.0.0.1:8000"

Door: TypeAlias = Callable[[Request], Answer]


class DirectAsk:
    """Asks what answers requests, with the door's own reading of bodies and statuses."""

    def __init__(self, door: Door, token: str = "", *, origin: str = ORIGIN) -> None:
        self.door = door
        self.origin = origin
        self.duration_ms: int | None = None
        #: Method, path and query of each request.
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        #: What to answer or to raise instead, by a part of the path.
        self.instead: dict[str, Answer | AskingError] = {}
        self._headers = {"authorization": f"Bearer {token}"}

    def __call__(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - as in the contract
        query = {name: str(value) for name, value in (params or {}).items()}
        self.asked.append((method, path, query))
        content = b"" if body is None else json.dumps(body).encode()
        answer = self._answer(Request(method, path, query, dict(self._headers), content))
        self.duration_ms = 7
        parsed = read_body(answer.content())
        error = refusal(answer.status, answer.headers, parsed, server="the server", now_ms=NOW_MS)
        if error is not None:
            raise error
        return parsed

    def paths(self, part: str = "") -> list[str]:
        """Return the paths that were asked for so far and contain *part*."""
        return [path for _, path, _ in self.asked if part in path]

    def _answer(self, request: Request) -> Answer:
        for part, instead in self.instead.items():
            if part in request.path:
                if isinstance(instead, AskingError):
                    raise instead
                return instead
        return self.door(request)


def only(bodies: Mapping[str, Json | list[Any]]) -> Door:
    """Return a door that answers with these bodies, by the end of the path, and else with 404."""

    def door(request: Request) -> Answer:
        for end, body in bodies.items():
            if request.path.endswith(end):
                return Answer(200, body)
        return Answer(404, {"detail": "Not Found"})

    return door


def known_after(pull: Pull, before: KnownRows | None = None, at_ms: int = NOW_MS) -> KnownRows:
    """Return what a ledger knows after it has booked *pull*."""
    before = before or KnownRows()
    learnt = {
        each.name: value
        for each in fields(ServerFacts)
        if (value := getattr(pull.facts, each.name)) is not None
    }
    merged = {each.name: each for each in before.merged}
    merged |= {each.name: each for each in pull.statements if each.kind is StatementKind.MERGED}
    return KnownRows(
        newest=before.newest | {call.identity for call in pull.calls},
        is_complete=before.is_complete or pull.is_complete,
        facts=replace(before.facts, **learnt),
        confirmed_ms={**before.confirmed_ms, **dict.fromkeys(learnt, at_ms)},
        merged=tuple(merged.values()),
    )


def figures(
    pull: Pull, origin: str, kind: StatementKind = StatementKind.TOTAL
) -> dict[tuple[str, str], tuple[int | None, int | None, int | None]]:
    """Return what the statements of *origin* say, by period and key."""
    return {
        (each.period, each.key): (each.calls, each.tokens, each.cost_pico)
        for each in pull.statements
        if each.origin == origin and each.kind is kind
    }

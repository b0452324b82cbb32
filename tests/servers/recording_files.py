"""Recordings of today's server: requests with the answers that they got."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.servers.wire import Answer, Json

FOLDER: Final = Path(__file__).parent / "recordings"
ALICE: Final = "user_alice_pro"
BOB: Final = "user_bob_basic_alerts"
CAROL: Final = "user_carol_free_limit"
DAVE: Final = "user_dave_empty"
ERIN: Final = "user_erin_expired"
FRESH: Final = "user_unknown_fresh"
USERS: Final = (ALICE, BOB, CAROL, DAVE, ERIN, FRESH)


@dataclass(frozen=True, slots=True)
class Case:
    """One recorded request and its answer."""

    method: str
    path: str
    query: dict[str, str]
    body: object
    answer: Answer
    label: str = ""
    user: str = ""
    auth: str = "authenticated"
    headers: tuple[tuple[str, str], ...] = ()


@cache
def cases(name: str) -> tuple[Case, ...]:
    """Return what a file of recordings holds, in the order in which it was recorded."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_case(json.loads(line)) for line in lines)


def _case(line: Json) -> Case:
    body = line["answer"]
    if isinstance(body, dict) and "_not_json" in body:
        body = body["_not_json"].encode()
    return Case(
        method=line["method"],
        path=line["path"],
        query=line.get("query", {}),
        body=line.get("body"),
        answer=Answer(line["status"], body, line.get("answer_headers", {})),
        label=line["label"],
        user=line.get("user", ""),
        auth=line.get("auth", "authenticated"),
        headers=tuple(line.get("headers", {}).items()),
    )

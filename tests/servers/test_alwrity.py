"""Today's server: what was recorded is answered as it was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from tests.servers.alwrity import AlwrityServer
from tests.servers.recorded import USERS, Case, cases

NEUTRAL: Final = {"User-Agent": "BillingDesk/1.0"}


@pytest.fixture
def server() -> Iterator[AlwrityServer]:
    with AlwrityServer() as running:
        yield running


@pytest.fixture
def client(server: AlwrityServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False) as opened:
        yield opened


def ask(client: httpx.Client, case: Case, token: str) -> httpx.Response:
    headers = NEUTRAL | {"Authorization": f"Bearer {token}"} | dict(case.headers)
    asked = client.build_request(
        case.method, case.path, params=case.query, json=case.body, headers=headers
    )
    return client.send(asked)


@pytest.mark.parametrize("user", USERS)
def test_that_a_recorded_request_gets_its_recorded_answer(
    server: AlwrityServer, client: httpx.Client, user: str
) -> None:
    for case in cases(user) + cases("shared"):
        server.clock.advance(10)
        answer = ask(client, case, server.token(user))
        assert answer.status_code == case.answer.status, case.label
        if user in case.path or case in cases(user):
            assert answer.json() == case.answer.body, case.label

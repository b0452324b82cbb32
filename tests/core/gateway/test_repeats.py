"""Requests told again and keys told apart by hashes; neither text is anywhere on the disk."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from alwrity_desktop.core.domain.tip import Tip
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.gateway.addresses import AddressBook
from alwrity_desktop.core.gateway.request_hash import MAX_CANONICAL_BYTES, RequestHash, canonical
from alwrity_desktop.core.keyed_hash import KeyedHash, open_hashes
from alwrity_desktop.core.results import PeriodChoice
from tests.core.gateway.harness import KEY, RunningGateway, open_profile
from tests.servers.upstreams.providers import respond
from tests.servers.upstreams.wire import Upstream

CHAT: Final = "/openai/v1/chat/completions"
QUESTION: Final = {"role": "user", "content": "What does the canary sing?"}
#: Dear enough for one repeat to be worth a tip.
MODEL: Final = "gpt-4"
BODY: Final = {"model": MODEL, "messages": [QUESTION]}
HASHES: Final = KeyedHash(b"a secret of thirty-two characters")


def has_booked(calls: int, health: dict[str, Any]) -> bool:
    return bool(health["booked"] >= calls)


def after(*requests: tuple[str, Any, dict[str, str]]) -> list[Tip]:
    """Send some requests one after another; return the tips on repeats that follow."""
    hashes = open_hashes(open_profile().profile)
    with Upstream(respond) as upstream, RunningGateway(upstream.url, hashes=hashes) as gateway:
        for number, (path, body, headers) in enumerate(requests, 1):
            gateway.ask("POST", path, body, headers)
            gateway.wait_until(partial(has_booked, number))
        gateway.stop()
        report = gateway.context.report(LOCAL_ACCOUNT, PeriodChoice("all"))
        return [tip for tip in report.tips if tip.kind == "repeated_requests"]


def hash_of(body: bytes, target: str = "/openai/v1/chat/completions", size: int = 7) -> str:
    address = AddressBook({}).find(target)
    assert address is not None
    found = RequestHash(HASHES, address)
    for start in range(0, len(body), size):
        found.feed(body[start : start + size])
    return found.end()


def test_that_the_same_request_twice_is_told(home: Path) -> None:
    (tip,) = after((CHAT, BODY, {}), (CHAT, BODY, {}))
    assert tip.calls == 1
    assert tip.saving_pico
    assert home.is_dir()


@pytest.mark.parametrize(
    "other",
    [
        {**BODY, "messages": [{**QUESTION, "content": "What does the canary sing"}]},
        {**BODY, "temperature": 1},
        {**BODY, "model": "gpt-4-turbo"},
    ],
)
def test_that_another_request_is_no_repeat(other: dict[str, Any]) -> None:
    assert after((CHAT, BODY, {}), (CHAT, other, {})) == []


def test_that_the_order_of_the_keys_of_a_body_does_not_matter() -> None:
    assert hash_of(b'{"a": 1, "b": [2, {"d": 4, "c": 3}]}') == hash_of(
        b'{"b":[2,{"c":3,"d":4}],"a":1}', size=3
    )
    assert hash_of(b'{"a": [1, 2]}') != hash_of(b'{"a": [2, 1]}')


def test_that_what_is_no_json_and_what_is_large_is_told_by_its_bytes() -> None:
    assert hash_of(b"--boundary\r\n") == hash_of(b"--boundary\r\n", size=1)
    large = json.dumps({"b": "x" * MAX_CANONICAL_BYTES, "a": 1}).encode()
    other = json.dumps({"a": 1, "b": "x" * MAX_CANONICAL_BYTES}).encode()
    assert hash_of(large) == hash_of(large, size=4096) != hash_of(other, size=4096)
    assert canonical(b'{"a":' * 100_000) == b'{"a":' * 100_000


def test_that_a_boundary_in_no_encoding_is_hashed_too() -> None:
    assert form_of("a\udcff") == form_of("a7f3")


def form_of(boundary: str, text: str = "canary", size: int = 7) -> str:
    """Return the hash of a form that came in pieces of some bytes."""
    address = AddressBook({}).find("/openai/v1/audio/transcriptions")
    assert address is not None
    found = RequestHash(HASHES, address, f'multipart/form-data; boundary="{boundary}"')
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="file"\r\n\r\n{text}\r\n'
    body = f"{part}--{boundary}--\r\n".encode(errors="surrogateescape")
    for start in range(0, len(body), size):
        found.feed(body[start : start + size])
    return found.end()


def test_that_a_form_is_the_same_whatever_stands_between_its_parts() -> None:
    hashes = {
        form_of(boundary, size=size) for boundary in ("a7f3", "0" * 40) for size in (1, 7, 999)
    }
    assert len(hashes) == 1
    assert form_of("a7f3", "another song") not in hashes
    large = "canary" * MAX_CANONICAL_BYTES
    assert form_of("a7f3", large, 999) == form_of("b8", large, 4096)


def test_that_the_address_is_a_part_of_a_request_and_its_query_is_not() -> None:
    path = "/gemini/v1beta/models/gemini-2.5-pro:generateContent"
    assert hash_of(b"{}", path) == hash_of(b"{}", f"{path}?key=canary")
    assert hash_of(b"{}", path) != hash_of(b"{}", path.replace("pro", "flash"))
    assert hash_of(b"{}", "/mistral/v1/chat/completions") != hash_of(b"{}", CHAT)
    assert hash_of(b"{}", f"/project/blog{CHAT}") == hash_of(b"{}", CHAT)


def test_that_a_request_without_a_body_is_told_by_nothing() -> None:
    assert hash_of(b"") == ""


def test_that_what_failed_is_told_by_nothing() -> None:
    failing = {**BODY, "model": "error-500"}
    assert after((CHAT, failing, {}), (CHAT, failing, {})) == []


def keys_of(*headers: dict[str, str], path: str = CHAT) -> list[str]:
    hashes = open_hashes(open_profile().profile)
    with Upstream(respond) as upstream, RunningGateway(upstream.url, hashes=hashes) as gateway:
        for each in headers:
            gateway.ask("POST", path, BODY, {"Authorization": "", **each})
        return [call.api_key for call in gateway.booked()]


def test_that_keys_are_told_apart_wherever_they_stand() -> None:
    bearer = {"Authorization": "Bearer sk-canary-1"}
    names = keys_of(
        bearer, {"x-api-key": "sk-canary-1"}, {"x-goog-api-key": "sk-canary-2"}, bearer, {}
    )
    assert (
        names[0]
        == names[1]
        == names[3]
        == open_hashes(open_profile().profile).name_of_key("sk-canary-1")
    )
    assert names[2].startswith("key ")
    assert names[2] != names[0]
    assert names[4] == ""


def test_that_a_key_in_the_query_has_a_name_too() -> None:
    path = "/gemini/v1beta/models/gemini-2.5-pro:generateContent"
    (in_query,) = keys_of({}, path=f"{path}?alt=sse&key=AIza-canary")
    (in_header,) = keys_of({"x-goog-api-key": "AIza-canary"}, path=path)[-1:]
    assert in_query == in_header != ""


def test_that_an_address_can_name_the_key() -> None:
    assert keys_of({"x-api-key": "sk-canary-1"}, path=f"/key/Blog%20team/project/blog{CHAT}") == [
        "Blog team"
    ]
    name = keys_of({}, path=f"/key/sk-canary-0123456789-abcdef{CHAT}")[-1]
    assert name == open_hashes(open_profile().profile).name_of_key("sk-canary-0123456789-abcdef")


@pytest.mark.parametrize("token", ["sk-ant-oat01-canary", "ya29.canary", "eyJhbGciOi.canary.x"])
def test_that_tokens_that_are_renewed_every_hour_name_no_key(token: str) -> None:
    assert keys_of({"Authorization": f"Bearer {token}"}, {"Authorization": "Basic Y2FuYXJ5"}) == [
        "",
        "",
    ]


def test_that_neither_text_nor_key_is_anywhere_on_the_disk(home: Path) -> None:
    with (
        Upstream(respond) as upstream,
        RunningGateway(upstream.url, hashes=open_hashes(open_profile().profile)) as gateway,
    ):
        for _ in range(2):
            gateway.ask("POST", CHAT, BODY)
        spool = b"".join(path.read_bytes() for path in gateway.folder.glob("spool-*"))
        assert gateway.booked()[0].api_key.startswith("key ")
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for word in (b"canary", b"sing?", KEY.encode()):
        assert word not in kept + spool
    assert b"gpt-4" in spool

"""The gateway is started, found and stopped as a process of its own, and no other is touched."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alwrity_desktop.core import gateway_control
from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.core.gateway_control import GATEWAY_COMMAND, GatewayControl, noted
from alwrity_desktop.core.profile import HOME_VARIABLE, Profile, find, prepare
from alwrity_desktop.core.settings import Settings
from tests.servers.upstreams.wire import Heard, Line, Upstream


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, HOME_VARIABLE: str(tmp_path / "home")}


@pytest.fixture
def profile(environ: dict[str, str]) -> Profile:
    found = find(environ)
    prepare(found)
    return found


@pytest.fixture
def control(profile: Profile, environ: dict[str, str]) -> Iterator[GatewayControl]:
    made = a_control(profile, environ, *GATEWAY_COMMAND, "--port", "0")
    yield made
    made.stop()
    if made._child is not None:
        made._child.wait()


def a_control(
    profile: Profile, environ: dict[str, str], *command: str, port: int = 1025
) -> GatewayControl:
    """Return a control whose gateway is expected at *port* where it did not say another."""
    return GatewayControl(profile, lambda: Settings(gateway_port=port), environ, command)


def test_that_a_gateway_is_started_found_by_others_and_stopped(
    control: GatewayControl, profile: Profile, environ: dict[str, str]
) -> None:
    assert not control.state().is_running
    started = control.start()
    assert started.is_running
    assert "openai" in started.providers
    other = a_control(profile, environ)
    assert other.state().url == started.url
    assert other.state().pid == started.pid != os.getpid()
    assert control.start().pid == started.pid
    assert not other.stop().is_running
    assert not control.state().is_running
    assert not (profile.data / "gateway" / "running.json").exists()


def test_that_a_gateway_says_why_it_does_not_start(
    control: GatewayControl, profile: Profile, environ: dict[str, str]
) -> None:
    control.start()
    path = profile.data / "gateway" / "running.json"
    note = path.read_bytes()
    path.unlink()
    with pytest.raises(WorldError, match="A gateway runs already with this profile"):
        a_control(profile, environ, *GATEWAY_COMMAND, "--port", "0").start()
    path.write_bytes(note)


def test_that_a_program_that_dies_in_silence_is_told(
    profile: Profile, environ: dict[str, str]
) -> None:
    control = a_control(profile, environ, sys.executable, "-c", "")
    with pytest.raises(WorldError, match="ended as soon as it was started"):
        control.start()


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def answering(status: str, body: bytes) -> Any:  # noqa: ANN401 - a function of the stand-in
    def answer(_heard: Heard, line: Line) -> None:
        line.send(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    return answer


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        ("401 Unauthorized", b"{}", "asks for another key"),
        ("200 OK", b"<html>", "Something else listens"),
        ("200 OK", b'{"state": "ok", "listening": "", "spooled": -1}', "Something else listens"),
        ("404 Not Found", b"", ""),
    ],
)
def test_that_a_stranger_on_the_port_is_no_gateway(
    profile: Profile, environ: dict[str, str], status: str, body: bytes, trouble: str
) -> None:
    with Upstream(answering(status, body)) as stranger:
        state = a_control(profile, environ, port=port_of(stranger.url)).state()
    assert not state.is_running
    assert trouble in state.trouble


def test_that_what_waits_and_what_was_blocked_is_told(
    profile: Profile, environ: dict[str, str]
) -> None:
    health = {
        "state": "spooling", "listening": "x", "pid": 7, "spooled": 12, "in_flight": 1,
        "ledger": {"ok": False, "detail": "The ledger is locked."}, "spool": {"ok": True},
        "calls_in_flight": [{"provider": "openai", "model": "m", "since_ms": 5}],
        "blocks": [
            {"at_ms": 1, "provider": "openai", "model": "m", "code": "budget_exceeded"},
            {"at_ms": 2, "message": "Used up.", "budget": "Day", "used": "$5.00", "limit": "$5.00"},
        ],
    }  # fmt: skip
    with Upstream(answering("200 OK", json.dumps(health).encode())) as gateway:
        control = a_control(profile, environ, port=port_of(gateway.url))
        state = control.state()
        with pytest.raises(WorldError, match="another profile or program"):
            control.stop()
    assert state.is_held_up
    assert (state.waiting, state.waiting_reason) == (12, "The ledger is locked.")
    assert [block.at_ms for block in state.blocks] == [2, 1]
    assert (state.blocks[0].reason, state.blocks[0].budget) == ("Used up.", "Day")
    assert state.under_way[0].since_ms == 5


@pytest.mark.parametrize(
    "note", ["", "{}", '{"pid": 0, "listening": "http://127.0.0.1:80"}',
             '{"pid": 4, "listening": "http://example.org:80"}']
)  # fmt: skip
def test_that_a_note_of_nonsense_is_no_note(
    profile: Profile, environ: dict[str, str], note: str
) -> None:
    folder = profile.data / gateway_control.FOLDER
    folder.mkdir()
    (folder / "running.json").write_text(note)
    control = a_control(profile, environ)
    assert control._note() is None
    assert not control.stop().is_running


def test_that_a_gateway_that_cannot_start_leaves_the_note_of_the_one_that_runs(
    tmp_path: Path,
) -> None:
    with noted(tmp_path) as note:
        note("http://127.0.0.1:4815")
        with noted(tmp_path):
            pass
        assert (tmp_path / "running.json").exists()
    assert not (tmp_path / "running.json").exists()

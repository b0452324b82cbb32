"""`gateway`: one line when it is ready, an end that books all, and plain words for what fails."""

from __future__ import annotations

import json
import signal
import socket
import sys
import threading

import pytest

from tests.core.gateway.harness import booked_calls, open_profile
from tests.core.gateway.program import CHAT, Program
from tests.servers.upstreams.providers import respond
from tests.servers.upstreams.wire import Heard, Line, Upstream

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Signals as POSIX has them")

BODY = {"model": "gpt-4o-mini", "messages": []}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_it_says_where_it_listens_and_books_what_is_in_flight(
    number: signal.Signals,
) -> None:
    begun, going_on = threading.Event(), threading.Event()

    def slow(heard: Heard, line: Line) -> None:
        begun.set()
        going_on.wait(20)
        respond(heard, line)

    with (
        Upstream(slow) as upstream,
        Program("--upstream", f"openai={upstream.url}") as program,
    ):
        answers: list[int] = []
        caller = threading.Thread(target=lambda: answers.append(program.ask("POST", CHAT, BODY)[0]))
        caller.start()
        assert begun.wait(20)
        threading.Timer(0.2, going_on.set).start()
        status, out, err = program.stop(number)
        caller.join()
    assert (status, out, err) == (0, "", "")
    assert answers == [200]
    context = open_profile()
    (call,) = booked_calls(context)
    context.close()
    assert (call.input_tokens, call.cache_read_tokens, call.status_code) == (1000, 200, 200)


def test_that_a_second_gateway_says_that_one_runs_already() -> None:
    with Program() as first, Program() as second:
        _, err = second.process.communicate(timeout=20)
        assert first.process.poll() is None
        assert second.process.returncode == 1
        assert "runs already" in err
        assert err.count("\n") == 1


def test_that_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Program("--port", str(port)) as program:
            _, err = program.process.communicate(timeout=20)
    assert program.process.returncode == 1
    assert f"port {port}" in err
    assert "--port" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "option", ["--port=70000", "--port=x", "--upstream=groq", "--upstream=a=http://a.example"]
)
def test_that_wrong_usage_is_one_line_and_status_2(option: str) -> None:
    with Program(option) as program:
        _, err = program.process.communicate(timeout=20)
    assert program.process.returncode == 2
    assert err.count("\n") == 1


def test_that_its_state_is_one_document() -> None:
    with Program() as program:
        status, body = program.ask("GET", "/healthz")
    state = json.loads(body)
    assert status == 200
    assert (state["state"], state["listening"], state["in_flight"]) == ("ok", program.url, 0)

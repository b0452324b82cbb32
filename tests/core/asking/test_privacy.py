"""Nothing of a token, an address's query or a body is logged, raised or printed."""

from __future__ import annotations

import logging
import pickle
import sys
import traceback

import pytest

from alwrity_desktop.core.asking.asker import Asker
from alwrity_desktop.core.asking.live import LiveTiming, LiveUpdates
from alwrity_desktop.core.asking.network import Network
from alwrity_desktop.core.asking.tokens import CommandToken, FixedToken
from alwrity_desktop.core.domain.errors import AskingError
from tests.core.asking.conftest import AnyServer, SimulatedPauses, until
from tests.servers.mishaps import MISHAPS

#: These take long and say nothing that the others do not.
LONG = {"slow", "silent", "drip"}


def test_that_no_mishap_tells_anything(
    server: AnyServer,
    network: Network,
    pauses: SimulatedPauses,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    server.data = {"title": "canary-title", "owner": "canary@example.com"}
    asker = Asker(server.url, FixedToken("canary-token"), network=network)
    told: list[str] = []
    for accepted in ({"canary-token"}, set()):
        server.accepted = accepted
        for mishap in sorted(MISHAPS.keys() - LONG):
            server.behave()
            server.misbehave(mishap, times=None)
            pauses.now_s += 3600
            asker.allow_trial()
            try:
                asker.ask("GET", "/user/canary", {"mail": "canary@example.com"})
            except AskingError as error:
                told += [*traceback.format_exception(error), repr(error), str(vars(error))]
                told.append(repr(pickle.dumps(str(error))))
    assert len(told) > len(MISHAPS)
    out, err = capfd.readouterr()
    # The stack quotes this file, where the made-up secrets are written.
    spoken = [line for text in told for line in text.splitlines() if "asker.ask(" not in line]
    assert "canary" not in "\n".join([*spoken, caplog.text, out, err])


def test_that_commands_and_sockets_tell_nothing(
    server: AnyServer,
    network: Network,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    program = "import sys; print('canary-printed'); print('canary-err', file=sys.stderr)"
    tokens = CommandToken([sys.executable, "-c", program])
    server.live.offer()
    server.live.flap(3)
    live = LiveUpdates(
        server.url,
        "/ws/canary",
        tokens,
        lambda _message: None,
        network=network,
        timing=LiveTiming(),
    )
    live.start()
    assert server.live.wait_for_opened(4)
    server.live.say_raw("canary-message")
    live.close()
    assert until(lambda: server.live.sockets == 0)
    assert server.live.handshakes[0].token == "canary-printed"
    out, err = capfd.readouterr()
    assert "canary" not in f"{caplog.text}{out}{err}"

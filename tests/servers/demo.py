"""`make demo-server`: both servers on fixed ports, with believable users, until Ctrl+C."""

from __future__ import annotations

import shlex
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.servers.agent_platform import AgentPlatformServer
from tests.servers.alwrity import AlwrityServer
from tests.servers.people import nagged, over_limits, writer
from tests.servers.server_clock import ServerClock

ALWRITY_PORT: Final = 8000
AGENT_PORT: Final = 4000
USERS: Final = ("writer", "nagged", "over-limits")
PROGRAM: Final = "alwrity-desktop"
BUSY: Final = "Port {} is taken. Name two others: make demo-server PORTS='8001 4001'\n"


def alwrity(port: int) -> AlwrityServer:
    """Return today's server with three users, as of now."""
    clock = ServerClock()
    tenants = (writer("writer", clock), nagged("nagged", clock), over_limits("over-limits", clock))
    return AlwrityServer(tenants, clock=clock, port=port)


def lines(alwrity_server: AlwrityServer, platform: AgentPlatformServer) -> list[str]:
    """Return the commands that connect each account, to copy."""
    added = [
        _line("alwrity", user, alwrity_server.url, alwrity_server.token(user), "--user", user)
        for user in USERS
    ]
    return [*added, _line("agent-billing", "agents", platform.url, platform.token())]


def _program() -> tuple[str, ...]:
    """Return how to call the program from here, whatever stands in PATH."""
    python, here = Path(sys.executable), Path.cwd()
    script = python.with_name(PROGRAM)
    words = (script,) if script.exists() else (python, "-m", "alwrity_desktop")
    return tuple(
        str(word.relative_to(here) if word.is_relative_to(here) else word)
        if isinstance(word, Path)
        else word
        for word in words
    )


def _line(kind: str, name: str, url: str, token: str, *more: str) -> str:
    command = (*_program(), "accounts", "add", kind, "--name", name, "--url", url, *more)
    return f"echo {shlex.quote(token)} | {shlex.join(command)} --token-stdin"


def main(arguments: Sequence[str]) -> int:
    """Serve until interrupted; the arguments may name the two ports."""
    ports = [int(each) for each in arguments] or [ALWRITY_PORT, AGENT_PORT]
    with suppress(KeyboardInterrupt):
        try:
            first, second = alwrity(ports[0]), AgentPlatformServer(port=ports[1])
        except OSError:
            sys.stderr.write(BUSY.format(" or ".join(map(str, ports))))
            return 1
        with first, second:
            text = "\n\n".join(
                ("Connect these accounts:", *lines(first, second), "Ctrl+C ends it.")
            )
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
            threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

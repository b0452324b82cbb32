"""`make demo-server`: it says how to connect, serves, and ends when told to."""

from __future__ import annotations

import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.servers import demo
from tests.servers.agent_platform import PATH

ROOT: Final = Path(__file__).resolve().parents[2]


def free_ports() -> list[int]:
    with socket.socket() as first, socket.socket() as second:
        for each in (first, second):
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in (first, second)]


def told(line: str) -> tuple[str, str]:
    """Return the address and the token of a line to copy."""
    words = shlex.split(line)
    return words[words.index("--url") + 1], words[1]


def test_that_the_lines_to_copy_connect() -> None:
    ports = [str(port) for port in free_ports()]
    command = [sys.executable, "-m", "tests.servers.demo", *ports]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        lines = []
        while "Ctrl+C" not in (line := running.stdout.readline()):
            assert line
            lines.append(line)
        commands = [line for line in lines if line.startswith("echo ")]
        url, token = told(commands[0])
        headers = {"Authorization": f"Bearer {token}", "User-Agent": "BillingDesk"}
        usage = httpx.get(f"{url}/api/subscription/usage/writer", headers=headers)
        url, token = told(commands[-1])
        billing = httpx.get(url + PATH, headers={"Authorization": f"Bearer {token}"})
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 0
    assert usage.json()["data"]["total_calls"] > 0
    assert billing.json()["summary"]["totalMessages"] > 0
    assert len(commands) == 4
    assert all("canary" in line and "--token-stdin" in line for line in commands)


def test_that_a_taken_port_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert demo.main([port, port]) == 1
    assert "is taken" in capsys.readouterr().err

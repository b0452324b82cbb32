"""The whole program, run in the test's own process against stand-in servers."""

from __future__ import annotations

import asyncio
import io
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alwrity_desktop.cli import main
from alwrity_desktop.cli.session import Session
from alwrity_desktop.core.accounts import token_variable
from tests.servers.base import StandInServer


class ShortPauses:
    """The machine's own time, and that of the pauses before a server is asked again.

    Those are over at once, and counted as if they had been waited for.
    """

    def __init__(self) -> None:
        self._slept_s = 0.0

    def elapsed_s(self) -> float:
        return time.monotonic() + self._slept_s

    async def sleep(self, seconds: float) -> None:
        self._slept_s += seconds
        await asyncio.sleep(0)


class Program:
    """Runs commands on one profile, one after another, as a person would."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
    ) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.home = home
        #: Everything that was ever printed.
        self.said: list[str] = []

    def run(self, *words: str, stdin: str = "", status: int | None = 0) -> str:
        """Run a command, check its status and that it is no bug; return what it printed."""
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        done = main(words, Session(os.environ))
        out, err = self._capsys.readouterr()
        self.said += [out, err]
        assert "own fault" not in out + err, self.log()
        assert "Traceback" not in out + err
        assert status in {None, done}, out + err
        return f"{out}{err}"

    def document(self, *words: str, status: int = 0) -> Any:  # noqa: ANN401 - any JSON
        """Return the one JSON document that a command prints."""
        return json.loads(self.run(*words, "--json", status=status))

    def log(self) -> str:
        """Return what the program's own log says."""
        return "".join(path.read_text() for path in self.home.rglob("*.log"))

    def give_token(self, name: str, token: str) -> None:
        """Give an account's token by the environment."""
        self._monkeypatch.setenv(token_variable(name), token)

    def connect(self, name: str, server: StandInServer, user: str, token: str) -> None:
        """Connect an ALwrity account."""
        self.give_token(name, token)
        url = f"{server.url}/api"
        self.run("accounts", "add", "alwrity", "--name", name, "--url", url, "--user", user)

    def kept(self) -> Iterator[tuple[Path, bytes]]:
        """Yield every file that the program keeps."""
        for path in self.home.rglob("*"):
            if path.is_file():
                yield path, path.read_bytes()

"""Tokens: one that is kept, or a command that is run once for all who wait."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from pathlib import Path

import pytest

from alwrity_desktop.core.asking.asker import Asker
from alwrity_desktop.core.asking.network import Network
from alwrity_desktop.core.asking.tokens import COMMAND_PAUSE_S, CommandToken, FixedToken
from alwrity_desktop.core.domain.errors import AuthRefusedError, PersonError
from tests.core.asking.conftest import TOKEN, AnyServer, SimulatedPauses, until

#: Prints the next token at each run, and counts the runs by the size of a file.
PRINTER = """
import sys, pathlib
runs = pathlib.Path(sys.argv[1])
with runs.open("a") as file:
    file.write(".")
print(f"canary-fresh-{runs.stat().st_size}")
print("more that nobody reads")
print("canary in the errors", file=sys.stderr)
"""


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def command(tmp_path: Path, runs: Path) -> list[str]:
    script = tmp_path / "printer.py"
    script.write_text(PRINTER)
    return [sys.executable, str(script), str(runs)]


def test_that_a_refused_token_is_remembered_until_it_is_replaced(
    server: AnyServer, network: Network
) -> None:
    tokens = FixedToken("canary-old")
    asker = Asker(server.url, tokens, network=network)
    for path in ("/x", "/y", "/x"):
        with pytest.raises(AuthRefusedError):
            asker.ask("GET", path)
    assert len(server.asked()) == 1
    tokens.replace(f" {TOKEN}\n")
    assert asker.ask("GET", "/x").status == 200


def test_that_a_person_may_try_a_refused_token_again(server: AnyServer, network: Network) -> None:
    asker = Asker(server.url, FixedToken("canary-old"), network=network)
    with pytest.raises(AuthRefusedError):
        asker.ask("GET", "/x")
    server.accepted.add("canary-old")
    asker.allow_trial()
    assert asker.ask("GET", "/x").status == 200


def test_that_a_forbidden_path_forbids_no_other(asker: Asker, server: AnyServer) -> None:
    server.misbehave("403", times=None, path="/admin")
    with pytest.raises(AuthRefusedError) as caught:
        asker.ask("GET", "/admin")
    assert caught.value.status == 403
    with pytest.raises(AuthRefusedError):
        asker.ask("GET", "/admin")
    assert asker.ask("GET", "/x").status == 200
    assert len(server.asked("/admin")) == 1


def test_that_an_account_without_a_token_asks_nothing(server: AnyServer, network: Network) -> None:
    asker = Asker(server.url, FixedToken(""), network=network)
    with pytest.raises(AuthRefusedError, match="no token"):
        asker.ask("GET", "/x")
    assert server.asked() == []


@pytest.mark.parametrize(
    "text", ["a b", "canary\r\nX-Header: y", "canary\u2028x", "ключ", "\x00", " "]
)
def test_that_what_could_break_a_header_is_no_token(text: str) -> None:
    with pytest.raises(PersonError) as caught:
        FixedToken(text)
    assert "canary" not in str(caught.value)


def test_that_a_command_gives_the_first_token_and_the_next(
    server: AnyServer, network: Network, command: list[str], runs: Path
) -> None:
    server.accepted = {"canary-fresh-1"}
    asker = Asker(server.url, CommandToken(command), network=network)
    for _ in range(3):
        asker.ask("GET", "/x")
    assert runs.stat().st_size == 1
    server.accepted = {"canary-fresh-2"}
    assert asker.ask("GET", "/x").status == 200
    assert runs.stat().st_size == 2


def test_that_a_command_is_run_once_for_many_who_wait(
    server: AnyServer, network: Network, command: list[str], runs: Path
) -> None:
    asker = Asker(server.url, CommandToken(command), network=network)
    server.accepted = {"canary-fresh-1"}
    asker.allow_burst()
    asker.ask("GET", "/x")
    server.accepted = {"canary-fresh-2"}
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(asker.ask("GET", "/x").status))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 20
    assert runs.stat().st_size == 2


def test_that_a_token_that_stays_refused_is_not_fetched_again_and_again(
    server: AnyServer, network: Network, pauses: SimulatedPauses, runs: Path, tmp_path: Path
) -> None:
    script = tmp_path / "same.py"
    script.write_text(PRINTER.replace("{runs.stat().st_size}", "same"))
    line = f"'{sys.executable}' '{script}' '{runs}'"
    asker = Asker(server.url, CommandToken(line, pauses=pauses), network=network)
    for _ in range(5):
        with pytest.raises(AuthRefusedError):
            asker.ask("GET", "/x")
    assert (len(server.asked()), runs.stat().st_size) == (1, 2)
    pauses.now_s += COMMAND_PAUSE_S
    server.accepted = {"canary-fresh-same"}
    with pytest.raises(AuthRefusedError):
        asker.ask("GET", "/x")
    assert runs.stat().st_size == 3


@pytest.mark.parametrize(
    "program",
    [
        "import sys; print('canary-token'); sys.exit(1)",
        "print('')",
        "print('two words')",
        "pass",
        "print('x' * 70000)",
        "import sys; sys.stdout.buffer.write(bytes([255, 254, 10]))",
    ],
)
def test_that_a_command_that_fails_gives_no_token(
    server: AnyServer, network: Network, program: str
) -> None:
    asker = Asker(server.url, CommandToken([sys.executable, "-c", program]), network=network)
    with pytest.raises(AuthRefusedError, match="command") as caught:
        asker.ask("GET", "/x")
    assert "canary" not in str(caught.value)
    assert server.asked() == []


def test_that_a_command_that_is_not_there_gives_no_token() -> None:
    with pytest.raises(AuthRefusedError):
        asyncio.run(CommandToken("/no/such/canary-program").token())


@pytest.mark.skipif(os.name != "posix", reason="asks the system for process ids")
def test_that_a_command_that_hangs_is_ended_with_its_children(runs: Path) -> None:
    child = "import os, sys, threading; print(os.getpid(), flush=True); threading.Event().wait()"
    program = (
        "import subprocess, sys; "
        f"subprocess.run([sys.executable, '-c', {child!r}], stdout=open({str(runs)!r}, 'w'))"
    )
    tokens = CommandToken([sys.executable, "-c", program], deadline_s=2)
    with pytest.raises(AuthRefusedError):
        asyncio.run(tokens.token())
    assert until(lambda: not is_running(int(runs.read_text())))


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    # One that has ended waits here for its parent.
    state = Path(f"/proc/{process_id}/stat")
    return not (state.exists() and state.read_text().split()[2] == "Z")


def test_that_a_command_is_read_by_no_shell(tmp_path: Path) -> None:
    made = tmp_path / "made"
    with pytest.raises(AuthRefusedError):
        asyncio.run(CommandToken(f"{sys.executable} -c pass; touch {made}").token())
    assert not made.exists()


@pytest.mark.parametrize("line", ["", "  ", "'unclosed", "''"])
def test_that_no_command_is_refused(line: str) -> None:
    with pytest.raises(PersonError):
        CommandToken(line)


def test_that_a_command_sees_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "CANARY", "canary-from-environment")
    tokens = CommandToken([sys.executable, "-c", "import os; print(os.environ['CANARY'])"])
    assert asyncio.run(tokens.token()) == "canary-from-environment"

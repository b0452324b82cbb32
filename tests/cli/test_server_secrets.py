"""Tokens and what people wrote: never in a file, a list, an error or a log of the program."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alwrity_desktop.core.clock import Clock
from tests.cli.program import Program
from tests.servers.agent_platform import AgentPlatformServer
from tests.servers.alwrity import AlwrityServer
from tests.servers.made_up import MadeUpTenant
from tests.servers.people import writer
from tests.servers.server_clock import ServerClock

PASSPHRASE = "canary horse battery"
USER = "user_writer"

MISHAPS = ("500", "html", "cut", "wrong_types", "401", "403", "429_metering", "redirect_elsewhere")


@pytest.fixture
def tenant(clock: Clock) -> MadeUpTenant:
    return writer(USER, ServerClock(clock), calls=20)


@pytest.fixture
def server(tenant: MadeUpTenant, clock: Clock) -> Iterator[AlwrityServer]:
    with AlwrityServer([tenant], clock=ServerClock(clock)) as running:
        yield running


def add(program: Program, server: AlwrityServer, *words: str, stdin: str = "") -> str:
    return program.run(
        *("accounts", "add", "alwrity", "--name", "work", "--url", server.url, "--user", USER),
        *words,
        stdin=stdin,
    )


def assert_nothing_leaked(program: Program, *secrets: str) -> None:
    for secret in secrets:
        assert secret not in "".join(program.said)
        for path, content in program.kept():
            assert secret.encode() not in content, path


def test_that_no_secret_and_no_text_of_a_server_is_kept_or_shown(
    program: Program, server: AlwrityServer
) -> None:
    token = server.token(USER)
    program.give_token("work", token)
    add(program, server, "--token-stdin", stdin=token)
    program.run("sync")
    for mishap in MISHAPS:
        server.misbehave(mishap, times=None)
        program.run("sync", status=None)
        server.behave()
    server.misbehave("401", times=None)
    program.run("accounts", "test", "work", status=1)
    program.run("doctor", status=1)
    program.run("accounts", "list", "--json")
    assert_nothing_leaked(program, token, "canary", "Bearer")


def test_that_titles_of_conversations_are_shown_but_never_logged(program: Program) -> None:
    with AgentPlatformServer() as agents:
        program.give_token("agents", agents.token())
        program.run("accounts", "add", "agent-billing", "--name", "agents", "--url", agents.url)
        program.run("sync")
        agents.misbehave("wrong_types", times=None)
        program.run("sync", status=None)
        shown = program.run("report", "--account", "agents", "--by", "conversation")
        assert "Product Support Discussion" in shown
    assert "Product Support" not in program.log()
    assert_nothing_leaked(program, agents.token())


def test_that_without_a_key_store_the_choices_are_named(
    program: Program, server: AlwrityServer
) -> None:
    said = add(program, server, "--token-stdin", stdin=server.token(USER))
    assert "ALWRITY_DESKTOP_TOKEN_WORK" in said
    assert "--token-command" in said
    assert "--encrypted-file" in said
    failed = program.document("sync", status=1)["accounts"][0]
    assert failed["state"] == "auth"
    assert server.requests == []
    assert_nothing_leaked(program, server.token(USER))


def test_that_an_encrypted_file_keeps_the_token_for_those_who_have_the_passphrase(
    program: Program, server: AlwrityServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = server.token(USER)
    monkeypatch.setenv("ALWRITY_DESKTOP_PASSPHRASE", PASSPHRASE)
    add(program, server, "--token-stdin", "--encrypted-file", stdin=token)
    assert program.document("sync")["accounts"][0]["ok"] is True
    monkeypatch.delenv("ALWRITY_DESKTOP_PASSPHRASE")
    locked = program.document("sync", status=1)["accounts"][0]
    assert locked["state"] == "auth"
    assert "ALWRITY_DESKTOP_PASSPHRASE" in locked["error"]
    assert_nothing_leaked(program, token, PASSPHRASE)


def test_that_a_file_has_to_be_given_its_passphrase(
    program: Program, server: AlwrityServer
) -> None:
    words = ("--token-stdin", "--encrypted-file")
    url = server.url
    said = program.run(
        *("accounts", "add", "alwrity", "--name", "w", "--url", url, "--user", USER, *words),
        stdin=server.token(USER),
        status=1,
    )
    assert "passphrase" in said
    assert program.document("accounts", "list") == {"accounts": []}


def test_that_a_command_prints_the_token_and_is_run_once(
    program: Program, server: AlwrityServer, tmp_path: Path
) -> None:
    script, runs = tmp_path / "print_token.py", tmp_path / "runs"
    script.write_text(
        f"print({server.token(USER)!r})\nopen({str(runs)!r}, 'a').write('x')\n", encoding="utf-8"
    )
    add(program, server, "--token-command", f"'{sys.executable}' '{script}'")
    assert program.document("sync")["accounts"][0]["ok"] is True
    assert runs.read_text() == "x"
    server.expire(server.token(USER))
    failed = program.document("sync", status=1)["accounts"][0]
    assert failed["state"] == "auth"
    assert len(runs.read_text()) <= 3
    assert_nothing_leaked(program, server.token(USER))


def test_that_a_new_token_takes_the_place_of_the_old_one(
    program: Program, server: AlwrityServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALWRITY_DESKTOP_PASSPHRASE", PASSPHRASE)
    add(program, server, "--token-stdin", "--encrypted-file", stdin="canary-wrong")
    program.run("sync", status=1)
    program.run("accounts", "token", "work", "--token-stdin", stdin=server.token(USER))
    program.run("sync")
    program.run("accounts", "remove", "work")
    assert program.document("accounts", "list") == {"accounts": []}
    add(program, server)
    assert program.document("sync", status=1)["accounts"][0]["state"] == "auth"


@pytest.mark.parametrize("token", ["", "  ", "two words", "a\nb"])
def test_that_what_is_no_token_is_refused_and_nothing_is_added(
    program: Program, server: AlwrityServer, token: str
) -> None:
    words = ("--name", "w", "--url", server.url, "--user", USER, "--token-stdin")
    program.run("accounts", "add", "alwrity", *words, stdin=token, status=1)
    assert program.document("accounts", "list") == {"accounts": []}


def test_that_what_is_kept_is_readable_by_its_owner_alone(
    program: Program, server: AlwrityServer
) -> None:
    add(program, server)
    path = program.home / "accounts.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

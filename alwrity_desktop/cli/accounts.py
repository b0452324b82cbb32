"""`accounts`: connects servers, lists, tries and removes them, and takes new tokens."""

from __future__ import annotations

import argparse
import getpass
import shlex
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, plain, print_document, table
from alwrity_desktop.core.account_documents import accounts_document
from alwrity_desktop.core.accounts import KINDS, PRESETS, Account, AccountState, token_variable
from alwrity_desktop.core.domain.errors import PersonError, UsageError
from alwrity_desktop.core.domain.words import UNKNOWN

if TYPE_CHECKING:
    from alwrity_desktop.core.account_desk import AccountDesk

PASSPHRASE_VARIABLE: Final = "ALWRITY_DESKTOP_PASSPHRASE"  # noqa: S105 - a variable's name

_MAX_TOKEN: Final = 65_536


def configure(parser: Parser) -> None:
    """Add the arguments of the actions."""
    parser.explain(
        "Connect servers: ALwrity's, or an agent platform. The token is read from standard input\n"
        "and kept in the system's key store, never in a file that can be read; without a key\n"
        f"store it is taken from {token_variable('name')} at each run, or printed by a command.",
        (
            "accounts add alwrity --name work --preset production --user user_123 --token-stdin",
            "accounts add agent-billing --name agents --url http://localhost:4000 --token-stdin",
            'accounts add alwrity --name w --url U --user ID --token-command "vault read token"',
            "accounts list --json",
            "accounts test work",
            "accounts token work --token-stdin",
            "accounts remove work",
        ),
    )
    actions = parser.add_subparsers(dest="action", metavar="add|list|test|token|remove")
    actions.required = True
    _configure_add(_action(actions, "add", "connect a server"))
    _action(actions, "list", "list the servers and how they stand")
    trial = _action(actions, "test", "ask a server whether it answers, and change nothing")
    trial.add_argument("name", metavar="NAME", help="the account's name")
    token = _action(actions, "token", "replace the token of an account")
    token.add_argument("name", metavar="NAME", help="the account's name")
    _add_token(token, is_required=True)
    removal = _action(actions, "remove", "disconnect a server; its calls stay")
    removal.add_argument("name", metavar="NAME", help="the account's name")


def run(arguments: Arguments, session: Session) -> int:
    """Do what was asked."""
    desk = session.context().desk
    if arguments.action == "list":
        return _list(arguments, session, desk)
    if arguments.action == "add":
        return _add(arguments, session, desk)
    if arguments.action == "test":
        return _test(arguments, desk)
    if arguments.action == "token":
        return _take_token(arguments, session, desk)
    desk.remove(arguments.name)
    _tell(arguments, f"Removed {arguments.name}. Its calls stay in the ledger.")
    return 0


def _action(actions: argparse._SubParsersAction[Parser], name: str, summary: str) -> Parser:
    parser: Parser = actions.add_parser(
        name, help=summary, summary=summary, prog=f"{PROGRAM} accounts {name}"
    )
    parsing.add_json(parser)
    return parser


def _configure_add(parser: Parser) -> None:
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=" or ".join(KINDS))
    parser.add_argument("--name", required=True, metavar="N", help="what commands call it")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", metavar="U", help="the server's address, with or without /api")
    presets = sorted({name for each in PRESETS.values() for name in each})
    where.add_argument("--preset", choices=presets, metavar="P", help=", ".join(presets))
    parser.add_argument("--user", default="", metavar="ID", help="the user's id on the server")
    _add_token(parser, is_required=False)


def _add_token(parser: Parser, *, is_required: bool) -> None:
    token = parser.add_mutually_exclusive_group(required=is_required)
    token.add_argument("--token-stdin", action="store_true", help="read it from standard input")
    token.add_argument("--token-command", metavar="CMD", help="a command that prints a fresh one")
    parser.add_argument(
        "--encrypted-file",
        action="store_true",
        help="keep tokens in an encrypted file instead of the key store",
    )


def _add(arguments: Arguments, session: Session, desk: AccountDesk) -> int:
    account = Account(
        arguments.name,
        arguments.kind,
        arguments.url or _preset(arguments.kind, arguments.preset),
        arguments.user,
        _command(arguments.token_command),
    )
    token = _token_from_stdin(arguments.name) if arguments.token_stdin else None
    _choose_file(arguments, session, desk)
    said = desk.add(account, token)
    url = desk.account(account.name).url
    _tell(arguments, f"Added {account.name} ({url}). {said}")
    return 0


def _test(arguments: Arguments, desk: AccountDesk) -> int:
    _tell(arguments, desk.check(desk.account(arguments.name)))
    return 0


def _take_token(arguments: Arguments, session: Session, desk: AccountDesk) -> int:
    desk.account(arguments.name)
    if arguments.token_command is not None:
        desk.set_token_command(arguments.name, _command(arguments.token_command))
        _tell(arguments, "The token comes from the command from now on.")
        return 0
    token = _token_from_stdin(arguments.name)
    _choose_file(arguments, session, desk)
    _tell(arguments, desk.set_token(arguments.name, token))
    return 0


def _choose_file(arguments: Arguments, session: Session, desk: AccountDesk) -> None:
    """Keep tokens in the encrypted file where that was asked for."""
    if not arguments.encrypted_file:
        return
    passphrase = session.environ.get(PASSPHRASE_VARIABLE, "")
    if not passphrase and sys.stdin.isatty():
        passphrase = getpass.getpass("Passphrase of the encrypted file: ")
    if not passphrase:
        message = f"The encrypted file needs a passphrase: give it in {PASSPHRASE_VARIABLE}."
        raise PersonError(message)
    desk.choose_encrypted_file(passphrase)


def _list(arguments: Arguments, session: Session, desk: AccountDesk) -> int:
    states = desk.list()
    if arguments.json:
        print_document(accounts_document(states))
    elif states:
        zone = ZoneInfo(session.timezone())
        headings = ("Name", "Kind", "Address", "User", "Last sync", "State", "Trouble")
        print(table(headings, [_row(state, zone) for state in states], texts=7))
    else:
        print(f"No server is connected. {PROGRAM} accounts add --help says how.")
    return 0


def _row(state: AccountState, zone: ZoneInfo) -> tuple[str, ...]:
    account, last_ms = state.account, state.last_sync_ms
    last = UNKNOWN
    if last_ms is not None:
        last = datetime.fromtimestamp(last_ms / 1000, zone).strftime("%Y-%m-%d %H:%M")
    return (
        account.name,
        account.kind,
        account.url,
        account.user or UNKNOWN,
        last,
        state.state,
        state.trouble,
    )


def _preset(kind: str, name: str) -> str:
    if name not in PRESETS[kind]:
        message = f"There is no {name} address for {kind}: give it with --url."
        raise UsageError(message)
    return PRESETS[kind][name]


def _command(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    try:
        arguments = tuple(shlex.split(text))
    except ValueError:
        arguments = ()
    if not arguments:
        raise UsageError("--token-command is a program and its arguments, in quotes.")
    return arguments


def _token_from_stdin(name: str) -> str:
    """Return the token that was piped in, or typed unseen."""
    if sys.stdin.isatty():
        token = getpass.getpass(f"Token of {name}: ")
    else:
        token = sys.stdin.read(_MAX_TOKEN)
    if not token.strip():
        message = f"No token came on standard input. Try: {PROGRAM} accounts token {name} "
        message += "--token-stdin < FILE"
        raise PersonError(message)
    return token


def _tell(arguments: Arguments, sentence: str) -> None:
    if arguments.json:
        print_document({"said": plain(sentence)})
    else:
        for line in sentence.splitlines():
            print(plain(line))

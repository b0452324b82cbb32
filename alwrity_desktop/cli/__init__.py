"""The command line: finds the command, runs it, and turns what goes wrong into one line."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol, cast

from alwrity_desktop import __version__
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, complain
from alwrity_desktop.core.domain.errors import AlwrityError, UsageError

if TYPE_CHECKING:
    from alwrity_desktop.cli.parsing import Arguments, Parser

INTERRUPTED: Final = 130

COMMANDS: Final = MappingProxyType(
    {
        "report": ("report", "totals and groups of a period"),
        "status": ("status", "one line for a status bar"),
        "import": ("import_logs", "read the logs that AI tools leave, and tables"),
        "record": ("record", "book one call, or one JSON object a line"),
        "gateway": ("gateway", "track programs by another base URL"),
        "budget": ("budget", "set, list and remove budgets"),
        "alerts": ("alerts", "the alert centre"),
        "accounts": ("accounts", "connect servers, list, test and remove them"),
        "sync": ("sync", "ask the connected servers once"),
        "reconcile": ("reconcile", "what a server says beside what the calls add up to"),
        "plans": ("plans", "a server's plans and limits, and the own calls on every plan"),
        "tips": ("tips", "what could be changed, and what it would save"),
        "whatif": ("whatif", "what calls would have cost on another model"),
        "prices": ("prices", "show, list, set, update and apply prices"),
        "export": ("export", "write a file: CSV or JSON"),
        "snapshot": ("snapshot", "a picture of the window's content"),
        "doctor": ("doctor", "check everything and say what to do"),
    }
)
"""Each command with its module, which alone is loaded, and its summary."""

_EXAMPLES: Final = (
    "import",
    "report --period week --by provider,model",
    "status",
    "budget set --limit 150 --period month",
    "record --provider tavily --model search --requests 1",
    "export november.csv --format csv --from 2026-11-01 --to 2026-11-30",
)


class CommandModule(Protocol):
    """What a module of this folder has when it is a command."""

    def configure(self, parser: Parser) -> None:
        """Add the command's arguments, description and examples."""

    def run(self, arguments: Arguments, session: Session) -> int:
        """Do the work and return the exit status."""


def main(argv: Sequence[str] | None = None, session: Session | None = None) -> int:
    """Run the command that *argv* names, and return its exit status: 0, 1 or 2.

    Without a command the window opens. Never raises, and never shows a traceback.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    session = Session(os.environ) if session is None else session
    _let_every_character_out()
    try:
        status = _run(words, session)
        if sys.stdout is not None:
            sys.stdout.flush()
    except AlwrityError as error:
        complain(str(error))
        return error.exit_status
    except KeyboardInterrupt:
        complain("Stopped. What was committed until now stays.")
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return 0
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _forget_stdout()
        complain(_system_error(error))
        return 1
    except Exception as error:  # noqa: BLE001 - the last door: a person never sees a traceback
        complain(_own_bug(error, session))
        return 1
    else:
        return status
    finally:
        session.close()


def _run(words: list[str], session: Session) -> int:
    if not words:
        return _open_window(session)
    name, *rest = words
    if name in {"-h", "--help", "help"}:
        print(_help(), end="")
        return 0
    if name == "--version":
        print(f"{PROGRAM} {__version__}")
        return 0
    if name not in COMMANDS:
        known = ", ".join(COMMANDS)
        message = f'There is no command "{name:.40}". There are: {known}.'
        raise UsageError(message)
    from alwrity_desktop.cli.parsing import Arguments, Parser

    module_name, summary = COMMANDS[name]
    module = cast("CommandModule", importlib.import_module(f"{__name__}.{module_name}"))
    parser = Parser(prog=f"{PROGRAM} {name}", summary=summary)
    module.configure(parser)
    try:
        arguments = parser.parse_args(rest, Arguments())
    except SystemExit:
        # The only way there is --help: an error raises UsageError.
        return 0
    return module.run(arguments, session)


def _open_window(session: Session) -> int:
    from alwrity_desktop.ui.app import run

    return run(session.context(), ())


def _help() -> str:
    width = max(map(len, COMMANDS))
    commands = "".join(f"  {name:<{width}}  {text}\n" for name, (_, text) in COMMANDS.items())
    examples = "".join(f"  {PROGRAM} {words}\n" for words in _EXAMPLES)
    return (
        f"usage: {PROGRAM} [--version] [--help] [COMMAND …]\n\n"
        "Shows what the AI calls of this computer cost. Without a command, the window opens.\n\n"
        f"commands:\n{commands}\n"
        f"Each command tells more with --help.\n\nexamples:\n{examples}\n"
        "ALWRITY_DESKTOP_HOME names the one folder that holds settings, ledger and logs;\n"
        "ALWRITY_DESKTOP_NOW, an ISO time, sets the program's clock.\n"
    )


def _let_every_character_out() -> None:
    """Keep a terminal that lacks a character from stopping the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _forget_stdout() -> None:
    """Keep the interpreter from writing the rest at its end, where it would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _system_error(error: OSError) -> str:
    words = error.strerror or type(error).__name__
    return f"{words}: {error.filename}" if error.filename else f"{words}."


def _own_bug(error: Exception, session: Session) -> str:
    kept = session.log_bug(error)
    where = f" The details are in {kept}." if kept else ""
    return f"Something went wrong that is this program's own fault.{where}"

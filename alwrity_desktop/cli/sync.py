"""`sync`: asks the connected servers once, and books what is new."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, calls, plain, print_document
from alwrity_desktop.core.account_documents import sync_document
from alwrity_desktop.core.accounts import SyncResult
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.results import PeriodChoice

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "Ask the connected servers, all or those that are named, and book what is new. The\n"
        "first sync brings all history there is. The exit status is 1 when a server gave no\n"
        "usable answer; the others are booked all the same.",
        ("sync", "sync work", "sync --json"),
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="accounts (default: all)")
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Ask, and tell what came of it."""
    context = session.context()
    results = context.desk.sync(tuple(arguments.names))
    ahead = [alert for result in results if result.is_ok for alert in _ahead(context, result)]
    if arguments.json:
        print_document(sync_document(results))
    elif results:
        for result in results:
            print(plain(_sentence(result)), file=sys.stdout if result.is_ok else sys.stderr)
        for alert in ahead:
            print(plain(f"{alert.title}: {alert.message}"))
    else:
        print(f"No server is connected. {PROGRAM} accounts add --help says how.")
    return 0 if all(result.is_ok for result in results) else 1


def _ahead(context: Context, result: SyncResult) -> tuple[Alert, ...]:
    """Warn of the limits that the new calls of an account bring nearer, each risk once."""
    if not result.calls_added:
        return ()
    return context.warn_ahead(context.report(result.name, PeriodChoice(), (), has_tips=False))


def _sentence(result: SyncResult) -> str:
    if result.error is not None:
        return f"{result.name}: {result.error}"
    plural = "statement" if result.statements == 1 else "statements"
    troubles = "".join(f" {trouble}" for trouble in result.troubles)
    return (
        f"{result.name}: {calls(result.calls_added)} added, {result.statements:,} {plural} new or "
        f"changed, {result.requests:,} requests in {result.seconds:.1f} s.{troubles}"
    )

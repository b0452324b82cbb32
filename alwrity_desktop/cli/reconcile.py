"""`reconcile`: what the server says beside what the calls add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, plain, print_document, table
from alwrity_desktop.core.account_documents import reconciliation_document
from alwrity_desktop.core.domain.errors import PersonError
from alwrity_desktop.core.domain.reconciliation import ReconciliationRow
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.domain.words import UNKNOWN

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context

_WITHOUT_SERVER = frozenset({"local", "sample"})


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "Put what a server says beside what the calls add up to, row by row, with the likely\n"
        "reason where they differ.",
        ("reconcile --account work", "reconcile --account work --period all --json"),
    )
    parsing.add_server(parser)
    parsing.add_period(parser)
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Print the rows."""
    context = session.context(arguments.account or LOCAL_ACCOUNT)
    view = context.account(arguments.account or _only_server(context))
    if view.kind in _WITHOUT_SERVER:
        message = f'"{view.name}" has no server to compare with. {PROGRAM} accounts list shows '
        message += "those that have."
        raise PersonError(message)
    report = context.report(view.name, parsing.period_choice(arguments), (), has_tips=False)
    if arguments.json:
        print_document(reconciliation_document(report.reconciliation))
    elif report.reconciliation:
        headings = ("What", "Calls say", "Server says", "Difference", "Likely")
        # Sentences last, so that the figures stand together.
        print(table(headings, list(map(_row, report.reconciliation)), texts=5))
    else:
        print(plain(f"The server of {view.name} said nothing about this period."))
    return 0


def _only_server(context: Context) -> str:
    names = [account.name for account in context.desk.accounts()]
    if not names:
        message = f"No server is connected. {PROGRAM} accounts add --help says how."
        raise PersonError(message)
    if len(names) > 1:
        message = f"There are several servers; name one with --account: {', '.join(names)}."
        raise PersonError(message)
    return names[0]


def _row(row: ReconciliationRow) -> tuple[str, ...]:
    figures = (row.calls_say, row.server_says, row.difference)
    return (row.what, *(UNKNOWN if each is None else each for each in figures), row.likely)

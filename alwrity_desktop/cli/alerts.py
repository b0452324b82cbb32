"""`alerts`: the alert centre."""

from __future__ import annotations

import argparse
from datetime import datetime
from zoneinfo import ZoneInfo

from alwrity_desktop.cli import ahead, parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import SAMPLE_ACCOUNT, Session
from alwrity_desktop.cli.words import PROGRAM, print_document, table
from alwrity_desktop.core.alert_documents import alerts_document
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.errors import NotFoundError, UsageError
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice


def configure(parser: Parser) -> None:
    """Add the arguments of the list and of `alerts read`."""
    parser.explain(
        "The alert centre: what crossed which threshold, unread first.",
        ("alerts", "alerts --unread --json", "alerts read 3 4", "alerts read --all"),
    )
    parser.add_argument("--unread", action="store_true", help="only those not read yet")
    parsing.add_account(parser)
    parsing.add_json(parser)
    actions = parser.add_subparsers(dest="action", metavar="read", required=False)
    summary = "mark alerts as read"
    reading: Parser = actions.add_parser(
        "read", help=summary, summary=summary, prog=f"{PROGRAM} alerts read"
    )
    reading.add_argument("ids", nargs="*", type=int, metavar="ID", help="numbers from the list")
    reading.add_argument("--all", action="store_true", help="every alert")
    # Given before or after "read", they mean the same.
    absent = argparse.SUPPRESS
    reading.add_argument("--account", default=absent, metavar="A", help="whose alerts")
    reading.add_argument(
        "--json", action="store_true", default=absent, help="print one JSON document"
    )


def run(arguments: Arguments, session: Session) -> int:
    """Print the alerts, or mark them as read."""
    context = session.context(arguments.account)
    if arguments.action == "read":
        return _mark_read(arguments, session)
    ahead.warn(context, context.report(arguments.account, PeriodChoice(), (), has_tips=False))
    alerts = [
        alert
        for alert in context.alerts(arguments.account)
        if not (arguments.unread and alert.is_read)
    ]
    if arguments.json:
        print_document(alerts_document(alerts))
    elif alerts:
        zone = ZoneInfo(session.timezone())
        rows = [_row(alert, zone) for alert in alerts]
        print(table(("ID", "At", "Severity", "Alert", "About", "Read"), rows, texts=6))
    else:
        print("No unread alerts." if arguments.unread else "No alerts.")
    return 0


def _mark_read(arguments: Arguments, session: Session) -> int:
    if bool(arguments.ids) == arguments.all:
        message = f"Name the alerts, or all of them: {PROGRAM} alerts read ID… | --all"
        raise UsageError(message)
    context = session.context(arguments.account)
    known = {alert.id for alert in context.alerts(arguments.account)}
    for alert_id in arguments.ids:
        if alert_id not in known:
            message = f"There is no alert {alert_id}; {PROGRAM} alerts shows them."
            raise NotFoundError(message)
    changed = context.mark_alerts_read(arguments.account, None if arguments.all else arguments.ids)
    if arguments.account not in {LOCAL_ACCOUNT, SAMPLE_ACCOUNT}:
        context.desk.carry_marks(arguments.account)
    if arguments.json:
        print_document({"read": changed})
    else:
        print(f"{changed:,} {'alert' if changed == 1 else 'alerts'} marked as read.")
    return 0


def _row(alert: Alert, zone: ZoneInfo) -> tuple[str, ...]:
    at = datetime.fromtimestamp(alert.at_ms / 1000, zone).strftime("%Y-%m-%d %H:%M")
    read = "yes" if alert.is_read else "no"
    return (str(alert.id), at, alert.severity.value, alert.title, alert.message, read)

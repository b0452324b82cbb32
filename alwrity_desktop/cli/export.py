"""`export`: writes the period's groups or calls to a file."""

from __future__ import annotations

from pathlib import Path

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import plain, print_document
from alwrity_desktop.core.domain.errors import UsageError, WorldError
from alwrity_desktop.core.exports.base import formats


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "Write a file. CSV has a row for each group with --by, else one for each call; JSON has\n"
        "the report's document, with its forecast and tips, and every call. A file that is there\n"
        "is replaced as a whole.",
        (
            "export calls.csv --format csv",
            "export days.csv --format csv --by day --period year",
            "export november.json --format json --from 2026-11-01 --to 2026-11-30",
        ),
    )
    titles = "; ".join(f"{name}: {each.TITLE.lower()}" for name, each in formats().items())
    parser.add_argument("path", type=Path, metavar="PATH", help="the file to write")
    parser.add_argument("--format", metavar="F", help=f"{titles} (default: as PATH ends)")
    parsing.add_account(parser)
    parsing.add_period(parser)
    parsing.add_dimensions(parser)
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Write the file and say what is in it."""
    path = arguments.path.expanduser()
    name = arguments.format or path.suffix.removeprefix(".").lower()
    if name not in formats():
        known = ", ".join(formats())
        wrong = f'There is no format "{name:.40}"' if name else "The file's name tells no format"
        message = f"{wrong}; there are {known}. Choose one with --format."
        raise UsageError(message)
    if path.is_dir():
        message = f"{path} is a folder; name a file in it."
        raise UsageError(message)
    choice = parsing.period_choice(arguments)
    context = session.context(arguments.account)
    report = context.report(arguments.account, choice, arguments.by or ())
    try:
        formats()[name].write(report, context.iterate_calls(arguments.account, choice), path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"{path} cannot be written ({reason}). Choose another place."
        raise WorldError(message) from error
    if arguments.json:
        print_document({"path": str(path), "format": name, "calls": report.totals.calls})
    else:
        span = f"{report.period.start} to {report.period.end}"
        print(plain(f"Wrote {path} ({name}, {span}, {report.totals.calls:,} calls)."))
    return 0

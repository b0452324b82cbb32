"""`export`: writes the period's report, one of its tables, or all of them."""

from __future__ import annotations

from pathlib import Path

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import plain, print_document
from alwrity_desktop.core import exporting
from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.exporting import ALL_PARTS, PARTED
from alwrity_desktop.core.exports.base import formats
from alwrity_desktop.core.exports.parts import PARTS
from alwrity_desktop.core.files import is_standard_output


def configure(parser: Parser) -> None:
    """Add the arguments."""
    tables = "\n".join(f"  {name:22} {part.title}" for name, part in PARTS.items())
    parser.explain(
        "Write a file. CSV has one table: a row for each group with --by, else one for each call,\n"
        "or what --part names; --part all writes a file for each into a folder. JSON has all of\n"
        "them and every call in one document. A file that is there is replaced as a whole; a pipe\n"
        "or a device is written into.\n\n"
        f"parts:\n{tables}",
        (
            "export calls.csv --format csv",
            "export days.csv --format csv --by day --period year",
            "export tips.csv --part tips",
            "export november --format csv --part all --from 2026-11-01 --to 2026-11-30",
            "export november.json --format json --from 2026-11-01 --to 2026-11-30",
        ),
    )
    titles = "; ".join(f"{name}: {each.TITLE.lower()}" for name, each in formats().items())
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="the file to write; a folder for --part all"
    )
    parser.add_argument("--format", metavar="F", help=f"{titles} (default: as PATH ends)")
    parser.add_argument("--part", metavar="PART", help=f"a table for CSV, or {ALL_PARTS}")
    parsing.add_account(parser)
    parsing.add_period(parser)
    parsing.add_dimensions(parser)
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Write the file and say what is in it."""
    path = arguments.path.expanduser()
    parts = exporting.parts_of(arguments.part)
    name = _format(path, arguments.format, arguments.part)
    if path.is_dir() and len(parts) <= 1:
        message = f"{path} is a folder; name a file in it."
        raise UsageError(message)
    if len(parts) > 1 and path.exists() and not path.is_dir():
        message = f"{path} is a file; --part {ALL_PARTS} needs a folder."
        raise UsageError(message)
    choice = parsing.period_choice(arguments)
    context = session.context(arguments.account)
    report = exporting.export(
        context,
        arguments.account,
        choice,
        path,
        format_name=name,
        parts=parts,
        dimensions=arguments.by or (),
    )
    if is_standard_output(path):
        # The export stands there alone, for the next program to read.
        return 0
    if arguments.json:
        document = {"path": str(path), "format": name, "calls": report.totals.calls}
        if parts:
            document["parts"] = [part.name for part in parts]
        print_document(document)
    else:
        span = f"{report.period.start} to {report.period.end}"
        what = name if arguments.part is None else f"{name}, {arguments.part}"
        print(plain(f"Wrote {path} ({what}, {span}, {report.totals.calls:,} calls)."))
    return 0


def _format(path: Path, asked: str | None, part: str | None) -> str:
    """Return the format; a part alone means the one that has parts. Raises UsageError."""
    if part is None:
        return exporting.format_of(path, asked)
    ending = path.suffix.removeprefix(".").lower()
    found = exporting.format_of(path, asked or (ending if ending in formats() else PARTED))
    if found != PARTED:
        message = f"--part is for {PARTED}: a {found} file holds all of them."
        raise UsageError(message)
    return found

"""`doctor`: checks everything and says what is wrong and what to do."""

from __future__ import annotations

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import plain, print_document
from alwrity_desktop.core.answers import doctor_document


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "Check folders, settings, ledger, prices and sources, and say what is wrong and what to\n"
        "do. The exit status is 1 when something is.",
        ("doctor", "doctor --json"),
    )
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Print each check, and whether all is well."""
    checks = session.context().doctor()
    is_ok = all(check.is_ok for check in checks)
    if arguments.json:
        print_document(doctor_document(checks))
    else:
        for check in checks:
            sign = "ok   " if check.is_ok else "WRONG"
            print(f"{sign}  {plain(check.name)}: {plain(check.detail)}")
        print("Everything is well." if is_ok else "Something needs your attention.")
    return 0 if is_ok else 1

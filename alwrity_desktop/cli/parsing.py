"""Arguments: a parser that says one line, and the options that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NoReturn

from alwrity_desktop.cli.words import PROGRAM
from alwrity_desktop.core.domain.dimensions import DIMENSIONS
from alwrity_desktop.core.domain.errors import PersonError, UsageError
from alwrity_desktop.core.domain.periods import zone_of
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice

PERIODS: Final = ("today", "week", "month", "year", "all", "custom")


class Arguments(argparse.Namespace):
    """The arguments that were given, by name."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - argparse sets them
        """Say that a name was never declared."""
        raise AttributeError(name)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence rather than a page."""

    def __init__(self, *, prog: str, summary: str) -> None:
        super().__init__(
            prog=prog,
            description=summary[:1].upper() + summary[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with the library's words in one line."""
        words = " ".join(message.split()).removeprefix("argument ")
        sentence = f"{words[:1].upper()}{words[1:]}. {self.prog} --help tells more."
        raise UsageError(sentence)

    def explain(self, text: str, examples: Sequence[str]) -> None:
        """Set the description and the examples, each without the program's name."""
        self.description = text
        lines = "\n".join(f"  {PROGRAM} {example}".rstrip() for example in examples)
        self.epilog = f"examples:\n{lines}"


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def add_account(parser: argparse.ArgumentParser) -> None:
    """Add --account."""
    parser.add_argument(
        "--account",
        default=LOCAL_ACCOUNT,
        metavar="A",
        help='"local", this computer\'s own calls (default), a connected server\'s name, "all", '
        'or "sample", made-up data',
    )


def add_server(parser: argparse.ArgumentParser) -> None:
    """Add --account for a command that is about a server; None when none was named."""
    parser.add_argument(
        "--account", metavar="A", help="a connected server's name (default: the only one)"
    )


def add_period(parser: argparse.ArgumentParser) -> None:
    """Add --period, --from, --to and --timezone."""
    parser.add_argument(
        "--period",
        choices=PERIODS,
        metavar="P",
        help=f"one of {', '.join(PERIODS)} (default: month)",
    )
    parser.add_argument(
        "--from", dest="first", type=iso_day, metavar="D", help="first day, such as 2026-11-01"
    )
    parser.add_argument("--to", dest="last", type=iso_day, metavar="D", help="last day, included")
    parser.add_argument(
        "--timezone",
        type=zone_name,
        metavar="Z",
        help="the zone of the days, such as Europe/Berlin",
    )


def add_dimensions(parser: argparse.ArgumentParser) -> None:
    """Add --by."""
    parser.add_argument(
        "--by", type=dimensions, metavar="DIM[,DIM]", help=f"group by {', '.join(DIMENSIONS)}"
    )


def period_choice(arguments: Arguments) -> PeriodChoice:
    """Return the period that was asked for. Raises UsageError when the words contradict."""
    kind, first, last = arguments.period, arguments.first, arguments.last
    has_days = first is not None or last is not None
    if kind is None:
        kind = "custom" if has_days else "month"
    if kind != "custom":
        if has_days:
            message = f"--from and --to belong to --period custom, not to --period {kind}."
            raise UsageError(message)
        return PeriodChoice(kind, timezone=arguments.timezone)
    if first is None or last is None:
        raise UsageError("A custom period needs both days: --from 2026-11-01 --to 2026-11-30.")
    if first > last:
        message = f"--from {first} lies after --to {last}: the first day comes first."
        raise UsageError(message)
    return PeriodChoice("custom", first, last, timezone=arguments.timezone)


def iso_day(text: str) -> str:
    """Return *text* as an ISO date. Raises ArgumentTypeError for anything else."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        message = f'"{text:.40}" is no date; write it as 2026-11-20'
        raise argparse.ArgumentTypeError(message) from None


def zone_name(text: str) -> str:
    """Return the name of a time zone. Raises ArgumentTypeError when there is none so called."""
    try:
        zone_of(text)
    except PersonError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from None
    return text


def dimensions(text: str) -> tuple[str, ...]:
    """Return the dimensions in *text*, each once. Raises ArgumentTypeError for unknown ones."""
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in names:
        if name not in DIMENSIONS:
            message = f'"{name:.40}" is nothing to group by; there are {", ".join(DIMENSIONS)}'
            raise argparse.ArgumentTypeError(message)
    if not names:
        message = f"names nothing to group by; there are {', '.join(DIMENSIONS)}"
        raise argparse.ArgumentTypeError(message)
    return names

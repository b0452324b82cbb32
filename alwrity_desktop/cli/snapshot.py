"""`snapshot`: a picture of the window's content, made without a display."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Final

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import plain
from alwrity_desktop.core.domain.errors import UsageError, WorldError

MIN_SIDE: Final = 320
MAX_SIDE: Final = 7680


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "Draw the window's content into a PNG file, without a display.",
        (
            "snapshot now.png",
            "snapshot sample.png --account sample --theme dark --size 1440x900",
        ),
    )
    parser.add_argument("path", type=Path, metavar="PATH.png", help="the file to write")
    parser.add_argument(
        "--size", type=_size, default=(1440, 900), metavar="WxH", help="default: 1440x900"
    )
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument(
        "--layout",
        default="Overview",
        metavar="L",
        help="Overview (default), Costs, Operations, Compact, or one of your own",
    )
    parsing.add_account(parser)
    parsing.add_period(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Draw the picture."""
    path = arguments.path.expanduser()
    if path.suffix.lower() != ".png":
        raise UsageError("The picture is a PNG file: name it PATH.png.")
    if not path.absolute().parent.is_dir():
        message = f"There is no folder {path.absolute().parent}; make it, or choose another place."
        raise WorldError(message)
    choice = parsing.period_choice(arguments)
    context = session.context(arguments.account)

    from alwrity_desktop.ui.snapshot import render

    render(
        context,
        path,
        size=arguments.size,
        theme=arguments.theme,
        layout=arguments.layout,
        account=arguments.account,
        period=choice,
    )
    print(plain(f"Wrote {path}."))
    return 0


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", text.strip().lower())
    sides = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in sides):
        message = f"must be like 1440x900, each side from {MIN_SIDE} to {MAX_SIDE}"
        raise argparse.ArgumentTypeError(message)
    return sides

"""`record`: books one call from the arguments, or one for each JSON line."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, call_money, calls, complain, plain, print_document
from alwrity_desktop.core.answers import booked_document, recorded_document
from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.domain.words import money_words
from alwrity_desktop.core.recording import (
    RULES,
    SOURCE,
    Entry,
    EntryError,
    call_of,
    entry_of,
    entry_of_json,
)
from alwrity_desktop.core.results import BookedCall

#: As much as stands ready is booked in one commit, so that a live pipe is booked at once.
_BLOCK_BYTES: Final = 1 << 20
_MAX_LINE_BYTES: Final = 1 << 20
_WHOLE_NUMBERS: Final = frozenset(name for name, rule in RULES.items() if "whole number" in rule)
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"

Line = tuple[int, bytes]


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "Book one call by its arguments, or with --stdin one for each line of JSON with the\n"
        "same names (input_tokens …). Cached tokens are not part of the input tokens. The same\n"
        "--id again is the same call and is not counted twice; the same --request-key again is\n"
        "another call that asks the same, of which the tips tell.",
        (
            "record --provider gemini --model gemini-2.5-pro --input-tokens 1200",
            "record --provider tavily --model search --requests 1 --project blog",
            "record --stdin --json < calls.jsonl",
        ),
    )
    parser.add_argument("--stdin", action="store_true", help="read JSON lines")
    for name, rule in RULES.items():
        kind: dict[str, Any] = {"type": _whole_number} if name in _WHOLE_NUMBERS else {}
        option = f"--{name.replace('_', '-')}"
        metavar = "N" if kind else name.upper()
        parser.add_argument(option, dest=name, metavar=metavar, help=rule, **kind)
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Book what was told."""
    given = {name: getattr(arguments, name) for name in RULES}
    given = {name: value for name, value in given.items() if value is not None}
    if not arguments.stdin:
        return _record_one(given, session, as_json=arguments.json)
    if given:
        option = next(iter(given)).replace("_", "-")
        message = f"--stdin takes each call from its line; leave --{option} out."
        raise UsageError(message)
    return _record_lines(session, as_json=arguments.json)


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        message = f'"{text:.40}" is not a whole number'
        raise ArgumentTypeError(message) from None


def _record_one(given: dict[str, Any], session: Session, *, as_json: bool) -> int:
    try:
        entry = entry_of(given)
        call = call_of(entry, session.now_ms(), session.timezone(), session.hashes)
    except EntryError as error:
        option = f"--{error.name.replace('_', '-')} " if error.name else ""
        message = f"{option}{error.words}"
        raise UsageError(message) from None
    (booked,) = session.context().record([call])
    if as_json:
        print_document(booked_document(booked))
    else:
        print(_booked_sentence(call, booked))
        _print_alerts([booked])
    return 0


def _record_lines(session: Session, *, as_json: bool) -> int:
    from alwrity_desktop.core.refusals import Refusals

    booked: list[BookedCall] = []
    rejected: list[tuple[int, str]] = []
    now_ms, timezone = session.now_ms(), session.timezone()
    refusals = Refusals(session.context(), SOURCE)
    for block in _blocks_of_lines(sys.stdin.buffer):
        accepted: list[Call] = []
        for number, line in block:
            try:
                accepted.append(call_of(_entry_of_line(line), now_ms, timezone, session.hashes))
            except EntryError as error:
                rejected.append((number, str(error)))
                refusals.add(error.reason, number)
                complain(f"line {number}: {error}")
        if accepted:
            booked += session.context().record(accepted)
        refusals.keep()
    if as_json:
        print_document(recorded_document(booked, rejected))
    else:
        print(_summary(booked, len(rejected)))
        _print_alerts(booked)
    return 1 if rejected else 0


def _entry_of_line(line: bytes) -> Entry:
    if len(line) > _MAX_LINE_BYTES:
        raise EntryError("", "The line is longer than 1 MB.")
    return entry_of_json(line)


def _blocks_of_lines(stream: BinaryIO) -> Iterator[list[Line]]:
    """Yield the numbered lines that stand ready, block by block; empty lines are left out."""
    number = 0
    rest = b""
    read_ready = getattr(stream, "read1", stream.read)
    while block := read_ready(_BLOCK_BYTES):
        lines = (rest + block).split(b"\n")
        # Of a line without an end only so much is held as shows that it is too long.
        rest = lines.pop()[: _MAX_LINE_BYTES + 1]
        yield _numbered(lines, number)
        number += len(lines)
    yield _numbered([rest], number)


def _numbered(lines: list[bytes], before: int) -> list[Line]:
    numbered = enumerate((line.removeprefix(_BYTE_ORDER_MARK) for line in lines), before + 1)
    return [(number, line) for number, line in numbered if line.strip()]


def _booked_sentence(call: Call, booked: BookedCall) -> str:
    name = plain(f"{call.model} ({call.provider})")
    if booked.is_different:
        return f"This id is known already with other figures, which stay: {name}."
    if not booked.is_new:
        return f"This call is known already: {name}, {call_money(booked.cost_pico)}."
    if booked.cost_pico is None:
        return (
            f"Booked without a price: {name}. Give it one: {PROGRAM} prices set "
            f"--provider {plain(call.provider)} --model {plain(call.model)} --input X --output Y"
        )
    origin = f" by {booked.price_origin}" if booked.price_origin else ""
    return f"Booked: {name}, {call_money(booked.cost_pico)}{plain(origin)}."


def _summary(booked: list[BookedCall], rejected: int) -> str:
    fresh = [each for each in booked if each.is_new]
    unpriced = sum(each.cost_pico is None for each in fresh)
    known = [each.cost_pico for each in fresh if each.cost_pico is not None]
    cost = money_words(sum(known) if known or not fresh else None)
    parts = [f"Booked {calls(len(fresh))}, {cost}"]
    if unpriced:
        parts.append(f"{unpriced:,} without a price")
    if len(booked) > len(fresh):
        parts.append(f"{len(booked) - len(fresh):,} known already")
    if rejected:
        parts.append(f"{rejected:,} refused")
    return "; ".join(parts) + "."


def _print_alerts(booked: list[BookedCall]) -> None:
    sentences = [f"{alert.title}: {alert.message}" for each in booked for alert in each.alerts]
    # One jump over several thresholds is one sentence.
    for sentence in dict.fromkeys(sentences):
        print(plain(sentence))

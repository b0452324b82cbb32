"""`import table`: reads calls from a CSV or JSON file whose columns are mapped by their headers."""

from __future__ import annotations

import itertools
import re
import time
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, call_money, calls, complain, plain, print_document
from alwrity_desktop.core.domain.errors import NotFoundError, UsageError
from alwrity_desktop.core.domain.table_mapping import (
    COST_UNITS,
    FIELDS,
    TEXT_FIELDS,
    RefusedRow,
    TableMapping,
    TablePreview,
)
from alwrity_desktop.core.domain.usage import Call

if TYPE_CHECKING:
    from alwrity_desktop.core.refusals import Refusals
    from alwrity_desktop.core.table_mappings import TableMappings

WORD: Final = "table"

_OPTIONS: Final = (
    *("map", "set", "mapping", "save_as", "timezone", "day_first", "cost_unit", "cache"),
    "preview",
)
_CALLS_PER_COMMIT: Final = 5000
_PREVIEW_ROWS: Final = 10
_MS: Final = 1000
_ASSIGNMENT: Final = re.compile(rf"(?:^|,)\s*({'|'.join(FIELDS)})\s*=")


def configure(parser: Parser) -> None:
    """Add the arguments that only tables take."""
    group = parser.add_argument_group("import table PATH")
    group.add_argument(
        "--map",
        type=assignments,
        metavar="FIELD=COLUMN,…",
        help=f"which column is what; the fields are {', '.join(FIELDS)}",
    )
    group.add_argument(
        "--set", type=assignments, metavar="FIELD=VALUE,…", help="what is the same in every row"
    )
    group.add_argument("--mapping", metavar="NAME", help="use the mapping that was kept as NAME")
    group.add_argument("--save-as", metavar="NAME", help="keep the mapping for tables like this")
    group.add_argument(
        "--timezone", type=parsing.zone_name, metavar="Z", help="the zone of times that name none"
    )
    group.add_argument("--day-first", action="store_true", help="03/04/2026 is the third of April")
    group.add_argument("--cost-unit", choices=COST_UNITS, help="what amounts are in")
    group.add_argument(
        "--cache",
        choices=("inside", "beside"),
        help="whether the input tokens include the cached ones",
    )
    group.add_argument("--preview", action="store_true", help="show the first rows, book nothing")


def assignments(text: str) -> tuple[tuple[str, str], ...]:
    """Return the fields and values of ``model=Model,at=Date, local``: a field ends the one before.

    Raises ArgumentTypeError for words that are no field.
    """
    parts = _ASSIGNMENT.split(text)
    pairs = [
        (name, value.strip().strip('"'))
        for name, value in zip(parts[1::2], parts[2::2], strict=True)
    ]
    if parts[0].strip() or not pairs or not all(value for _, value in pairs):
        message = f'"{text:.60}" is not FIELD=COLUMN,…; the fields are {", ".join(FIELDS)}'
        raise ArgumentTypeError(message)
    return tuple(pairs)


def run(arguments: Arguments, session: Session) -> int:
    """Preview the table, or book its calls."""
    from alwrity_desktop.core import table_import
    from alwrity_desktop.core.refusals import Refusals
    from alwrity_desktop.core.table_mappings import TableMappings

    path = _path(arguments.words[1:])
    context = session.context()
    kept = TableMappings(context.profile.config)
    header, samples = table_import.table_header(path)
    zone = arguments.timezone or context.timezone()
    guess = table_import.guess_mapping(header, samples, zone)
    mapping = _chosen(arguments, kept.for_header(header) or guess, kept)
    now_ms = context.clock.now_ms()
    if arguments.preview:
        shown = table_import.preview(path, mapping, now_ms, _PREVIEW_ROWS)
        _print_preview(shown, as_json=arguments.json)
        _keep(arguments, kept, header, mapping)
        return 0
    started_s = time.perf_counter()
    refusals = Refusals(context, table_import.SOURCE, path)
    added, merged, refused = _book(session, table_import.read(path, mapping, now_ms), refusals)
    _keep(arguments, kept, header, mapping)
    done = {
        "source": table_import.SOURCE,
        "files": 1,
        "files_unchanged": 0,
        "bytes_read": path.stat().st_size,
        "calls_added": added,
        "calls_merged": merged,
        "lines_rejected": refused.total(),
        "seconds": round(time.perf_counter() - started_s, 3),
        "refused": dict(refused),
    }
    return _told(path, done, refused, as_json=arguments.json)


def is_asked_for(arguments: Arguments) -> bool:
    """Return whether a table is to be read. Raises UsageError for a table's options elsewhere."""
    if arguments.words[:1] == [WORD]:
        return True
    used = [name for name in _OPTIONS if getattr(arguments, name)]
    if used:
        message = f"--{used[0].replace('_', '-')} belongs to: {PROGRAM} import table PATH."
        raise UsageError(message)
    return False


def _path(words: list[str]) -> Path:
    if len(words) != 1:
        message = f"Name one file: {PROGRAM} import table PATH."
        raise UsageError(message)
    path = Path(words[0]).expanduser()
    if not path.is_file():
        message = f"{path} is not a file."
        raise NotFoundError(message)
    return path


def _chosen(arguments: Arguments, mapping: TableMapping, kept: TableMappings) -> TableMapping:
    """Return *mapping* with what the arguments say instead."""
    if arguments.mapping:
        mapping = kept.named(arguments.mapping).mapping
    changes: dict[str, Any] = {}
    if arguments.map or arguments.set:
        columns = dict(mapping.columns) | dict(arguments.map or ())
        fixed = dict(mapping.fixed) | dict(arguments.set or ())
        if wrong := [name for name in fixed if name not in TEXT_FIELDS]:
            message = f"{wrong[0]} differs from row to row: name its column with --map."
            raise UsageError(message)
        columns = {name: column for name, column in columns.items() if name not in fixed}
        changes["columns"] = tuple((name, columns[name]) for name in FIELDS if name in columns)
        changes["fixed"] = tuple(fixed.items())
    if arguments.timezone:
        changes["timezone"] = arguments.timezone
    if arguments.day_first:
        changes["is_day_first"] = True
    if arguments.cost_unit:
        changes["cost_unit"] = arguments.cost_unit
    if arguments.cache:
        changes["is_cache_inside"] = arguments.cache == "inside"
    return msgspec.structs.replace(mapping, **changes)


def _keep(
    arguments: Arguments, kept: TableMappings, header: tuple[str, ...], mapping: TableMapping
) -> None:
    if arguments.save_as:
        kept.keep(arguments.save_as, header, mapping)


def _book(
    session: Session, rows: Iterator[Call | RefusedRow], refusals: Refusals
) -> tuple[int, int, Counter[str]]:
    """Book the calls among *rows*; return how many are new, known, and refused by reason."""
    refused: Counter[str] = Counter()
    added = merged = 0

    def sound() -> Iterator[Call]:
        for row in rows:
            if isinstance(row, Call):
                yield row
            else:
                refused[row.reason] += 1
                refusals.add(row.reason, row.row)

    found = sound()
    while some := list(itertools.islice(found, _CALLS_PER_COMMIT)):
        booked = session.context().record(some)
        new = sum(each.is_new for each in booked)
        added += new
        merged += len(some) - new
        refusals.keep()
    refusals.keep()
    return added, merged, refused


def _print_preview(shown: TablePreview, *, as_json: bool) -> None:
    if as_json:
        print_document(
            {
                "columns": dict(shown.mapping.columns),
                "fixed": dict(shown.mapping.fixed),
                "header": list(shown.header),
                "calls": [_call_document(call) for call in shown.calls],
                "refused": [{"row": each.row, "reason": each.reason} for each in shown.refused],
                "notes": list(shown.notes),
            }
        )
        return
    for name, column in shown.mapping.columns:
        print(f"{name:>20} = {plain(column)}")
    for call in shown.calls:
        cost = call_money(call.reported_cost_pico)
        print(
            f"{_iso(call.occurred_at_ms)}  {plain(call.provider)} {plain(call.model)}  "
            f"{call.input_tokens:,} + {call.cache_read_tokens:,} cached in, "
            f"{call.output_tokens:,} out, {cost}"
        )
    for each in shown.refused:
        print(f"Row {each.row} is refused: {each.reason}.")
    print("\n".join(map(plain, shown.notes)))


def _call_document(call: Call) -> dict[str, Any]:
    from alwrity_desktop.core.domain.money import usd_text

    cost = call.reported_cost_pico
    return {
        "at": _iso(call.occurred_at_ms),
        "provider": call.provider,
        "model": call.model,
        "input_tokens": call.input_tokens,
        "cache_read_tokens": call.cache_read_tokens,
        "cache_write_tokens": call.cache_write_tokens,
        "output_tokens": call.output_tokens,
        "cost_usd": None if cost is None else usd_text(cost),
        "identity": call.identity,
    }


def _iso(at_ms: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at_ms / _MS, UTC).isoformat(timespec="milliseconds")


def _told(path: Path, done: dict[str, Any], refused: Counter[str], *, as_json: bool) -> int:
    """Tell what was done; return 1 where nothing could be: rows beside calls are no failure."""
    if as_json:
        print_document({"sources": [done]})
    else:
        print("\n".join(_sentences(path, done, refused)))
    if not refused or done["calls_added"] + done["calls_merged"]:
        return 0
    complain(f"No row of {path.name} is a call. See why: {PROGRAM} import table PATH --preview")
    return 1


def _sentences(path: Path, done: dict[str, Any], refused: Counter[str]) -> Iterator[str]:
    yield (
        f"{plain(path.name)}: {calls(done['calls_added'])} added, "
        f"{done['calls_merged']:,} known already, {done['lines_rejected']:,} rows refused."
    )
    for reason, count in refused.most_common():
        yield f"  {count:,} × {reason}"

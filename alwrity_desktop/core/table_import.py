"""Imports calls from a table of any kind: CSV or JSON, its columns mapped by their headers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec

from alwrity_desktop.core.domain.errors import PersonError, WorldError
from alwrity_desktop.core.domain.identity import lone_identity
from alwrity_desktop.core.domain.key_names import MAX_KEY_NAME, is_key_itself
from alwrity_desktop.core.domain.providers import provider_of
from alwrity_desktop.core.domain.row_identity import RowKeys, is_weak
from alwrity_desktop.core.domain.table_mapping import (
    COUNT_FIELDS,
    TOKEN_FIELDS,
    RefusedRow,
    TableMapping,
    TablePreview,
)
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL, Call
from alwrity_desktop.core.recording import MAX_UNITS
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.blocks import BLANKS, BYTE_ORDER_MARK, MAX_LINE_BYTES
from alwrity_desktop.core.sources.csv_rows import CsvRows
from alwrity_desktop.core.sources.decoding import MAX_WHOLE_BYTES
from alwrity_desktop.core.table_guess import guess_mapping
from alwrity_desktop.core.table_values import (
    CellError,
    cost_pico_of,
    count_of,
    duration_ms_of,
    is_ambiguous_day,
    moment_ms_of,
    name_of,
    status_of,
)

__all__ = ["SOURCE", "guess_mapping", "preview", "read", "table_header"]

SOURCE: Final = "table"
SAMPLE_ROWS: Final = 200
JSON_SUFFIXES: Final = (".json", ".jsonl", ".ndjson")

_MAX_DEPTH: Final = 6
_MAX_COLUMNS: Final = 500
_MAX_BITS: Final = 256
_SNIFFED_BYTES: Final = 4096

Row = Mapping[str, str]
Rows = Iterator[Row | RefusedRow]

_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)


def table_header(path: Path) -> tuple[tuple[str, ...], list[Row]]:
    """Return the headers of the table at *path*, and its first rows.

    Raises PersonError for a file that is no table, WorldError for one that cannot be read.
    """
    rows = [
        row for row in itertools.islice(_rows(path), SAMPLE_ROWS) if not isinstance(row, RefusedRow)
    ]
    header = tuple(dict.fromkeys(name for row in rows for name in row))[:_MAX_COLUMNS]
    if not header:
        message = f"{path.name} holds no table: no header with rows below it, and no JSON lines."
        raise PersonError(message)
    return header, rows


def preview(
    path: Path, mapping: TableMapping | None, now_ms: int, limit: int = 20, timezone: str = "UTC"
) -> TablePreview:
    """Return what the first *limit* rows of *path* would become; without *mapping* by a guess.

    Raises PersonError for a file that is no table, WorldError for one that cannot be read.
    """
    header, samples = table_header(path)
    mapping = mapping or guess_mapping(header, samples, timezone)
    found = (
        list(itertools.islice(read(path, mapping, now_ms), limit)) if not mapping.missing else []
    )
    calls = tuple(each for each in found if isinstance(each, Call))
    refused = tuple(each for each in found if isinstance(each, RefusedRow))
    notes = tuple(_notes(header, mapping, samples))
    return TablePreview(header, mapping, calls, refused, notes, len(found))


def read(path: Path, mapping: TableMapping, now_ms: int) -> Iterator[Call | RefusedRow]:
    """Yield each row of *path* as a call, or why it is none.

    Raises PersonError for a mapping that names no column of the table or lacks a needed one,
    and what table_header raises.
    """
    header, _ = table_header(path)
    _check(mapping, header)
    keys = RowKeys()
    for number, row in enumerate(_rows(path), 1):
        if isinstance(row, RefusedRow):
            yield row
            continue
        try:
            yield _call(row, mapping, keys, now_ms + base.LATEST_AHEAD_MS)
        except CellError as error:
            yield RefusedRow(number, str(error))


def _check(mapping: TableMapping, header: tuple[str, ...]) -> None:
    for name, column in mapping.columns:
        if column not in header:
            known = ", ".join(f'"{each:.40}"' for each in header[:20])
            message = f'There is no column "{column:.60}" for {name}. There are: {known}.'
            raise PersonError(message)
    if mapping.missing:
        wanted = " and ".join(mapping.missing)
        message = (
            f"No column is known to hold {wanted}. Name it with --map {mapping.missing[0]}=COLUMN."
        )
        raise PersonError(message)


def _call(row: Row, mapping: TableMapping, keys: RowKeys, latest_ms: int) -> Call:
    cells = _cells(row, mapping)
    at_ms = moment_ms_of(cells.get("at", ""), mapping, latest_ms)
    model = name_of(cells.get("model", ""))
    if not model:
        raise CellError(base.BAD_MODEL)
    provider = name_of(cells.get("provider", "")).lower() or provider_of(model)
    given, read, write, output, reasoning = _tokens(cells, mapping)
    units = [count_of(cells.get(name, ""), mapping, MAX_UNITS) for name in COUNT_FIELDS]
    requests, images, pages = units
    cost = cost_pico_of(cells.get("cost", ""), mapping)
    facts = (at_ms, provider, model, given, read, write, output, *units, cost)
    name = name_of(cells.get("id", ""))
    call = Call(
        identity=lone_identity(SOURCE, keys.key(name, facts)),
        occurred_at_ms=at_ms,
        source=SOURCE,
        provider=provider,
        model=model,
        input_tokens=given,
        cache_read_tokens=read,
        cache_write_5m_tokens=write,
        output_tokens=output,
        reasoning_tokens=min(reasoning, output),
        requests=requests,
        images=images,
        pages=pages,
        status_code=status_of(cells.get("status_code", "")),
        duration_ms=duration_ms_of(cells.get("duration", ""), mapping),
        reported_cost_pico=cost,
        project=name_of(cells.get("project", "")),
        agent=name_of(cells.get("agent", "")),
        conversation=name_of(cells.get("conversation", "")),
        endpoint=name_of(cells.get("endpoint", "")),
        api_key=_key_name(name_of(cells.get("api_key", ""))),
        response_id="" if is_weak(name) else name,
    )
    if call.tokens > MAX_TOKENS_PER_CALL:
        raise CellError(base.ABSURD_COUNT)
    return call


def _cells(row: Row, mapping: TableMapping) -> dict[str, str]:
    """Return what the row says by field; what is the same in every row is its default."""
    said = {name: row.get(column, "") for name, column in mapping.columns if row.get(column)}
    return dict(mapping.fixed) | said


def _key_name(text: str) -> str:
    """Return the name of a key, nothing of what may be the key itself."""
    return "" if is_key_itself(text) else text[:MAX_KEY_NAME]


def _tokens(cells: Row, mapping: TableMapping) -> tuple[int, int, int, int, int]:
    """Return uncached input, cache reads, cache writes, output, and reasoning as it is said."""
    given, output, read, write, reasoning = (
        count_of(cells.get(name, ""), mapping) for name in TOKEN_FIELDS
    )
    if mapping.is_cache_inside:
        read = min(read, given)
        write = min(write, given - read)
        given -= read + write
    return given, read, write, output, reasoning


def _notes(header: tuple[str, ...], mapping: TableMapping, samples: list[Row]) -> Iterator[str]:
    used = {column for _, column in mapping.columns}
    left = [name for name in header if name and name not in used]
    if mapping.missing:
        yield f"No column is known to hold {' and '.join(mapping.missing)}."
    if mapping.cost_unit == "other":
        yield "The cost is in another currency: it is left out, and the list's prices are taken."
    if mapping.header_of("id") is None:
        yield "There is no column with an id: rows are told apart by time, model and figures."
    if mapping.header_of("cache_read_tokens"):
        where = "part of" if mapping.is_cache_inside else "counted beside"
        yield f"Cached tokens are taken to be {where} the input tokens."
    yield f"Times without a zone are taken to be in {mapping.timezone}."
    moments = mapping.header_of("at")
    if moments and any(is_ambiguous_day(row.get(moments, "")) for row in samples):
        first, second = ("day", "month") if mapping.is_day_first else ("month", "day")
        yield f"Dates such as 03/04/2026 are read with the {first} before the {second}."
    if left:
        yield f"Columns that are not read: {', '.join(f'{name:.40}' for name in left[:20])}."


def _rows(path: Path) -> Rows:
    try:
        is_json = path.suffix.lower() in JSON_SUFFIXES or _begins_as_json(path)
        yield from _json_rows(path) if is_json else _csv_rows(path)
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror or type(error).__name__})."
        raise WorldError(message) from error


def _begins_as_json(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_SNIFFED_BYTES).lstrip(BLANKS + BYTE_ORDER_MARK)
    return head[:1] in {b"{", b"["}


def _csv_rows(path: Path) -> Rows:
    with path.open("rb", buffering=0) as file:
        rows = CsvRows(file)
        number = 0
        for _, values in rows:
            yield from (
                RefusedRow(number + n, each.reason) for n, each in enumerate(rows.rejects, 1)
            )
            number += len(rows.rejects) + 1
            rows.rejects.clear()
            yield dict(zip(rows.header, values, strict=True))
        yield from (RefusedRow(number + n, each.reason) for n, each in enumerate(rows.rejects, 1))


def _json_rows(path: Path) -> Rows:
    with path.open("rb") as file:
        head = file.read(_SNIFFED_BYTES).lstrip(BLANKS + BYTE_ORDER_MARK)
        file.seek(0)
        if head.startswith(b"[") or path.suffix.lower() == ".json":
            yield from _document_rows(file.read(MAX_WHOLE_BYTES + 1))
            return
        number = 0
        while line := file.readline(MAX_LINE_BYTES):
            if line.strip(BLANKS):
                number += 1
                yield _json_row(line, number)


def _document_rows(text: bytes) -> Rows:
    """Yield the rows of a list, of the first list under a name, or else of lines."""
    if len(text) > MAX_WHOLE_BYTES:
        yield RefusedRow(0, base.TOO_LARGE)
        return
    try:
        document = _DECODER.decode(text.strip(BLANKS + BYTE_ORDER_MARK))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        for number, line in enumerate(filter(None, text.splitlines()), 1):
            yield _json_row(line, number)
        return
    if isinstance(document, dict):
        lists = (each for each in document.values() if _has_rows(each))
        document = next(lists, [document])
    rows = document if isinstance(document, list) else []
    for number, row in enumerate(rows, 1):
        yield _flat(row) if isinstance(row, dict) else RefusedRow(number, base.BAD_FIELD)


def _has_rows(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _json_row(line: bytes, number: int) -> Row | RefusedRow:
    try:
        row = _DECODER.decode(line.strip(BLANKS + BYTE_ORDER_MARK))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return RefusedRow(number, base.NOT_JSON)
    return _flat(row) if isinstance(row, dict) else RefusedRow(number, base.BAD_FIELD)


def _flat(row: dict[str, Any], before: str = "", depth: int = 0) -> dict[str, str]:
    """Return the values of *row* as text, those of inner objects under ``outer.inner``."""
    cells: dict[str, str] = {}
    for name, value in row.items():
        key = f"{before}{name}"
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            cells |= _flat(value, f"{key}.", depth + 1)
        elif isinstance(value, (str, int, Decimal)) and not _is_huge(value):
            cells[key] = str(value)
        elif value is None:
            cells[key] = ""
    return cells


def _is_huge(value: str | int | Decimal) -> bool:
    """Return whether *value* is a whole number that Python refuses to write down."""
    return isinstance(value, int) and value.bit_length() > _MAX_BITS

"""LiteLLM: its spend logs as they were exported, in JSON, in JSON lines or as a table.

The prompt's tokens include those of the provider's cache, which the metadata tell apart.
``cache_hit`` is about LiteLLM's own cache: such an answer cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from alwrity_desktop.core.domain.identity import lone_identity
from alwrity_desktop.core.domain.key_names import MAX_KEY_NAME, is_key_itself
from alwrity_desktop.core.domain.providers import OTHER, provider_of
from alwrity_desktop.core.domain.row_identity import RowKeys
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL, Call
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.blocks import BLANKS, BYTE_ORDER_MARK, LogReader
from alwrity_desktop.core.sources.csv_rows import CsvRows, header_of
from alwrity_desktop.core.sources.decoding import (
    Count,
    FaultError,
    cost_pico,
    decode,
    fault_of,
    milliseconds,
    whole_text,
)

NAME: Final = "litellm"
MARKER: Final = b'"prompt_tokens"'
SUFFIXES: Final = frozenset({".csv", ".json", ".jsonl", ".ndjson"})

_SIGNS: Final = ("request_id", "prompt_tokens", "completion_tokens")
_HEAD_BYTES: Final = 262_144
_MAX_TEXT: Final = 200
_WHOLE_FLOAT: Final = re.compile(r"-?\d+\.0+")
_ERRORS: Final = range(400, 600)
_FAILURE: Final = "failure"
_PROVIDERS: Final = {
    "vertex_ai": "gemini",
    "google": "gemini",
    "azure": "openai",
    "azure_ai": "openai",
    "xai": "x-ai",
    "together_ai": "together",
}


class _InputDetails(msgspec.Struct, gc=False):
    cached_tokens: Count | None = None
    cache_creation_tokens: Count | None = None


class _OutputDetails(msgspec.Struct, gc=False):
    reasoning_tokens: Count | None = None


class _Usage(msgspec.Struct, gc=False):
    cache_read_input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None


class _Metadata(msgspec.Struct, gc=False):
    usage_object: _Usage | None = None
    additional_usage_values: _Usage | None = None
    # What is only shown is not worth refusing a row for, whatever its type.
    status: object = None
    error_information: object = None
    user_api_key_team_alias: object = None
    user_api_key_alias: object = None


class _Row(msgspec.Struct, gc=False):
    request_id: str | None = None
    call_type: str | None = None
    spend: Decimal | None = None
    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None
    start_time: datetime | None = msgspec.field(name="startTime", default=None)
    end_time: datetime | None = msgspec.field(name="endTime", default=None)
    model: str | None = None
    model_group: str | None = None
    custom_llm_provider: str | None = None
    metadata: _Metadata | str | None = None
    cache_hit: str | bool | None = None
    status: str | None = None
    team_id: str | None = None
    session_id: str | None = None


_ROWS: Final = msgspec.json.Decoder(_Row)
_METADATA: Final = msgspec.json.Decoder(_Metadata | None)
_LISTS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_DOCUMENTS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_HEADERS: Final = msgspec.msgpack.Decoder(tuple[str, ...])


class LiteLlm:
    """Exports of the table of spend logs; nobody keeps them in a usual place."""

    name = NAME
    title = "LiteLLM"

    def folders(self, environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:  # noqa: ARG002 - the contract's
        """Return nothing: a person names the exports."""
        return ()

    def accept(self, path: Path) -> tuple[Path, ...]:
        """Return *path*, or the files in it, that are exports of spend logs by what they hold."""
        files = (path,) if path.is_file() else sorted(_files(path))
        return tuple(file for file in files if _is_export(file))

    def is_log(self, name: str) -> bool:
        """Return whether *name* may be an export."""
        return Path(name).suffix.lower() in SUFFIXES

    def enters(self, name: str) -> bool:  # noqa: ARG002 - the contract's
        """Return False: exports are named one by one."""
        return False

    def read(
        self, file: BinaryIO, offset: int, state: bytes, now_ms: int, path: str
    ) -> base.ReadResult:
        """Read the calls from *offset* on; a document in JSON is read whole each time."""
        teller = _Teller(now_ms)
        if path.lower().endswith(".csv"):
            return teller.read_table(file, offset, state)
        if path.lower().endswith(".json") and (result := teller.read_document(file)) is not None:
            return result
        lines = LogReader(file, offset, (MARKER,))
        for at, line in lines:
            if reason := teller.take(line):
                lines.reject(reason, at)
        return base.ReadResult(
            teller.calls, lines.rejects, lines.next_offset, state, lines.bytes_read
        )


SOURCE: Final = LiteLlm()


class _Teller:
    """Tells the calls of one export, row by row."""

    def __init__(self, now_ms: int) -> None:
        self.calls: list[Call] = []
        self._latest_ms = now_ms + base.LATEST_AHEAD_MS
        self._keys = RowKeys()

    def read_table(self, file: BinaryIO, offset: int, state: bytes) -> base.ReadResult:
        """Read comma-separated values; *state* is their header once it was read."""
        rows = CsvRows(file, offset, _HEADERS.decode(state) if state else ())
        for at, values in rows:
            if reason := self._take_values(rows.header, values):
                rows.reject(reason, at)
        header = msgspec.msgpack.encode(rows.header)
        return base.ReadResult(self.calls, rows.rejects, rows.next_offset, header, rows.bytes_read)

    def read_document(self, file: BinaryIO) -> base.ReadResult | None:
        """Read a list of rows, bare or under a name; None for what turns out to be lines."""
        try:
            text = whole_text(file).strip(BLANKS + BYTE_ORDER_MARK)
            rows = _rows_of(text)
        except FaultError as fault:
            return base.ReadResult([], [base.Reject(str(fault), 0)], 0, b"", file.tell())
        if rows is None:
            return None
        reasons = [reason for row in rows if (reason := self.take(bytes(row)))]
        rejects = [base.Reject(reason, 0) for reason in reasons]
        return base.ReadResult(self.calls, rejects, 0, b"", len(text))

    def take(self, line: bytes) -> str:
        """Keep the call of one row in JSON; return why it is refused, or nothing."""
        try:
            self._keep(decode(_ROWS, line))
        except msgspec.ValidationError as error:
            return str(fault_of(error))
        except FaultError as fault:
            return str(fault)
        return ""

    def _take_values(self, header: Sequence[str], values: Sequence[str]) -> str:
        known = {
            name: value.partition(".")[0] if _WHOLE_FLOAT.fullmatch(value) else value
            for name, value in zip(header, values, strict=True)
            if value not in {"", "NULL", "null", "\\N"}
        }
        try:
            self._keep(msgspec.convert(known, _Row, strict=False))
        except msgspec.ValidationError as error:
            return str(fault_of(error))
        except FaultError as fault:
            return str(fault)
        return ""

    def _keep(self, row: _Row) -> None:
        if row.prompt_tokens is None and row.completion_tokens is None and not row.request_id:
            raise FaultError(base.BAD_FIELD)
        metadata = row.metadata
        if isinstance(metadata, str):
            metadata = decode(_METADATA, metadata.encode()) if metadata.startswith("{") else None
        self.calls.append(self._call(row, metadata or _Metadata()))

    def _call(self, row: _Row, metadata: _Metadata) -> Call:
        model = row.model or row.model_group
        if not model:
            raise FaultError(base.BAD_MODEL)
        given, output = row.prompt_tokens or 0, row.completion_tokens or 0
        if given + output > MAX_TOKENS_PER_CALL:
            raise FaultError(base.ABSURD_COUNT)
        read, write, reasoning = _details(metadata)
        read = min(read, given)
        write = min(write, given - read)
        facts = (row.start_time, row.end_time, model, given, output, row.spend)
        return Call(
            identity=lone_identity(NAME, self._keys.key(row.request_id, facts)),
            occurred_at_ms=milliseconds(row.end_time or row.start_time, self._latest_ms),
            source=NAME,
            provider=_provider_of(model, row.custom_llm_provider),
            model=model,
            input_tokens=given - read - write,
            cache_read_tokens=read,
            cache_write_5m_tokens=write,
            output_tokens=output,
            reasoning_tokens=min(reasoning, output),
            duration_ms=_duration_ms(row),
            status_code=_status_of(row, metadata),
            project=_project(row, metadata)[:_MAX_TEXT],
            conversation=(row.session_id or "")[:_MAX_TEXT],
            endpoint=(row.call_type or "")[:_MAX_TEXT],
            api_key=_key_name(metadata),
            reported_cost_pico=_cost(row),
            # An answer from LiteLLM's own cache bears the id of the one that was kept.
            response_id="" if _is_kept(row) else (row.request_id or "")[:_MAX_TEXT],
        )


def _project(row: _Row, metadata: _Metadata) -> str:
    alias = metadata.user_api_key_team_alias
    return alias if alias and isinstance(alias, str) else row.team_id or ""


def _key_name(metadata: _Metadata) -> str:
    """Return the name that a person gave to the key; the log's hash of it is never kept."""
    alias = metadata.user_api_key_alias
    return alias[:MAX_KEY_NAME] if isinstance(alias, str) and not is_key_itself(alias) else ""


def _cost(row: _Row) -> int | None:
    """Return what the row cost: nothing for LiteLLM's own cache, and 0 is unknown elsewhere."""
    if _is_kept(row):
        return 0
    return None if row.spend is None else cost_pico(row.spend)


def _is_kept(row: _Row) -> bool:
    return str(row.cache_hit).lower() == "true"


def _details(metadata: _Metadata) -> tuple[int, int, int]:
    """Return cache reads, cache writes and reasoning; the largest of what is said twice."""
    usages = [each for each in (metadata.usage_object, metadata.additional_usage_values) if each]
    inputs = [each.prompt_tokens_details or _InputDetails() for each in usages]
    outputs = [each.completion_tokens_details or _OutputDetails() for each in usages]
    read = [each.cache_read_input_tokens or 0 for each in usages]
    write = [each.cache_creation_input_tokens or 0 for each in usages]
    read += [each.cached_tokens or 0 for each in inputs]
    write += [each.cache_creation_tokens or 0 for each in inputs]
    reasoning = [each.reasoning_tokens or 0 for each in outputs]
    return max(read, default=0), max(write, default=0), max(reasoning, default=0)


def _status_of(row: _Row, metadata: _Metadata) -> int | None:
    if _FAILURE not in (row.status, metadata.status):
        return None
    error = metadata.error_information
    code = str(error.get("error_code")) if isinstance(error, dict) else ""
    return int(code) if code.isascii() and code.isdigit() and int(code) in _ERRORS else None


def _duration_ms(row: _Row) -> int | None:
    if row.start_time is None or row.end_time is None:
        return None
    if (row.start_time.tzinfo is None) != (row.end_time.tzinfo is None):
        return None
    took_ms = round((row.end_time - row.start_time).total_seconds() * 1000)
    return took_ms if took_ms >= 0 else None


def _provider_of(model: str, name: str | None) -> str:
    provider = provider_of(model)
    if provider != OTHER or not name:
        return provider
    return _PROVIDERS.get(name.lower(), name.lower()[:60])


def _rows_of(text: bytes) -> list[msgspec.Raw] | None:
    """Return the rows of a document, None for one that is lines. Raises FaultError."""
    if text.startswith(b"["):
        return _list_of(text)
    try:
        document = decode(_DOCUMENTS, text)
    except (FaultError, msgspec.ValidationError):
        return None
    if _SIGNS[0] in document:
        return [msgspec.Raw(text)]
    lists = (bytes(each) for each in document.values())
    return [row for each in lists if each.startswith(b"[") for row in _list_of(each)]


def _list_of(text: bytes) -> list[msgspec.Raw]:
    try:
        return decode(_LISTS, text)
    except msgspec.ValidationError:
        raise FaultError(base.BAD_FIELD) from None


def _files(folder: Path) -> Iterator[Path]:
    try:
        for each in folder.iterdir():
            # To open a pipe would wait for whoever writes into it.
            if each.suffix.lower() in SUFFIXES and each.is_file():
                yield each
    except OSError:
        return


def _is_export(path: Path) -> bool:
    """Return whether *path* begins as an export of spend logs does."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _has_signs(_header(path))
    signs = tuple(f'"{sign}"'.encode() for sign in _SIGNS)
    return suffix in SUFFIXES and base.begins_with(path, *signs, size=_HEAD_BYTES)


def _has_signs(header: Iterable[str]) -> bool:
    return set(_SIGNS) <= set(header)


def _header(path: Path) -> tuple[str, ...]:
    try:
        with path.open("rb") as file:
            return header_of(file.read(_HEAD_BYTES))
    except OSError:
        return ()

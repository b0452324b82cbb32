"""opencode: messages as JSON, in a database or in one file each; cached tokens beside the input."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from alwrity_desktop.core.domain.identity import lone_identity
from alwrity_desktop.core.domain.providers import OTHER, provider_of
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL, Call
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.base import Cell, Table
from alwrity_desktop.core.sources.cells import moment_of, text_of
from alwrity_desktop.core.sources.decoding import (
    Count,
    FaultError,
    cost_pico,
    decode,
    fault_of,
    whole_text,
)

NAME: Final = "opencode"
MESSAGES: Final = Table(
    "message", ("id", "session_id", "time_created", "time_updated", "data"), "time_updated"
)
MARKER: Final = b'"tokens"'

_DATABASE: Final = re.compile(r"opencode.*\.db")
_COPY: Final = re.compile(r"(msg|message|m\d).*\.json")
_COPIES: Final = ("storage", "message")
_WITHOUT_MESSAGES: Final = (
    *("bin", "log", "snapshot", "repos", "worktree", "plugin", "tool-output", "node_modules"),
    *("part", "session", "session_diff", "session_share", "share", "project", "todo", "migration"),
)
_PROVIDERS: Final = {"google": "gemini", "google-vertex": "gemini", "github-copilot": "github"}


class _Cache(msgspec.Struct, gc=False):
    read: Count | None = None
    write: Count | None = None


class _Tokens(msgspec.Struct, gc=False):
    input: Count | None = None
    output: Count | None = None
    reasoning: Count | None = None
    total: Count | None = None
    cache: _Cache | None = None


class _Time(msgspec.Struct, gc=False):
    created: int | float | None = None
    completed: int | float | None = None


class _Path(msgspec.Struct, gc=False):
    root: str | None = None
    cwd: str | None = None


class _Message(msgspec.Struct, gc=False):
    id: str | None = None
    session_id: str | None = msgspec.field(name="sessionID", default=None)
    role: str | None = None
    model: str | None = msgspec.field(name="modelID", default=None)
    provider: str | None = msgspec.field(name="providerID", default=None)
    time: _Time | None = None
    cost: Decimal | None = None
    tokens: _Tokens | None = None
    path: _Path | None = None
    agent: str | None = None


class _Role(msgspec.Struct, gc=False):
    role: str | None = None


_MESSAGES: Final = msgspec.json.Decoder(_Message)
_ROLES: Final = msgspec.json.Decoder(_Role)


class Opencode:
    """The messages of opencode: databases first, and the files that came before them."""

    name = NAME
    title = "opencode"
    tables = (MESSAGES,)

    def folders(self, environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
        """Return opencode's data folder if it exists; OPENCODE_DATA_DIR replaces it."""
        configured = environ.get("OPENCODE_DATA_DIR", "").strip()
        if configured:
            return base.distinct_folders((Path(configured).expanduser(),))
        data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
        return base.distinct_folders((data / "opencode",))

    def accept(self, path: Path) -> tuple[Path, ...]:
        """Return *path* when it is a database or a message, or holds such."""
        if path.is_file():
            return (path,) if self.is_log(path.name) else ()
        has_some = any(self.is_log(each.name) for each in _entries(path))
        has_copies = path.joinpath(*_COPIES).is_dir() or path.name in {*_COPIES, NAME}
        return (path,) if (has_some or has_copies) and base.has_logs(path, self) else ()

    def is_log(self, name: str) -> bool:
        """Return whether *name* is a database of opencode or one message."""
        return _DATABASE.fullmatch(name) is not None or _COPY.fullmatch(name) is not None

    def enters(self, name: str) -> bool:
        """Return whether messages may lie in *name*; parts, snapshots and logs lie in others."""
        return name not in _WITHOUT_MESSAGES

    def read(
        self,
        file: BinaryIO,
        offset: int,  # noqa: ARG002 - the contract's, here and below
        state: bytes,  # noqa: ARG002
        now_ms: int,
        path: str,  # noqa: ARG002
    ) -> base.ReadResult:
        """Read one message from its file, whole each time."""
        calls: list[Call] = []
        rejects = []
        try:
            text = whole_text(file)
            # A database's row outranks the file that was copied into it, whatever either counts.
            calls += _calls(text, "", "", now_ms, is_copy=True)
        except FaultError as fault:
            rejects.append(base.Reject(str(fault), 0))
        return base.ReadResult(calls, rejects, 0, b"", file.tell())

    def read_rows(
        self, tables: Mapping[str, Iterable[Sequence[Cell]]], now_ms: int
    ) -> tuple[list[Call], list[base.Reject]]:
        """Return the calls in the rows of messages; see the contract."""
        calls: list[Call] = []
        rejects = []
        for place, row in enumerate(tables[MESSAGES.name]):
            identity, session, _, _, data = row
            try:
                text = data if isinstance(data, bytes) else b""
                calls += _calls(text, text_of(identity), text_of(session), now_ms)
            except FaultError as fault:
                rejects.append(base.Reject(str(fault), place))
        return calls, rejects


SOURCE: Final = Opencode()


def _calls(
    text: bytes, identity: str, session: str, now_ms: int, *, is_copy: bool = False
) -> list[Call]:
    """Return the call of one message, none for one that used nothing. Raises FaultError."""
    if MARKER not in text:
        return []
    try:
        message = decode(_MESSAGES, text)
    except msgspec.ValidationError as error:
        if _is_answer(text):
            raise fault_of(error) from None
        return []
    if message.role != "assistant" or message.tokens is None:
        return []
    identity, session = identity or message.id or "", session or message.session_id or ""
    if not identity:
        raise FaultError(base.BAD_FIELD)
    call = _call(message, message.tokens, f"{session}:{identity}", now_ms, is_copy=is_copy)
    if call.tokens > MAX_TOKENS_PER_CALL:
        raise FaultError(base.ABSURD_COUNT)
    return [call] if call.tokens else []


def _is_answer(text: bytes) -> bool:
    try:
        return decode(_ROLES, text).role == "assistant"
    except msgspec.ValidationError:
        return False


def _call(message: _Message, tokens: _Tokens, key: str, now_ms: int, *, is_copy: bool) -> Call:
    if not message.model:
        raise FaultError(base.BAD_MODEL)
    given, output = tokens.input or 0, tokens.output or 0
    cache = tokens.cache or _Cache()
    read, write, reasoning = cache.read or 0, cache.write or 0, tokens.reasoning or 0
    is_inside = tokens.total is not None and tokens.total == given + output + read + write
    if not given + output + read + write + reasoning:
        output = tokens.total or 0
    time, path = message.time or _Time(), message.path or _Path()
    at_ms = moment_of(time.created, now_ms + base.LATEST_AHEAD_MS)
    return Call(
        identity=lone_identity(NAME, key),
        occurred_at_ms=at_ms,
        source=NAME,
        provider=_provider_of(message.model, message.provider),
        model=message.model,
        input_tokens=given,
        cache_read_tokens=read,
        cache_write_5m_tokens=write,
        output_tokens=output if is_inside else output + reasoning,
        reasoning_tokens=min(reasoning, output) if is_inside else reasoning,
        duration_ms=_duration_ms(time),
        project=base.last_folder(path.root or path.cwd or "") or base.last_folder(path.cwd or ""),
        agent=(message.agent or "")[:200],
        conversation=key.partition(":")[0],
        reported_cost_pico=None if message.cost is None else cost_pico(message.cost),
        # Without a cost of its own it was unknown there, or a plan paid: the price is the list's.
        is_flat_rate=message.cost is not None and not message.cost,
        is_sidechain=is_copy,
    )


def _duration_ms(time: _Time) -> int | None:
    if time.created is None or time.completed is None:
        return None
    return round(time.completed - time.created) if time.completed >= time.created else None


def _provider_of(model: str, name: str | None) -> str:
    provider = provider_of(model)
    if provider != OTHER or not name:
        return provider
    return _PROVIDERS.get(name.lower(), name.lower()[:60])


def _entries(path: Path) -> Iterable[Path]:
    try:
        return list(path.iterdir())
    except OSError:
        return []

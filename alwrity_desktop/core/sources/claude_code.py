"""Claude Code: one JSON line for each content block, each repeating the usage of its message."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain.identity import candidates, lone_identity, message_identity
from alwrity_desktop.core.domain.providers import provider_of
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL, Call
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.blocks import LogReader
from alwrity_desktop.core.sources.decoding import (
    Count,
    FaultError,
    cost_pico,
    decode,
    fault_of,
    milliseconds,
)

NAME: Final = "claude-code"

MARKER: Final = b'"input_tokens"'
"""In every usage block, and in no text: quotes inside a text are escaped."""

SYNTHETIC: Final = "<synthetic>"
"""The model of messages that Claude Code wrote itself."""

PLACEHOLDER_TOKENS: Final = 8
"""An unfinished message that counts so little is the stream's first word about itself.

Claude Code writes the usage of the stream's beginning with a message's first blocks, and when
the last block is missing that is all there is: the count is then a floor. Larger counts
without a stop reason are complete in practice (older versions never wrote one), and marking
them would mark nearly all.
"""

SERVICE_TIERS: Final = frozenset({"batch", "priority", "flex"})


class _Split(msgspec.Struct, gc=False):
    ephemeral_5m_input_tokens: Count | None = None
    ephemeral_1h_input_tokens: Count | None = None


class _ServerTools(msgspec.Struct, gc=False):
    web_search_requests: Count | None = None


class _Usage(msgspec.Struct, gc=False):
    input_tokens: Count
    output_tokens: Count = 0
    cache_creation_input_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_creation: _Split | None = None
    server_tool_use: _ServerTools | None = None
    service_tier: str | None = None
    speed: str | None = None


class _Message(msgspec.Struct, gc=False):
    usage: _Usage | None = None
    id: str | None = None
    model: str | None = None
    stop_reason: str | None = None


class _Line(msgspec.Struct, gc=False, rename="camel"):
    message: _Message | None = None
    timestamp: datetime | None = None
    session_id: str | None = None
    request_id: str | None = None
    is_sidechain: bool | None = None
    cwd: str | None = None
    cost_usd: Decimal | None = msgspec.field(name="costUSD", default=None)
    is_api_error_message: bool | None = None


class _Report(msgspec.Struct, gc=False):
    message: _Line | None = None


class _Progress(msgspec.Struct, gc=False, rename="camel"):
    """A line by which a running side task reports a message of its own."""

    data: _Report | None = None
    session_id: str | None = None
    cwd: str | None = None


class _Uuid(msgspec.Struct, gc=False):
    uuid: str | None = None


_LINES: Final = msgspec.json.Decoder(_Line)
_decode_line: Final = _LINES.decode
_PROGRESS: Final = msgspec.json.Decoder(_Progress)
_UUIDS: Final = msgspec.json.Decoder(_Uuid)
_ANYTHING: Final = msgspec.json.Decoder()


class ClaudeCode:
    """The logs of Claude Code and of the Claude Code inside Claude Desktop."""

    name = NAME
    title = "Claude Code"

    def folders(self, environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
        """Return the ``projects`` folders that exist; CLAUDE_CONFIG_DIR replaces the usual ones."""
        configured = environ.get("CLAUDE_CONFIG_DIR", "").strip()
        if configured:
            parts = [Path(part.strip()).expanduser() for part in configured.split(",")]
            found = [_projects_of(part) for part in parts if part.name]
        else:
            settings = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
            found = [settings / "claude" / "projects", home / ".claude" / "projects"]
            for desktop in _desktop_folders(environ, home, settings):
                found += sorted(desktop.rglob("projects"))
        return base.distinct_folders(found)

    def accept(self, path: Path) -> tuple[Path, ...]:
        """Return *path*, or its ``projects`` folder, when there are logs of Claude Code in it."""
        if path.is_file():
            return (path,) if self.is_log(path.name) and not base.is_of_another(path) else ()
        root = _projects_of(path)
        root = root if root.is_dir() else path
        return (root,) if base.has_logs(root, self) else ()

    def is_log(self, name: str) -> bool:
        """Return whether *name* is a log; those of Codex have names of their own."""
        return name.endswith(".jsonl") and not name.startswith(base.ROLLOUT_PREFIX)

    def enters(self, name: str) -> bool:
        """Return whether *name* is not where Gemini CLI keeps its sessions."""
        return name != base.CHATS

    def read(
        self, file: BinaryIO, offset: int, state: bytes, now_ms: int, path: str
    ) -> base.ReadResult:
        """Read the calls from *offset* on; see the contract."""
        lines = LogReader(file, offset, (MARKER,))
        origin = _Origin.of(path, now_ms)
        calls = []
        for at, line in lines:
            try:
                parsed = _parse(line)
                if parsed is None or (parsed.message and parsed.message.model == SYNTHETIC):
                    continue
                call = _call(parsed, line, origin)
                if call is not None:
                    calls.append(call)
            except FaultError as fault:
                lines.reject(str(fault), at)
        return base.ReadResult(
            candidates(calls), lines.rejects, lines.next_offset, state, lines.bytes_read
        )


SOURCE: Final = ClaudeCode()


class _Origin(msgspec.Struct, frozen=True):
    """What is known of a call before its line is read."""

    project: str
    conversation: str
    latest_ms: int

    @classmethod
    def of(cls, path: str, now_ms: int) -> _Origin:
        """Tell project and conversation from *path*, ``…/projects/<project>/<session>.jsonl``."""
        parts = path.replace("\\", "/").split("/")
        after = parts.index("projects") + 1 if "projects" in parts[:-2] else len(parts) - 2
        project = parts[after] if after >= 0 else ""
        return cls(project, parts[-1].removesuffix(".jsonl"), now_ms + base.LATEST_AHEAD_MS)


def _projects_of(path: Path) -> Path:
    return path if path.name == "projects" else path / "projects"


def _desktop_folders(environ: Mapping[str, str], home: Path, settings: Path) -> Iterator[Path]:
    """Yield where Claude Desktop keeps the sessions that it runs itself, per system."""
    parents = [settings, home / "Library" / "Application Support"]
    if environ.get("APPDATA"):
        parents.append(Path(environ["APPDATA"]))
    for parent in parents:
        yield parent / "Claude" / "local-agent-mode-sessions"


def _parse(line: bytes) -> _Line | None:
    """Return *line* when it holds a message with usage, None when it holds something else."""
    try:
        parsed = _decode_line(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Few lines need the second look, and each step before it is a step for every line.
        try:
            parsed = decode(_LINES, line)
        except msgspec.ValidationError as error:
            return _parse_odd(line, error)
    if parsed.message is not None and parsed.message.usage is not None:
        return parsed
    return _parse_progress(line)


def _parse_progress(line: bytes) -> _Line | None:
    """Return the message that a running side task reported, None when there is none."""
    try:
        progress = decode(_PROGRESS, line)
    except msgspec.ValidationError as error:
        return _parse_odd(line, error)
    parsed = progress.data.message if progress.data else None
    if parsed is None or parsed.message is None or parsed.message.usage is None:
        return None
    parsed.session_id = parsed.session_id or progress.session_id
    parsed.cwd = parsed.cwd or progress.cwd
    return parsed


def _parse_odd(line: bytes, error: msgspec.ValidationError) -> _Line | None:
    """Refuse a line of unexpected types if it is meant as a message with usage."""
    try:
        is_meant = _has_usage(decode(_ANYTHING, line))
    except msgspec.ValidationError:
        # A number that is too long for any count: what else the line holds cannot be told.
        is_meant = True
    if is_meant:
        raise fault_of(error)
    return None


def _has_usage(value: Any) -> bool:  # noqa: ANN401 - any JSON
    inner = value
    for keys in (("message", "usage"), ("data", "message", "message", "usage")):
        inner = value
        for key in keys:
            inner = inner.get(key) if isinstance(inner, dict) else None
        if inner is not None:
            return True
    return False


def _call(parsed: _Line, line: bytes, origin: _Origin) -> Call | None:
    """Return the call of a message, None when nothing was billed."""
    message = parsed.message
    if message is None or message.usage is None:
        return None
    usage = message.usage
    cache_read = usage.cache_read_input_tokens or 0
    write_5m, write_1h = _writes(usage)
    tokens = usage.input_tokens + usage.output_tokens + cache_read + write_5m + write_1h
    if parsed.is_api_error_message and not tokens:
        return None
    if tokens > MAX_TOKENS_PER_CALL:
        raise FaultError(base.ABSURD_COUNT)
    model = message.model
    if not model:
        raise FaultError(base.BAD_MODEL)
    at_ms = milliseconds(parsed.timestamp, origin.latest_ms)
    provider = provider_of(model)
    # Fifteen named values are passed directly, more by way of a dictionary, four times as slowly.
    call = Call(
        identity=_identity(provider, parsed, line, at_ms),
        occurred_at_ms=at_ms,
        source=NAME,
        provider=provider,
        model=model,
        input_tokens=usage.input_tokens,
        cache_read_tokens=cache_read,
        cache_write_5m_tokens=write_5m,
        cache_write_1h_tokens=write_1h,
        output_tokens=usage.output_tokens,
        project=_folder(parsed.cwd) if parsed.cwd else origin.project,
        conversation=parsed.session_id or origin.conversation,
        service_tier=_tier(usage),
        is_estimated=usage.output_tokens <= PLACEHOLDER_TOKENS and message.stop_reason is None,
        is_sidechain=parsed.is_sidechain is True,
    )
    is_plain = usage.server_tool_use is None and parsed.cost_usd is None
    return call if is_plain else _with_more(call, _web_searches(usage), parsed.cost_usd)


def _with_more(call: Call, searches: int, cost_usd: Decimal | None) -> Call:
    """Return *call* with what is said of few calls."""
    if not searches and cost_usd is None:
        return call
    cost = None if cost_usd is None else cost_pico(cost_usd)
    return replace(call, web_searches=searches, reported_cost_pico=cost)


def _writes(usage: _Usage) -> tuple[int, int]:
    """Return the cache writes for five minutes and for one hour.

    The split outranks the total; what only the total knows of was for five minutes, the
    default.
    """
    written = usage.cache_creation_input_tokens or 0
    split = usage.cache_creation
    if split is None:
        return written, 0
    write_5m = split.ephemeral_5m_input_tokens or 0
    write_1h = split.ephemeral_1h_input_tokens or 0
    return max(write_5m, written - write_1h), write_1h


def _web_searches(usage: _Usage) -> int:
    tools = usage.server_tool_use
    return (tools.web_search_requests or 0) if tools else 0


def _identity(provider: str, parsed: _Line, line: bytes, at_ms: int) -> str:
    """Return the identity by the message, else the line's own id, else all that is known."""
    message = parsed.message
    if message and message.id:
        return message_identity(provider, message.id, parsed.request_id)
    try:
        uuid = decode(_UUIDS, line).uuid
    except msgspec.ValidationError:
        uuid = None
    if uuid:
        return lone_identity(provider, uuid)
    known = msgspec.json.encode((parsed.session_id, at_ms, message))
    return lone_identity(provider, hashlib.sha256(known).hexdigest()[:32])


def _tier(usage: _Usage) -> str:
    if usage.speed == "fast":
        return "fast"
    return usage.service_tier if usage.service_tier in SERVICE_TIERS else ""


_folder = lru_cache(maxsize=1024)(base.last_folder)

"""Gemini CLI: a session in JSON lines, or in one older document, message by message.

A message is written again when more of it is known, so its last record counts. Going back in a
session takes messages out of it, but what they cost was billed: they stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from alwrity_desktop.core.domain.identity import lone_identity
from alwrity_desktop.core.domain.providers import OTHER, provider_of
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL, Call
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.blocks import LogReader
from alwrity_desktop.core.sources.decoding import (
    Count,
    FaultError,
    decode,
    fault_of,
    milliseconds,
    whole_text,
)

NAME: Final = "gemini-cli"
PROVIDER: Final = "gemini"

UNKNOWN_MODEL: Final = "unknown"
"""The model of a call before any was named in its session: counted, and left without a price."""

MARKERS: Final = (b'"tokens"', b'"sessionId"')

_DOCUMENT: Final = re.compile(r"session-.*\.json")
_HASH: Final = re.compile(r"[0-9a-f]{40,64}")
_SHOWN_HASH: Final = 12


class _Tokens(msgspec.Struct, gc=False):
    input: Count = 0
    output: Count = 0
    cached: Count | None = None
    thoughts: Count | None = None
    tool: Count | None = None


class _Message(msgspec.Struct, gc=False):
    id: str | None = None
    timestamp: datetime | None = None
    model: str | None = None
    tokens: _Tokens | None = None


class _Changes(msgspec.Struct, gc=False, rename="camel"):
    session_id: str | None = None
    messages: list[msgspec.Raw] | None = None


class _Line(_Message, gc=False):
    session_id: str | None = msgspec.field(name="sessionId", default=None)
    changes: _Changes | None = msgspec.field(name="$set", default=None)
    messages: list[msgspec.Raw] | None = None


_LINES: Final = msgspec.json.Decoder(_Line)
_MESSAGES: Final = msgspec.json.Decoder(_Message)


class State(msgspec.Struct, array_like=True):
    """What is known of a session between two readings."""

    session: str
    model: str = UNKNOWN_MODEL


_STATES: Final = msgspec.msgpack.Decoder(State)
_ENCODER: Final = msgspec.msgpack.Encoder()


class GeminiCli:
    """The sessions of Gemini CLI and of its side agents."""

    name = NAME
    title = "Gemini CLI"

    def folders(self, environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
        """Return ``.gemini/tmp`` if it exists; GEMINI_CLI_HOME stands for the home folder."""
        configured = environ.get("GEMINI_CLI_HOME", "").strip()
        own = Path(configured).expanduser() if configured else home
        return base.distinct_folders((own / ".gemini" / "tmp",))

    def accept(self, path: Path) -> tuple[Path, ...]:
        """Return *path*, or the sessions' folder below it, when there are sessions in it."""
        if path.is_file():
            is_ours = base.begins_with(path, b'"sessionId"', b'"projectHash"')
            return (path,) if is_ours and path.suffix in {".json", ".jsonl"} else ()
        for root in (path / ".gemini" / "tmp", path / "tmp", path):
            if root.is_dir() and (_is_chats(root) or any(root.glob(f"*/{base.CHATS}"))):
                return (root,) if base.has_logs(root, self) else ()
        return ()

    def is_log(self, name: str) -> bool:
        """Return whether *name* is a session; those of side agents have their own id as name."""
        if name.endswith(".jsonl"):
            return not name.startswith(base.ROLLOUT_PREFIX)
        return _DOCUMENT.fullmatch(name) is not None

    def enters(self, name: str) -> bool:
        """Return True: projects, sessions and side agents have names of any kind."""
        return bool(name)

    def read(
        self, file: BinaryIO, offset: int, state: bytes, now_ms: int, path: str
    ) -> base.ReadResult:
        """Read the calls from *offset* on; an older document is read whole each time."""
        known = _STATES.decode(state) if state else State(_session_of(path))
        session = _Session(known, path, now_ms)
        if path.endswith(".json"):
            return session.read_document(file)
        lines = LogReader(file, offset, MARKERS)
        for at, line in lines:
            for reason in session.take(line):
                lines.reject(reason, at)
        return base.ReadResult(
            session.calls(),
            lines.rejects,
            lines.next_offset,
            _ENCODER.encode(session.state),
            lines.bytes_read,
        )


SOURCE: Final = GeminiCli()


class _Session:
    """Follows one session record by record."""

    def __init__(self, state: State, path: str, now_ms: int) -> None:
        self.state = state
        self._project = _project_of(path)
        self._latest_ms = now_ms + base.LATEST_AHEAD_MS
        self._calls: dict[str, Call] = {}

    def calls(self) -> list[Call]:
        """Return each call once, as its last record said."""
        return list(self._calls.values())

    def read_document(self, file: BinaryIO) -> base.ReadResult:
        """Read a session that is one document."""
        try:
            text = whole_text(file)
            reasons = self.take(text) if text else []
            size = len(text)
        except FaultError as fault:
            reasons, size = [str(fault)], file.tell()
        rejects = [base.Reject(reason, 0) for reason in reasons]
        return base.ReadResult(self.calls(), rejects, 0, b"", size)

    def take(self, line: bytes) -> list[str]:
        """Take what *line* says; return why parts of it are refused."""
        try:
            record = decode(_LINES, line)
        except msgspec.ValidationError as error:
            return [str(fault_of(error))]
        except FaultError as fault:
            return [str(fault)]
        changes = record.changes
        self.state.session = (
            (changes.session_id if changes else None) or record.session_id or self.state.session
        )
        held = [*(record.messages or ()), *((changes.messages or ()) if changes else ())]
        messages: list[_Message | msgspec.Raw] = [record, *held]
        return [reason for message in messages if (reason := self._take_message(message))]

    def _take_message(self, message: _Message | msgspec.Raw) -> str:
        """Keep the call of *message* if it is one; return why it is refused, or nothing."""
        try:
            if isinstance(message, msgspec.Raw):
                message = decode(_MESSAGES, bytes(message))
            self.state.model = message.model or self.state.model
            if message.tokens is not None and message.id:
                call = self._call(message, message.id, message.tokens)
                if call.tokens:
                    self._calls[call.identity] = call
        except msgspec.ValidationError as error:
            return str(fault_of(error))
        except FaultError as fault:
            return str(fault)
        return ""

    def _call(self, message: _Message, identity: str, tokens: _Tokens) -> Call:
        model = message.model or self.state.model
        cached = min(tokens.cached or 0, tokens.input)
        thoughts = tokens.thoughts or 0
        call = Call(
            identity=lone_identity(NAME, f"{self.state.session}:{identity}"),
            occurred_at_ms=milliseconds(message.timestamp, self._latest_ms),
            source=NAME,
            provider=_provider_of(model),
            model=model,
            input_tokens=tokens.input - cached + (tokens.tool or 0),
            cache_read_tokens=cached,
            output_tokens=tokens.output + thoughts,
            reasoning_tokens=thoughts,
            project=self._project,
            conversation=self.state.session,
        )
        if call.tokens > MAX_TOKENS_PER_CALL:
            raise FaultError(base.ABSURD_COUNT)
        return call


def _provider_of(model: str) -> str:
    provider = provider_of(model)
    return PROVIDER if provider == OTHER else provider


def _is_chats(root: Path) -> bool:
    return base.CHATS in root.parts or (root / base.CHATS).is_dir()


def _project_of(path: str) -> str:
    """Return the project as the path tells it, ``…/tmp/<project>/chats/…``; a hash is cut."""
    parts = path.replace("\\", "/").split("/")
    if base.CHATS not in parts[1:]:
        return ""
    name = parts[len(parts) - parts[::-1].index(base.CHATS) - 2]
    return name[:_SHOWN_HASH] if _HASH.fullmatch(name) else name


def _session_of(path: str) -> str:
    """Return what stands for the session's id until a record says it."""
    return base.last_folder(path).partition(".")[0]

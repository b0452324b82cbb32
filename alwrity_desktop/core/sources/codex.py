"""Codex: counters of a session, written again and again, from which the calls are told.

A ``token_count`` event says what the last call used and what the session has used so far.
Events are repeated, forked sessions begin with the events of their parent, and side tasks mix
counters of their own into the same file. So a call counts what its event says of the last
call, but never more than the growth of the session's high-water mark leaves. Where that may
leave something out, the calls are marked as estimated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import msgspec

from alwrity_desktop.core.domain.identity import lone_identity, merge
from alwrity_desktop.core.domain.providers import OTHER, provider_of
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.blocks import LogReader
from alwrity_desktop.core.sources.codex_counters import Counters, Event, Forks, Used
from alwrity_desktop.core.sources.decoding import Count, FaultError, decode, fault_of, milliseconds

NAME: Final = "codex"
PROVIDER: Final = "openai"

UNKNOWN_MODEL: Final = "unknown"
"""The model of calls that no turn was announced for: counted, and left without a price."""

MARKERS: Final = (b'"token_count"', b'"session_meta"', b'"turn_context"')
THREAD_SPAWN: Final = b'"thread_spawn"'
FOLDERS: Final = ("sessions", "archived_sessions")

Total = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
"""The tokens of one kind in a whole session, which may pass any bound that holds for a call."""


class _Line(msgspec.Struct, gc=False):
    type: str = ""
    timestamp: datetime | None = None
    payload: msgspec.Raw = msgspec.Raw(b"null")


class _Total(msgspec.Struct, gc=False):
    input_tokens: Total = 0
    cached_input_tokens: Total = 0
    output_tokens: Total = 0
    reasoning_output_tokens: Total = 0
    total_tokens: Total = 0


class _Last(msgspec.Struct, gc=False):
    input_tokens: Count = 0
    cached_input_tokens: Count = 0
    output_tokens: Count = 0
    reasoning_output_tokens: Count = 0


class _Info(msgspec.Struct, gc=False):
    total_token_usage: _Total | None = None
    last_token_usage: _Last | None = None


class _RateLimits(msgspec.Struct, gc=False):
    plan_type: str | None = None


class _TokenCount(msgspec.Struct, gc=False):
    type: str = ""
    info: _Info | None = None
    rate_limits: _RateLimits | None = None


class _SessionMeta(msgspec.Struct, gc=False):
    id: str | None = None
    cwd: str | None = None
    forked_from_id: str | None = None


class _TurnContext(msgspec.Struct, gc=False):
    model: str | None = None
    cwd: str | None = None


_LINES: Final = msgspec.json.Decoder(_Line)
_TOKEN_COUNTS: Final = msgspec.json.Decoder(_TokenCount | None)
_SESSION_METAS: Final = msgspec.json.Decoder(_SessionMeta | None)
_TURN_CONTEXTS: Final = msgspec.json.Decoder(_TurnContext | None)


class State(msgspec.Struct, array_like=True):
    """What one session's log has said up to some line."""

    session: str
    project: str = ""
    model: str = UNKNOWN_MODEL
    is_flat_rate: bool = False
    has_begun: bool = False
    counters: Counters = msgspec.field(default_factory=Counters)
    #: Present in a session that was forked from another.
    forks: Forks | None = None


_STATES: Final = msgspec.msgpack.Decoder(State)
_ENCODER: Final = msgspec.msgpack.Encoder()


class Codex:
    """The logs of Codex: its command line, editors and desktop program."""

    name = NAME
    title = "Codex"

    def folders(self, environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
        """Return the folders of running and archived sessions that exist."""
        configured = environ.get("CODEX_HOME", "").strip()
        own = Path(configured).expanduser() if configured else home / ".codex"
        return base.distinct_folders(own / name for name in FOLDERS)

    def accept(self, path: Path) -> tuple[Path, ...]:
        """Return *path*, or its folders of sessions, when there are logs of Codex in it."""
        if path.is_file():
            is_ours = self.is_log(path.name) or (
                path.suffix == ".jsonl" and base.begins_with_session(path)
            )
            return (path,) if is_ours else ()
        roots = base.distinct_folders(path / name for name in FOLDERS) or (path,)
        return tuple(root for root in roots if base.has_logs(root, self))

    def is_log(self, name: str) -> bool:
        """Return whether *name* is ``rollout-….jsonl``."""
        return name.startswith(base.ROLLOUT_PREFIX) and name.endswith(".jsonl")

    def enters(self, name: str) -> bool:
        """Return True: years, months and days, and whatever a person made of them."""
        return bool(name)

    def read(
        self, file: BinaryIO, offset: int, state: bytes, now_ms: int, path: str
    ) -> base.ReadResult:
        """Read the calls from *offset* on; see the contract."""
        lines = LogReader(file, offset, MARKERS)
        session = _Session(_STATES.decode(state) if state else State(_session_id(path)), now_ms)
        calls: list[Call] = []
        for at, line in lines:
            try:
                calls += session.calls_of(line)
            except FaultError as fault:
                lines.reject(str(fault), at)
        calls += session.settle()
        return base.ReadResult(
            merge(calls),
            lines.rejects,
            lines.next_offset,
            _ENCODER.encode(session.state),
            lines.bytes_read,
        )


SOURCE: Final = Codex()


class _Session:
    """Follows one session's log line by line."""

    def __init__(self, state: State, now_ms: int) -> None:
        self.state = state
        self._now_ms = now_ms

    def calls_of(self, line: bytes) -> Iterator[Call]:
        """Yield the calls that *line* makes certain; raises FaultError for a bad line."""
        try:
            event = self._event_of(line)
        except msgspec.ValidationError as error:
            raise fault_of(error) from None
        if event is None:
            return
        events = (
            (event,) if self.state.forks is None else self.state.forks.own(event, self._counters)
        )
        for own in events:
            yield from self._count(own)

    def settle(self) -> Iterator[Call]:
        """Yield what was held back and has become certain by the passing of time."""
        if self.state.forks is not None:
            for event in self.state.forks.settled(self._now_ms):
                yield from self._count(event)

    @property
    def _counters(self) -> Counters:
        return self.state.counters

    def _event_of(self, line: bytes) -> Event | None:
        """Return the event of *line*; remember what the line says of the session."""
        parsed = decode(_LINES, line)
        if parsed.type == "event_msg":
            return self._token_count(parsed)
        if parsed.type == "turn_context":
            self._turn_context(decode(_TURN_CONTEXTS, bytes(parsed.payload)))
        elif parsed.type == "session_meta" and not self.state.has_begun:
            self._session_meta(parsed, is_spawned=THREAD_SPAWN in line)
        return None

    def _session_meta(self, parsed: _Line, *, is_spawned: bool) -> None:
        """Take the first of them; those that follow are the parents' in a fork."""
        meta = decode(_SESSION_METAS, bytes(parsed.payload))
        if meta is None:
            return
        state = self.state
        state.has_begun = True
        state.session = meta.id or state.session
        state.project = _folder(meta.cwd) if meta.cwd else state.project
        if meta.forked_from_id or is_spawned:
            latest_ms = self._now_ms + base.LATEST_AHEAD_MS
            state.forks = Forks(milliseconds(parsed.timestamp, latest_ms))

    def _turn_context(self, turn: _TurnContext | None) -> None:
        if turn is None:
            return
        self.state.model = turn.model or self.state.model
        self.state.project = _folder(turn.cwd) if turn.cwd else self.state.project

    def _token_count(self, parsed: _Line) -> Event | None:
        payload = decode(_TOKEN_COUNTS, bytes(parsed.payload))
        if payload is None or payload.type != "token_count":
            return None
        if payload.rate_limits is not None:
            self.state.is_flat_rate = bool(payload.rate_limits.plan_type)
        info = payload.info
        if info is None or (info.total_token_usage is None and info.last_token_usage is None):
            return None
        total, last = info.total_token_usage, info.last_token_usage
        return Event(
            at_ms=milliseconds(parsed.timestamp, self._now_ms + base.LATEST_AHEAD_MS),
            total=_used(total) if total else None,
            last=_used(last) if last else None,
            is_rewritten=total is not None and total.total_tokens > 0 and not any(_used(total)),
            model=self.state.model,
            is_flat_rate=self.state.is_flat_rate,
        )

    def _count(self, event: Event) -> Iterator[Call]:
        """Yield the call of *event* unless it brings nothing new."""
        used = self._counters.take(event, is_fork=self.state.forks is not None)
        if used.input_tokens or used.output_tokens:
            yield self._call(event, used)

    def _call(self, event: Event, used: Used) -> Call:
        state = self.state
        seen = "-".join(map(str, event.total or event.last or ()))
        provider = provider_of(event.model)
        cached = min(used.cached_tokens, used.input_tokens)
        return Call(
            identity=lone_identity(PROVIDER, f"codex-{state.session}-{event.at_ms}-{seen}"),
            occurred_at_ms=event.at_ms,
            source=NAME,
            provider=PROVIDER if provider == OTHER else provider,
            model=event.model,
            input_tokens=used.input_tokens - cached,
            cache_read_tokens=cached,
            output_tokens=used.output_tokens,
            reasoning_tokens=min(used.reasoning_tokens, used.output_tokens),
            project=state.project,
            conversation=state.session,
            is_flat_rate=event.is_flat_rate,
            is_estimated=state.forks is not None or state.counters.is_interleaved,
        )


def _used(usage: _Total | _Last) -> Used:
    return Used(
        usage.input_tokens,
        usage.cached_input_tokens,
        usage.output_tokens,
        usage.reasoning_output_tokens,
    )


def _session_id(path: str) -> str:
    """Return the session's id as the file's name tells it, ``rollout-<time>-<id>.jsonl``."""
    stem = base.last_folder(path).removesuffix(".jsonl")
    return re.sub(r"^rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-", "", stem)


_folder = lru_cache(maxsize=1024)(base.last_folder)

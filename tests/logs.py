"""Builds the lines of logs as Claude Code and Codex write them."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources.base import LogSource, ReadResult

START_MS = 1_793_000_000_000
"""2026-10-26, the time of most made calls."""

NOW_MS = 1_795_000_000_000
"""2026-11-18, when they are read."""


def iso(at_ms: int) -> str:
    """Return *at_ms* as logs write times."""
    time = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def json_line(record: object) -> bytes:
    """Return *record* as one line."""
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def claude_record(
    message: str | None = "msg_1",
    request: str | None = "req_1",
    *,
    usage: dict[str, Any] | None = None,
    model: object = "claude-sonnet-4-5-20250929",
    at_ms: int = START_MS,
    stop_reason: str | None = "end_turn",
    **fields: object,
) -> dict[str, Any]:
    """Return a line of Claude Code as a dictionary; *fields* add to it or replace."""
    counts = {"input_tokens": 10, "output_tokens": 20} if usage is None else usage
    record: dict[str, Any] = {
        "parentUuid": "p",
        "isSidechain": False,
        "cwd": "/home/ada/engine",
        "sessionId": "session-1",
        "version": "2.0.44",
        "message": {
            "model": model,
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": 'a "usage":{"input_tokens":5} in a text'}],
            "stop_reason": stop_reason,
            "usage": counts,
        },
        "type": "assistant",
        "uuid": "uuid-1",
        "timestamp": iso(at_ms),
    }
    if message is not None:
        record["message"]["id"] = message
    if request is not None:
        record["requestId"] = request
    return record | fields


def claude_line(message: str | None = "msg_1", request: str | None = "req_1", **how: Any) -> bytes:  # noqa: ANN401 - passed on
    """Return a line of Claude Code; see claude_record."""
    return json_line(claude_record(message, request, **how))


def usage(output: int = 20, *, input_tokens: int = 10, **more: object) -> dict[str, Any]:
    """Return a usage block."""
    return {"input_tokens": input_tokens, "output_tokens": output, **more}


def session_meta(
    session: str = "s-1", *, at_ms: int = START_MS, cwd: str = "/home/ada/engine", **fields: object
) -> bytes:
    """Return the first line of a Codex log."""
    payload = {"id": session, "cwd": cwd, "cli_version": "0.60.0", "originator": "x", **fields}
    return json_line({"timestamp": iso(at_ms), "type": "session_meta", "payload": payload})


def turn_context(model: str = "gpt-5-codex", *, at_ms: int = START_MS) -> bytes:
    """Return the line that announces a turn's model."""
    payload = {"model": model, "cwd": "/home/ada/engine", "approval_policy": "never"}
    return json_line({"timestamp": iso(at_ms), "type": "turn_context", "payload": payload})


def counts(
    input_tokens: int, cached: int = 0, output: int = 0, reasoning: int = 0
) -> dict[str, int]:
    """Return token counts as Codex writes them."""
    return {
        "input_tokens": input_tokens,
        "cached_input_tokens": cached,
        "output_tokens": output,
        "reasoning_output_tokens": reasoning,
        "total_tokens": input_tokens + output,
    }


def token_count(
    total: dict[str, int] | None,
    last: dict[str, int] | None,
    *,
    at_ms: int = START_MS,
    plan: str | None = None,
) -> bytes:
    """Return a ``token_count`` event."""
    info: dict[str, object] | None = None
    if total is not None or last is not None:
        info = {"total_token_usage": total, "last_token_usage": last, "model_context_window": 1}
    payload = {
        "type": "token_count",
        "info": info,
        "rate_limits": {"primary": {"used_percent": 3.0}, "plan_type": plan},
    }
    return json_line({"timestamp": iso(at_ms), "type": "event_msg", "payload": payload})


def read(
    source: LogSource,
    data: bytes,
    *,
    offset: int = 0,
    state: bytes = b"",
    now_ms: int = NOW_MS,
    path: str = "/logs/projects/-home-ada-engine/session-1.jsonl",
) -> ReadResult:
    """Read *data* as one file of *source*."""
    return source.read(io.BytesIO(data), offset, state, now_ms, path)


def read_in_pieces(
    source: LogSource, data: bytes, cuts: Sequence[int], *, now_ms: int = NOW_MS
) -> list[Call]:
    """Read *data* as a file that grew to each of *cuts* in turn; return all calls."""
    calls: list[Call] = []
    offset, state = 0, b""
    for cut in [*sorted(cuts), len(data)]:
        result = read(source, data[:cut], offset=offset, state=state, now_ms=now_ms)
        offset, state = result.next_offset, result.state
        calls += result.calls
    return calls


def figures(call: Call) -> tuple[int, int, int, int, int]:
    """Return input, cache read, cache writes for 5 minutes and 1 hour, and output tokens."""
    return (
        call.input_tokens,
        call.cache_read_tokens,
        call.cache_write_5m_tokens,
        call.cache_write_1h_tokens,
        call.output_tokens,
    )

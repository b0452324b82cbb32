"""Small trees of logs, and what the program makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT, Call
from alwrity_desktop.core.results import PeriodChoice, SourceImport
from tests.logs import claude_line, usage

EVER: Final = PeriodChoice("all")

NOW_MS: Final = 1_795_181_520_000
"""The moment of the tests' clock: 2026-11-20 13:32 UTC."""


def line(number: int, **how: object) -> bytes:
    """Return a whole call of Claude Code: 10 tokens in, 20 out unless *how* says otherwise."""
    return claude_line(f"msg_{number}", f"req_{number}", **how)


def streamed(number: int) -> bytes:
    """Return an early copy of the same call, before most of the answer came."""
    return claude_line(f"msg_{number}", f"req_{number}", usage=usage(1), stop_reason=None)


def log_in(folder: Path, name: str = "a", lines: Iterable[bytes] = ()) -> Path:
    """Write a log under *folder* where Claude Code would keep it; return its path."""
    path = folder / "projects" / "-home-ada-engine" / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(lines))
    return path


def import_claude(context: Context, *folders: Path) -> SourceImport:
    """Import logs of Claude Code; say what that did."""
    (done,) = context.import_logs("claude-code", folders)
    return done


def totals(context: Context) -> Figures:
    """Return the sums over everything, and make sure that they are those of the calls."""
    assert context.ledger(LOCAL_ACCOUNT).rollup_differences() == 0
    return context.report(LOCAL_ACCOUNT, EVER).totals


def assert_sums(context: Context, known: object) -> None:
    """Hold the token sums of each model against those that a made tree is known to have."""
    groups = context.report(LOCAL_ACCOUNT, EVER, ("model",)).groups["model"]
    models = {group.key: group.figures for group in groups}
    assert isinstance(known, dict)
    for model, sums in known.items():
        figures = models[model]
        assert figures.calls == sums["calls"]
        assert figures.input_tokens == sums["input_tokens"]
        assert figures.output_tokens == sums["output_tokens"]
        assert figures.cache_read_tokens == sums["cache_read_tokens"]
        writes = sums["cache_write_5m_tokens"] + sums["cache_write_1h_tokens"]
        assert figures.cache_write_tokens == writes


def refused(context: Context) -> dict[str, int]:
    """Return how many lines were refused, by reason, as the health of the sources tells it."""
    sources = context.report(LOCAL_ACCOUNT, EVER).health.sources
    return {each.reason: each.lines for source in sources for each in source.rejections}


def one_call(**how: object) -> Call:
    """Return a call of an hour ago that cost $0.0105 unless *how* says otherwise."""
    known = {
        "identity": "record:1",
        "occurred_at_ms": NOW_MS - 3_600_000,
        "source": "record",
        "provider": "anthropic",
        "model": "claude-sonnet-4-5-20250929",
        "input_tokens": 1000,
        "output_tokens": 500,
    }
    return Call(**{**known, **how})  # type: ignore[arg-type]

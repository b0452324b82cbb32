"""Figures that cannot be: refused or told, and never in the way of what is right."""

from __future__ import annotations

from pathlib import Path

from alwrity_desktop.core.context import Context
from tests.core.trees import NOW_MS, import_claude, line, log_in, one_call, totals

MOST_TOKENS = 1_000_000_000


def test_that_the_dearest_calls_at_one_moment_stop_nothing(
    context: Context, tmp_path: Path
) -> None:
    dear = [line(number, costUSD=999_999.5, at_ms=NOW_MS) for number in range(30)]
    log_in(tmp_path, "a", dear)
    log_in(tmp_path, "b", [line(100)])

    import_claude(context, tmp_path)

    assert totals(context).calls >= 1


def test_that_the_largest_calls_at_one_moment_stop_nothing(context: Context) -> None:
    context.record(
        one_call(
            identity=f"record:{number}",
            provider="openai",
            model="o1-pro",
            input_tokens=MOST_TOKENS,
            output_tokens=MOST_TOKENS,
        )
        for number in range(20)
    )

    assert totals(context).calls == 20

"""Figures that cannot be: refused or told, and never in the way of what is right."""

from __future__ import annotations

import os
from pathlib import Path

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.sources import base
from tests.core.trees import NOW_MS, import_claude, line, log_in, one_call, refused, totals

DAY_MS = 86_400_000
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


def test_that_calls_that_a_slow_clock_refused_are_booked_once_it_is_right(
    context: Context, tmp_path: Path
) -> None:
    log_in(tmp_path, "a", [line(1, at_ms=NOW_MS - DAY_MS), line(2, at_ms=NOW_MS)])
    slow = Context(context.profile, Clock(NOW_MS - DAY_MS), os.environ)
    import_claude(slow, tmp_path)
    assert totals(slow).calls == 1
    assert refused(slow) == {base.FUTURE_TIME: 1}
    slow.close()

    import_claude(context, tmp_path)

    assert totals(context).calls == 2
    assert refused(context) == {}

"""Tells made-up lives' months at a quarter, half and three quarters, beside the naive rate.

    python -m benchmarks.forecast_error [--seed 1] [--lives 20] [--kinds shift burst]

"ratio" is the forecast's median error in terms of the naive rate's (so far divided by days),
"best" that of one who knows what each day was made from, and "holds" how often the 80 percent
band held what came. The lives (see histories.py) are not
the forecast's own model.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final

from alwrity_desktop.core.domain.forecast_check import (
    POINTS_PERCENT,
    BacktestRow,
    backtest,
    moment_of,
)
from alwrity_desktop.core.domain.periods import Period, custom, local_day
from benchmarks.histories import KINDS, PLAIN, History, histories

ALL: Final = "all"
HALF: Final = 50
GOAL: Final = 0.8
HELD: Final = (70, 95)


@dataclass(frozen=True)
class Told:
    """One month at one point, as it was told, and the error of one who knows the process."""

    kind: str
    row: BacktestRow
    best_percent: float


def months(history: History) -> Iterator[Period]:
    """Return the whole months of a life from the second one on."""
    end = history.first + timedelta(days=len(history.costs))
    first = _next_month(history.first)
    while (after := _next_month(first)) <= end:
        yield custom(first.isoformat(), (after - timedelta(days=1)).isoformat(), "UTC")
        first = after


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def table(rows: Iterable[Told]) -> Iterator[str]:
    """Return the lines of the table, one for each kind and one for all of them."""
    found: defaultdict[tuple[str, int], list[Told]] = defaultdict(list)
    for told in rows:
        for kind in (told.kind, ALL):
            found[kind, told.row.passed_percent].append(told)
    heads = (f"{f'{percent} % passed':^36}" for percent in POINTS_PERCENT)
    yield f"{'':14}" + "  ".join(heads)
    yield f"{'':14}" + "  ".join("months error naive ratio  best holds" for _ in POINTS_PERCENT)
    for kind in [kind for kind in dict.fromkeys(kind for kind, _ in found) if kind != ALL] + [ALL]:
        yield f"{kind:14}" + "  ".join(_cell(found[kind, percent]) for percent in POINTS_PERCENT)


def _cell(rows: Sequence[Told]) -> str:
    error, naive, held = figures(rows)
    best = median(told.best_percent for told in rows)
    return (
        f"{len(rows):6} {error:4.1f}% {naive:4.1f}% {error / naive:5.2f} {best / naive:5.2f} "
        f"{held:4.0f}%"
    )


def figures(rows: Sequence[Told]) -> tuple[float, float, float]:
    """Return both median errors and how often the band held, in percent."""
    error = median(told.row.error_percent or 0.0 for told in rows)
    naive = median(told.row.naive_error_percent or 0.0 for told in rows)
    return error, naive, sum(bool(told.row.is_held) for told in rows) * 100 / len(rows)


def told_months(seed: int, lives: int, kinds: Sequence[str]) -> Iterator[Told]:
    """Return every month of the lives that could be told, at each point."""
    for history in histories(seed, lives, tuple(kinds)):
        days = history.named()
        expected = dict(zip((day for day, _ in days), history.expected, strict=True))
        for period in months(history):
            for row in backtest(days, [period]):
                if row.error_percent is not None and row.naive_error_percent is not None:
                    today = local_day(moment_of(period, row.passed_percent), "UTC")
                    known = sum(cost for day, cost in days if period.start <= day < today)
                    rest = sum(cost for day, cost in expected.items() if today <= day <= period.end)
                    best = abs(known + rest - row.actual) * 100 / row.actual
                    yield Told(history.kind, row, best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lives", type=int, default=20, help="of each kind")
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    chosen = parser.parse_args()
    started = time.perf_counter()
    rows = list(told_months(chosen.seed, chosen.lives, chosen.kinds))
    each_ms = (time.perf_counter() - started) / len(rows) * 1000
    print("\n".join(table(rows)))
    print(
        f"\nGoals half-way: a ratio of at most {GOAL}, the band to hold {HELD[0]} to {HELD[1]} %."
    )
    middle = [told for told in rows if told.row.passed_percent == HALF]
    for name, kinds in (("Plain kinds", PLAIN), ("All kinds", tuple(KINDS))):
        if shown := [told for told in middle if told.kind in kinds]:
            error, naive, held = figures(shown)
            print(f"{name}: {error / naive:.2f}, {held:.0f} %.")
    print(f"{each_ms:.1f} ms a forecast.")


if __name__ == "__main__":
    main()

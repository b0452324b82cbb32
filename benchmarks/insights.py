"""Times reports with forecast, patterns, costs and tips over a year of a million calls.

    python -m benchmarks.insights FOLDER [--calls 1000000] [--shape sessions|scattered]

The ledger is made once in FOLDER, which takes a minute, and kept for the next run. Calls come
in conversations of forty, or each on its own at any time and in any project, where no two of
them share a sum of a quarter of an hour. Working days are busier than weekends, the use grows,
and some days are bursts, so that there is something unusual to explain.

Median of seven runs in CPU seconds on two cores, a million calls, "everything" being all four:

    period      sessions   scattered
    month           0.29        0.37
    year            0.57        0.66
    12 months       0.58        0.68
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Final

from alwrity_desktop.core import profile
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context, PeriodChoice
from alwrity_desktop.core.domain.insight_values import ACTIVITY, INSIGHTS, SPENDING
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT, Call
from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.reporting import Question, build_report

NOW_MS: Final = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp() * 1000)
DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000
DAYS: Final = 365
BATCH_CALLS: Final = 50_000
CONVERSATION_CALLS: Final = 40
RUNS: Final = 7
ZONE: Final = "Europe/Berlin"

MODELS: Final = (
    ("anthropic", "claude-sonnet-4-5", 40),
    ("anthropic", "claude-opus-4-5", 15),
    ("openai", "gpt-5", 15),
    ("gemini", "gemini-2.5-flash", 15),
    ("gemini", "gemini-2.5-pro", 10),
    ("tavily", "search", 5),
)
SHAPES: Final = ("sessions", "scattered")

PERIODS: Final = {
    "month": PeriodChoice("month"),
    "year": PeriodChoice("year"),
    "12 months": PeriodChoice("custom", "2025-11-20", "2026-11-20"),
}
#: What is asked for, and whether with tips.
PARTS: Final = {
    "forecast": ((), False),
    "tips": ((), True),
    "patterns": ((ACTIVITY,), False),
    "costs": ((SPENDING,), True),
    "everything": (INSIGHTS, True),
}


def moments(count: int, chance: random.Random) -> Iterator[int]:
    """Yield rising times over the year: weekdays, growth, bursts, and the hours of work."""
    weights = []
    for day in range(DAYS):
        weekday = datetime.fromtimestamp((NOW_MS - (DAYS - day) * DAY_MS) / 1000, UTC).weekday()
        weight = (0.3 if weekday >= 5 else 1.0) * (0.7 + 0.6 * day / DAYS)
        weights.append(weight * (5 if chance.random() < 0.02 else 1))
    whole = sum(weights)
    for day, weight in enumerate(weights):
        start_ms = NOW_MS - (DAYS - day) * DAY_MS
        calls = round(count * weight / whole)
        yield from sorted(
            start_ms + int(chance.betavariate(2, 2) * 16 * HOUR_MS) for _ in range(calls)
        )


def year_of_calls(count: int, shape: str) -> Iterator[Call]:
    """Yield the calls in the order of time."""
    chance = random.Random(7)
    weights = [weight for _, _, weight in MODELS]
    provider, model, _ = MODELS[0]
    for number, at_ms in enumerate(moments(count, chance)):
        conversation, place = divmod(number, CONVERSATION_CALLS)
        if place == 0 or shape == "scattered":
            provider, model, _ = chance.choices(MODELS, weights)[0]
        is_search = model == "search"
        named = f"project-{conversation % 20}", f"conversation-{conversation}"
        if shape == "scattered":
            named = f"project-{chance.randrange(5)}", ""
        yield Call(
            identity=f"made::{number}",
            occurred_at_ms=at_ms,
            source="made",
            provider=provider,
            model=model,
            input_tokens=0 if is_search else chance.randrange(5_000),
            cache_read_tokens=0 if is_search else chance.randrange(150_000),
            cache_write_5m_tokens=chance.randrange(4_000) if provider == "anthropic" else 0,
            cache_write_1h_tokens=chance.randrange(4_000) if provider == "anthropic" else 0,
            output_tokens=0 if is_search else chance.randrange(2_000),
            requests=int(is_search),
            duration_ms=chance.randrange(200, 20_000),
            status_code=529 if chance.random() < 0.01 else 200,
            project=named[0],
            conversation=named[1],
        )


def make_ledger(context: Context, count: int, shape: str) -> None:
    """Book the year."""
    ledger, book = context.ledger(LOCAL_ACCOUNT), context.price_book()
    calls = year_of_calls(count, shape)
    while part := tuple(islice(calls, BATCH_CALLS)):
        ledger.record(Batch("made", NOW_MS, "UTC", calls=part, is_first_read=True), book)
        print(f"booked to {part[-1].identity}", flush=True)


def time_part(context: Context, choice: PeriodChoice, part: str, book: PriceBook) -> str:
    """Return how long a report with one part takes, and what came of it."""
    more, has_tips = PARTS[part]
    names = ("provider", "model", *more)
    question = Question(context.account(LOCAL_ACCOUNT), choice, ZONE, "monday", names)
    wall, cpu, reports = [], [], []
    for _ in range(RUNS):
        started, started_cpu = time.perf_counter(), time.process_time()
        with context.ledger(LOCAL_ACCOUNT).snapshot() as snapshot:
            found = build_report(snapshot, question, NOW_MS, {}, book if has_tips else None)
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - started_cpu)
        reports.append(found)
    report = reports[-1]
    unusual = sum(len(one.unusual) for one in report.activity)
    return (
        f"{median(cpu):10.3f} {median(wall):10.3f} {min(wall):10.3f} {max(wall):10.3f}"
        f" {report.totals.calls:11,} {len(report.tips):5} {unusual:8}"
    )


def main() -> int:
    """Make the ledger if it is not there, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--shape", choices=SHAPES, default=SHAPES[0])
    options = parser.parse_args()
    environ = {"ALWRITY_DESKTOP_HOME": str(options.folder), "TZ": ZONE}
    found = profile.find(environ)
    profile.prepare(found)
    context = Context(found, Clock(NOW_MS), environ)
    if not context.ledger(LOCAL_ACCOUNT).has_calls():
        make_ledger(context, options.calls, options.shape)
    book = context.price_book()
    print(f"Seconds, the median of {RUNS} runs; forecasts are in each report.")
    heads = ("CPU", "wall", "fastest", "slowest")
    print(
        f"{'period':10} {'with':11}",
        *(f"{head:>10}" for head in heads),
        "      calls  tips  unusual",
    )
    for name, choice in PERIODS.items():
        for part in PARTS:
            print(f"{name:10} {part:11} {time_part(context, choice, part, book)}", flush=True)
    context.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

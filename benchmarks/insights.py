"""Times reports with forecast and tips over a ledger of a million calls in a year.

    python -m benchmarks.insights FOLDER [--calls 1000000]

The ledger is made once in FOLDER, which takes a minute, and kept for the next run.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from alwrity_desktop.core import profile
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context, PeriodChoice
from alwrity_desktop.core.domain.insight_values import ACTIVITY, INSIGHTS
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT, Call
from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.reporting import Question, build_report

NOW_MS = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp() * 1000)
YEAR_MS = 365 * 86_400_000
BATCH_CALLS = 50_000
CONVERSATION_CALLS = 40
RUNS = 3
ZONE = "Europe/Berlin"

MODELS = (
    ("anthropic", "claude-sonnet-4-5", 40),
    ("anthropic", "claude-opus-4-5", 15),
    ("openai", "gpt-5", 15),
    ("gemini", "gemini-2.5-flash", 15),
    ("gemini", "gemini-2.5-pro", 10),
    ("tavily", "search", 5),
)


def year_of_calls(count: int) -> Iterator[Call]:
    """Yield calls in conversations, evenly over the year."""
    chance = random.Random(7)
    weights = [weight for _, _, weight in MODELS]
    provider, model, _ = MODELS[0]
    for number in range(count):
        conversation, place = divmod(number, CONVERSATION_CALLS)
        if place == 0:
            provider, model, _ = chance.choices(MODELS, weights)[0]
        is_search = model == "search"
        yield Call(
            identity=f"made::{number}",
            occurred_at_ms=NOW_MS - YEAR_MS + YEAR_MS * number // count,
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
            project=f"project-{conversation % 20}",
            conversation=f"conversation-{conversation}",
        )


def make_ledger(context: Context, count: int) -> None:
    """Book the year."""
    ledger, book = context.ledger(LOCAL_ACCOUNT), context.price_book()
    calls = year_of_calls(count)
    while part := tuple(islice(calls, BATCH_CALLS)):
        ledger.record(Batch("made", NOW_MS, "UTC", calls=part, is_first_read=True), book)
        print(f"booked to {part[-1].identity}", flush=True)


def time_report(
    context: Context, kind: str, part: str, book: PriceBook | None, more: tuple[str, ...] = ()
) -> None:
    """Print how long a report takes, with or without its tips and what is asked for beside."""
    names = ("provider", "model", *more)
    question = Question(context.account(LOCAL_ACCOUNT), PeriodChoice(kind), ZONE, "monday", names)
    started, started_cpu = time.perf_counter(), time.process_time()
    with context.ledger(LOCAL_ACCOUNT).snapshot() as snapshot:
        report = build_report(snapshot, question, NOW_MS, {}, book)
    took, took_cpu = time.perf_counter() - started, time.process_time() - started_cpu
    print(
        f"{kind:6} {part:12} {took:.3f} s ({took_cpu:.3f} CPU-s), "
        f"{report.totals.calls:,} calls, {len(report.tips)} tips"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--calls", type=int, default=1_000_000)
    options = parser.parse_args()
    environ = {"ALWRITY_DESKTOP_HOME": str(options.folder), "TZ": ZONE}
    found = profile.find(environ)
    profile.prepare(found)
    context = Context(found, Clock(NOW_MS), environ)
    if not context.ledger(LOCAL_ACCOUNT).has_calls():
        make_ledger(context, options.calls)
    for kind in ("month", "year"):
        for _ in range(RUNS):
            for part, book in (("without tips", None), ("with tips", context.price_book())):
                time_report(context, kind, part, book)
            time_report(context, kind, "patterns", None, (ACTIVITY,))
            time_report(context, kind, "everything", context.price_book(), INSIGHTS)
    context.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

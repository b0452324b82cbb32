"""Made-up users: believable months, the awkward cases, and one with thousands of rows."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Final

from tests.servers.bookkeeping import Books, Contract
from tests.servers.catalogue import Use
from tests.servers.made_up import MadeUpTenant
from tests.servers.server_clock import ServerClock

#: Provider, model, whom it went to, tokens in, tokens out, images, and how often it is called.
HABITS: Final = (
    ("gemini", "gemini-2.5-flash", "google", 5000, 900, 0, 30),
    ("gemini", "gemini-2.5-pro", "gemini", 7000, 1500, 0, 10),
    ("openai", "gpt-4o", "openai", 6000, 1100, 0, 12),
    ("anthropic", "claude-3.5-sonnet", "anthropic", 6500, 1200, 0, 8),
    ("mistral", "openai/gpt-oss-120b:groq", "huggingface", 3000, 700, 0, 6),
    ("tavily", "tavily-search", "tavily", 0, 0, 0, 8),
    ("exa", "exa-search", "exa", 0, 0, 0, 6),
    ("stability", "qwen-image", "wavespeed", 0, 0, 1, 5),
    ("video", "wan-2.5", "wavespeed", 0, 0, 0, 2),
    ("audio", "minimax/speech-02-hd", "wavespeed", 1500, 0, 0, 3),
)
WEIGHTS: Final = tuple(habit[-1] for habit in HABITS)


def writer(
    user: str, clock: ServerClock, *, calls: int = 240, days: int = 80, tier: str = "pro"
) -> MadeUpTenant:
    """Return somebody who writes every day: some months of calls to ten models, paid monthly.

    No row is old enough to be merged unless `days` says so.
    """
    now = clock.now()
    start = now - timedelta(days=days)
    books = Books(tier, Contract(start - timedelta(days=1)))
    books.charge(start - timedelta(days=1), "new", tier)
    _fill(books, start, now, calls, random.Random(user))
    return MadeUpTenant(user, books, clock)


def _fill(books: Books, start: datetime, end: datetime, calls: int, chance: random.Random) -> None:
    """Book calls evenly between two moments, the last some minutes before the end."""
    step = (end - start) / (calls + 1)
    chosen = chance.choices(HABITS, WEIGHTS, k=calls)
    for place, habit in enumerate(chosen, 1):
        provider, model, went_to, tokens_in, tokens_out, images, _ = habit
        size = chance.uniform(0.4, 1.6)
        use = Use(provider, model, round(tokens_in * size), round(tokens_out * size), images)
        seconds = round(chance.uniform(0.3, 6.0), 3)
        books.book(start + place * step, use, went_to=went_to, seconds=seconds)


def heavy(user: str, clock: ServerClock, *, rows: int = 5_000) -> MadeUpTenant:
    """Return somebody with this many rows, none of them merged: as many as a server keeps."""
    return writer(user, clock, calls=rows, days=85, tier="enterprise")


def newcomer(user: str, clock: ServerClock) -> MadeUpTenant:
    """Return somebody on the free plan who has called nothing yet."""
    return MadeUpTenant(user, Books("free"), clock)


def over_limits(user: str, clock: ServerClock) -> MadeUpTenant:
    """Return a free user past the limits of calls, images and cost, without a subscription."""
    books, now = Books("free"), clock.now()
    start = now - timedelta(days=20)
    plan = (
        (Use("gemini", "gemini-2.5-pro", 3000, 700), "google", 62),
        (Use("tavily", "tavily-search"), "tavily", 10),
        (Use("stability", "stable-diffusion", images=1), "stability", 10),
        (Use("video", "wan-2.5"), "wavespeed", 3),
    )
    moments = (start + timedelta(minutes=place) for place in range(1000))
    for use, went_to, times in plan:
        for _ in range(times):
            books.book(next(moments), use, went_to=went_to)
    return MadeUpTenant(user, books, clock)


def expired(user: str, clock: ServerClock, *, days_ago: int = 40) -> MadeUpTenant:
    """Return somebody whose subscription ended and does not renew itself."""
    end = clock.now() - timedelta(days=days_ago)
    start = end - timedelta(days=30)
    books = Books("basic", Contract(start, is_auto_renewed=False))
    _fill(books, start, end, 45, random.Random(user))
    return MadeUpTenant(user, books, clock)


def yearly(user: str, clock: ServerClock, *, days: int = 250) -> MadeUpTenant:
    """Return somebody who pays by the year: all calls are booked to the month of its start."""
    start = clock.now() - timedelta(days=days)
    books = Books("pro", Contract(start, "yearly"))
    _fill(books, clock.now() - timedelta(days=80), clock.now(), 120, random.Random(user))
    return MadeUpTenant(user, books, clock)


def nagged(user: str, clock: ServerClock) -> MadeUpTenant:
    """Return somebody with over a hundred alerts, of which eight are distinct."""
    start = clock.now() - timedelta(days=6)
    books = Books("basic", Contract(start - timedelta(days=1)))
    moments = (start + timedelta(minutes=place) for place in range(10_000))
    for use, went_to, times in (
        (Use("gemini", "gemini-2.5-flash", 600, 230), "google", 120),
        (Use("exa", "exa-search"), "exa", 130),
        (Use("stability", "stable-diffusion", images=1), "stability", 23),
        (Use("video", "wan-2.5"), "wavespeed", 11),
        (Use("tavily", "tavily-search"), "tavily", 163),
    ):
        for _ in range(times):
            books.book(next(moments), use, went_to=went_to)
    return MadeUpTenant(user, books, clock)

"""What goes on, as the ledger and the gateway tell it."""

from __future__ import annotations

from pathlib import Path

import pytest

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.live import HOUR_MS, MINUTE_MS, GatewayState
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.live_view import live_view
from alwrity_desktop.core.profile import find, prepare

NOW_MS = 1_795_000_000_000


@pytest.fixture
def context(tmp_path: Path) -> Context:
    environ = {"ALWRITY_DESKTOP_HOME": str(tmp_path), "TZ": "UTC"}
    profile = find(environ)
    prepare(profile)
    return Context(profile, Clock(NOW_MS), environ)


def book(context: Context, *ages_ms: int) -> None:
    context.record(
        [
            Call(
                identity=f"test::{age_ms}", occurred_at_ms=NOW_MS - age_ms, source="record",
                provider="openai", model="gpt-4o", input_tokens=100,
                reported_cost_pico=10**9,
            )
            for age_ms in ages_ms
        ]
    )  # fmt: skip


def test_that_calls_are_summed_by_minutes_that_end_now(context: Context) -> None:
    book(context, 0, MINUTE_MS - 1, MINUTE_MS, HOUR_MS - 1, HOUR_MS)
    view = live_view(context, "local", GatewayState())
    assert view.calls_per_minute == (1, *(0,) * 57, 1, 2)
    assert view.cost_pico_per_minute[-1] == 2 * 10**9
    assert len(view.calls) == 4
    assert view.calls[0].occurred_at_ms == NOW_MS
    context.close()


def test_that_older_calls_are_listed_where_the_hour_has_none(context: Context) -> None:
    book(context, 3 * HOUR_MS)
    view = live_view(context, "sample", GatewayState())
    assert sum(view.calls_per_minute) == 0
    assert len(view.calls) == 1
    context.close()


def test_that_a_ledger_that_cannot_be_read_is_unknown(context: Context) -> None:
    context.profile.ledger.write_bytes(b"no ledger at all, and long enough to be looked at" * 9)
    view = live_view(context, "local", GatewayState(url="x"))
    assert view.is_unread
    assert view.calls_now is None
    assert view.gateway.url == "x"
    context.close()


def test_that_the_cost_of_calls_without_a_price_is_not_known(context: Context) -> None:
    unpriced = Call(
        identity="test::unpriced", occurred_at_ms=NOW_MS, source="record", provider="x",
        model="nobody-9", input_tokens=100,
    )  # fmt: skip
    context.record([unpriced])
    view = live_view(context, "local", GatewayState())
    assert (view.calls_now, view.cost_pico_now, view.cost_pico_of_hour) == (1, None, None)
    book(context, 2 * MINUTE_MS)
    view = live_view(context, "local", GatewayState())
    assert (view.cost_pico_now, view.cost_pico_of_hour) == (None, 10**9)
    context.close()

"""Reports and calls to test with, each as small as its test allows."""

from __future__ import annotations

from typing import Any

import msgspec

from alwrity_desktop.core.domain.alerts import Alert, AlertKind, Severity
from alwrity_desktop.core.domain.budgets import Limit, LimitKind, Status
from alwrity_desktop.core.domain.forecast import Forecast
from alwrity_desktop.core.domain.health import Health, HealthStatus, ProviderHealth, SourceHealth
from alwrity_desktop.core.domain.money import PICO_PER_CENT
from alwrity_desktop.core.domain.periods import Period
from alwrity_desktop.core.domain.report import (
    AccountView,
    CallRow,
    Figures,
    Group,
    Report,
    UnpricedModel,
)
from alwrity_desktop.core.domain.tip import Tip, TipBasis, TipCalls, TipClass, TipFact

#: 2026-11-20T14:32:00+01:00
NOW_MS = 1_795_181_520_000

NOVEMBER = Period(
    kind="month",
    start="2026-11-01",
    end="2026-11-30",
    timezone="Europe/Berlin",
    start_ms=1_793_487_600_000,
    end_ms=1_796_079_600_000,
)

FIGURES = Figures(
    calls=14_760,
    errors=3,
    input_tokens=1_000_000,
    output_tokens=700_000,
    cache_read_tokens=80_000_000,
    cache_write_tokens=3_000_000,
    cost_pico=83_850_000_000_001,
    unpriced_calls=14,
    status_calls=100,
    duration_ms=1_001,
    duration_calls=2,
)

COST_LIMIT = Limit(
    name="Monthly cost",
    scope="account",
    kind=LimitKind.COST,
    used=83_850_000_000_001,
    limit=12_500 * PICO_PER_CENT,
    percent=67.0,
    status=Status.ACTIVE,
    origin="budget",
    period="month",
    resets_on="2026-12-01",
    budget_id=1,
)

TOKEN_LIMIT = msgspec.structs.replace(
    COST_LIMIT,
    name="Anthropic tokens",
    scope="provider",
    provider="anthropic",
    kind=LimitKind.TOKENS,
    used=37_200_000,
    limit=44_000_000,
    percent=84.5,
    status=Status.WARNING,
    budget_id=2,
)

TIP = Tip(
    id="cheaper_model:gemini:gemini-2.5-flash:gemini-2.0-flash-lite",
    kind="cheaper_model",
    tip_class=TipClass.HABIT,
    text="Consider using Gemini 2.0 Flash Lite for 60% cost savings",
    saving_pico=120 * PICO_PER_CENT,
    basis=TipBasis.MEASURED,
    assumption="The calls to Gemini 2.5 Flash in this period with the same tokens.",
    calls=120,
    query=TipCalls(NOVEMBER.start_ms, NOVEMBER.end_ms, "gemini", "gemini-2.5-flash"),
    evidence=(TipFact("Gemini 2.5 Flash", "$2.00"), TipFact("Gemini 2.0 Flash Lite", "$0.80")),
    cost_pico=200 * PICO_PER_CENT,
    instead_pico=80 * PICO_PER_CENT,
    instead_provider="gemini",
    instead_model="gemini-2.0-flash-lite",
)

ALERT = Alert(
    id=1,
    kind=AlertKind.BUDGET,
    severity=Severity.WARNING,
    title="You've used 84.5% of your monthly limit",
    message="Anthropic tokens: 37.2M of 44.0M",
    at_ms=NOW_MS,
    threshold_percent=80,
    budget_id=2,
    provider="anthropic",
)

HEALTH = Health(
    HealthStatus.HEALTHY,
    "Everything was read.",
    (
        SourceHealth(
            "claude-code", "Claude Code", HealthStatus.HEALTHY, "Read.", 3, 9, 1, NOW_MS, None
        ),
    ),
    (ProviderHealth("mistral", HealthStatus.NO_DATA, "No calls.", 0, None, None, None),),
)

CALL = CallRow(
    id=7,
    identity="anthropic:msg_1:req_1",
    occurred_at_ms=NOW_MS + 5,
    provider="anthropic",
    model="claude-sonnet-4-5",
    source="claude-code",
    project="blog",
    agent="",
    conversation="c-1",
    endpoint="",
    input_tokens=10,
    cache_read_tokens=20,
    cache_write_tokens=30,
    output_tokens=40,
    reasoning_tokens=5,
    duration_ms=None,
    status_code=200,
    cost_pico=75_000_000,
    price_status="priced",
    price_origin="maintained list",
    price_date="2026-11-01",
    is_estimated=False,
)


def report(**changes: Any) -> Report:  # noqa: ANN401 - any field of a report
    """Return a month's report with one provider, two limits and one alert."""
    base = Report(
        account=AccountView("local", "This computer"),
        period=NOVEMBER,
        as_of_ms=NOW_MS,
        totals=FIGURES,
        groups={"provider": (Group("anthropic", FIGURES, share_percent=100.0),)},
        status=Status.WARNING,
        limits=(COST_LIMIT, TOKEN_LIMIT),
        forecast=Forecast(120_964_999_999_999, 112_100_000_000_000, 131_000_000_000_000),
        alerts=(ALERT,),
        health=HEALTH,
        unpriced=(UnpricedModel("other", "mystery-1", 14),),
    )
    return msgspec.structs.replace(base, **changes)


def empty_report(**changes: Any) -> Report:  # noqa: ANN401 - any field of a report
    """Return the report of a ledger in which nothing was ever booked."""
    nothing: dict[str, Any] = {
        "totals": Figures(),
        "groups": {"provider": ()},
        "status": Status.ACTIVE,
        "limits": (),
        "forecast": Forecast(None, None, None, refused="There are under 7 days of history."),
        "alerts": (),
        "health": Health(HealthStatus.NO_DATA, "Nothing was read yet."),
        "unpriced": (),
    }
    return report(**(nothing | changes))

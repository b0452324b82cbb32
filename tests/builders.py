"""Believable values for tests: November 2026, $83.85 over six providers, a budget of $125."""

# The builders hand any field on to the dataclass, which checks it.
# ruff: noqa: ANN401

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from msgspec.structs import replace

from alwrity_desktop.core.domain.alerts import Alert, AlertKind, Severity
from alwrity_desktop.core.domain.breakdown import weeks
from alwrity_desktop.core.domain.budgets import Limit, LimitKind, Status, percent_used, status_of
from alwrity_desktop.core.domain.forecast import Forecast, ForecastPoint
from alwrity_desktop.core.domain.health import (
    Health,
    HealthStatus,
    ProviderHealth,
    Rejection,
    SourceHealth,
)
from alwrity_desktop.core.domain.money import PICO_PER_CENT
from alwrity_desktop.core.domain.report import (
    AccountView,
    Amounts,
    Comparison,
    Figures,
    Group,
    Point,
    Report,
    UnpricedModel,
)
from tests.builders_base import DAY_MS, HOUR_MS, MILLION, NOW_MS, ZONE, a_period, at
from tests.builders_calls import a_call, a_call_with_lines, a_page

__all__ = [
    "DAY_MS",
    "HOUR_MS",
    "MILLION",
    "NOW_MS",
    "ZONE",
    "a_call",
    "a_call_with_lines",
    "a_comparison",
    "a_forecast",
    "a_limit",
    "a_page",
    "a_period",
    "a_report",
    "alerts",
    "an_alert",
    "an_empty_report",
    "at",
    "health",
    "history_days",
    "history_months",
    "limits",
    "model_groups",
    "november_points",
    "provider_groups",
    "usd",
]

#: Provider, calls, errors, tokens, cents, p50 and p95 in milliseconds.
_PROVIDERS: Final = (
    ("anthropic", 3404, 17, 37_213_400, 4074, 2100, 5300),
    ("openai", 3275, 23, 17_118_200, 2016, 2900, 6700),
    ("gemini", 5675, 17, 26_240_900, 1332, 1300, 4100),
    ("mistral", 882, 29, 4_110_300, 444, 4100, 11_800),
    ("stability", 94, 0, 0, 376, None, None),
    ("tavily", 1430, 7, 0, 143, 600, 1600),
)
#: Provider, model, calls, tokens, cents.
_MODELS: Final = (
    ("anthropic", "claude-sonnet-4-5", 1599, 31_104_300, 3449),
    ("openai", "gpt-5", 927, 6_302_100, 1485),
    ("gemini", "gemini-2.5-pro", 634, 3_120_400, 936),
    ("anthropic", "claude-haiku-4-5", 1805, 6_109_100, 625),
    ("openai", "gpt-5-mini", 2339, 10_816_100, 531),
    ("mistral", "mistral-large", 882, 4_110_300, 444),
    ("gemini", "gemini-2.5-flash", 5041, 23_120_500, 396),
    ("stability", "stable-image-ultra", 94, 0, 376),
    ("tavily", "search", 1430, 0, 143),
    ("openai", "gpt-5-codex-preview", 9, 62_000, 0),
)
#: Cents of each day of November so far; the twelfth is the peak.
_NOVEMBER: Final = (
    122, 531, 402, 470, 466, 362, 98, 84, 561, 577, 516, 779, 381, 96, 91, 576, 560, 551, 420, 742,
)  # fmt: skip
_OCTOBER: Final = (
    430, 396, 151, 102, 361, 470, 412, 388, 460, 120, 94, 410, 505, 533, 498, 470, 180, 96, 540,
    671, 520, 301, 140, 89, 610, 630, 590, 515, 402, 166, 250,
)  # fmt: skip
_PAST_MONTHS: Final = (
    ("2025-12", 3110), ("2026-01", 3890), ("2026-02", 4275), ("2026-03", 4920), ("2026-04", 5430),
    ("2026-05", 6012), ("2026-06", 6520), ("2026-07", 8010), ("2026-08", 8190), ("2026-09", 10_780),
    ("2026-10", 11_500),
)  # fmt: skip


def usd(cents: int) -> int:
    """Return cents as pico-dollars."""
    return cents * PICO_PER_CENT


def figures(
    calls: int, tokens: int, cents: int, errors: int = 0, duration_ms: int = 1480
) -> Figures:
    """Return sums with a believable split of the tokens."""
    output = tokens // 9
    read = tokens // 2
    return Figures(
        calls=calls,
        errors=errors,
        input_tokens=tokens - output - read,
        output_tokens=output,
        cache_read_tokens=read,
        cost_pico=usd(cents),
        status_calls=calls,
        duration_ms=calls * duration_ms,
        duration_calls=calls,
    )


def provider_groups() -> tuple[Group, ...]:
    """Return the six providers, dearest first."""
    total = sum(row[4] for row in _PROVIDERS)
    return tuple(
        Group(
            name,
            figures(calls, tokens, cents, errors),
            share_percent=round(cents * 100 / total, 1),
            p50_duration_ms=p50,
            p95_duration_ms=p95,
        )
        for name, calls, errors, tokens, cents, p50, p95 in _PROVIDERS
    )


def model_groups() -> tuple[Group, ...]:
    """Return the models of all providers, dearest first."""
    total = sum(row[4] for row in _MODELS)
    return tuple(
        Group(
            model,
            replace(figures(calls, tokens, cents), unpriced_calls=0 if cents else calls),
            share_percent=round(cents * 100 / total, 1),
            provider=provider,
            p50_duration_ms=1400,
            p95_duration_ms=5200,
        )
        for provider, model, calls, tokens, cents in _MODELS
    )


def a_limit(
    name: str = "Monthly budget",
    used: int = usd(8385),
    limit: int = usd(12_500),
    kind: LimitKind = LimitKind.COST,
    **more: Any,
) -> Limit:
    """Return a limit whose percentage and status follow from what is used of it."""
    values: dict[str, Any] = {
        "scope": "account",
        "origin": "budget",
        "period": "month",
        "resets_on": "2026-12-01",
        "budget_id": 1,
    }
    percent, status = percent_used(used, limit), status_of(used, limit)
    return Limit(
        name=name, kind=kind, used=used, limit=limit, percent=percent, status=status,
        **(values | more),
    )  # fmt: skip


def limits() -> tuple[Limit, ...]:
    """Return five limits, the fullest first."""
    provider: dict[str, Any] = {"scope": "provider"}
    calls = LimitKind.CALLS
    return (
        a_limit(
            "Anthropic tokens", 37_213_400, 44 * MILLION, LimitKind.TOKENS,
            provider="anthropic", budget_id=2, **provider,
        ),
        a_limit(),
        a_limit("Stability images", 94, 150, calls, provider="stability", budget_id=3, **provider),
        a_limit("Tavily searches", 1430, 2500, calls, provider="tavily", budget_id=4, **provider),
        a_limit("Gemini calls", 5675, 10_000, calls, provider="gemini", budget_id=5, **provider),
    )  # fmt: skip


def an_alert(ident: int = 1, **more: Any) -> Alert:
    """Return an alert of the alert centre."""
    values: dict[str, Any] = {
        "kind": AlertKind.BUDGET,
        "severity": Severity.WARNING,
        "title": "You've used 85% of your monthly limit",
        "message": "Anthropic tokens: 37.2M of 44.0M",
        "at_ms": at("2026-11-20T11:05:00"),
        "threshold_percent": 80,
        "budget_id": 2,
        "provider": "anthropic",
    }
    return Alert(id=ident, **(values | more))


def alerts() -> tuple[Alert, ...]:
    """Return eleven alerts, three of them unread, newest first."""
    plain: dict[str, Any] = {"threshold_percent": None, "budget_id": None}
    recent = (
        an_alert(11),
        an_alert(
            10, kind=AlertKind.SERVER, title="Mistral: 6.4% of calls failed in 24 hours",
            message="3 of 47 calls, usually 2.9%", at_ms=at("2026-11-20T13:48:00"),
            provider="mistral", **plain,
        ),
        an_alert(
            9, kind=AlertKind.UNPRICED, severity=Severity.INFO, title="2 models have no price",
            message="14 calls are counted, but not in the sum", at_ms=at("2026-11-18T09:12:00"),
            provider=None, **plain,
        ),
    )  # fmt: skip
    older = tuple(
        an_alert(
            8 - week,
            severity=Severity.CRITICAL if week == 4 else Severity.INFO,
            title="Codex: 3 lines could not be read",
            message="Token count is not a whole number",
            kind=AlertKind.SOURCE,
            at_ms=at("2026-11-16T08:00:00") - week * 7 * DAY_MS,
            is_read=True,
            provider=None,
            **plain,
        )
        for week in range(8)
    )
    return recent + older


def _spark(base: int, swing: int) -> tuple[int | None, ...]:
    return tuple(base + (hour * hour * 31 % 13 - 6) * swing for hour in range(24))


def health() -> Health:
    """Return the health of two sources and six providers; Mistral fails too often."""
    healthy, warning = HealthStatus.HEALTHY, HealthStatus.WARNING
    providers = tuple(
        ProviderHealth(
            name,
            warning if name == "mistral" else healthy if p95 else HealthStatus.NO_DATA,
            "6.4% errors, p95 11.8 s" if name == "mistral" else "",
            calls // 20,
            p50,
            p95,
            None if p95 is None else 6.4 if name == "mistral" else errors * 100 / calls,
            _spark(p50, p50 // 12) if p50 else (),
        )
        for name, calls, errors, _tokens, _cents, p50, p95 in _PROVIDERS
    )
    rejection = Rejection("codex", "Token count is not a whole number", 3, "rollout-7.jsonl", 812)
    sources = (
        SourceHealth(
            "claude-code", "Claude Code", healthy, "Everything was read.", 212, 9080, 0,
            NOW_MS - 2 * 60_000, NOW_MS - 3 * 60_000,
        ),
        SourceHealth(
            "codex", "Codex", warning, "3 lines could not be read.", 38, 5680, 3,
            NOW_MS - 2 * 60_000, NOW_MS - 41 * 60_000, (rejection,),
        ),
    )  # fmt: skip
    return Health(warning, "Mistral: 6.4% errors, p95 11.8 s", sources, providers)


def _amounts(cents: int) -> Amounts:
    return Amounts(usd(cents), cents * 176 // 100, cents * 10_100)


def _point(day: str, cents: int, *, is_unfinished: bool = False) -> Point:
    rest = cents
    split: dict[str, Amounts] = {}
    for name, *_numbers, dearness, _p50, _p95 in _PROVIDERS[:-1]:
        part = cents * dearness // 8385
        split[name] = _amounts(part)
        rest -= part
    split["tavily"] = _amounts(rest)
    return Point(day, _amounts(cents), split, is_unfinished=is_unfinished)


def _month_points(month: str, cents: tuple[int, ...]) -> tuple[Point, ...]:
    return tuple(_point(f"{month}-{day:02d}", value) for day, value in enumerate(cents, 1))


def november_points() -> tuple[Point, ...]:
    """Return the thirty days of November, the last ten still empty."""
    past = _month_points("2026-11", _NOVEMBER)
    today = replace(past[-1], is_unfinished=True)
    rest = tuple(
        Point(f"2026-11-{day:02d}", Amounts(), is_unfinished=True) for day in range(21, 31)
    )
    return (*past[:-1], today, *rest)


def history_days() -> tuple[Point, ...]:
    """Return twelve months, day by day."""
    found: list[Point] = []
    for month, cents in _PAST_MONTHS[:-1]:
        first = date.fromisoformat(f"{month}-01")
        following = (first + timedelta(days=32)).replace(day=1)
        days = (following - first).days
        for index in range(days):
            weight = 4 if (first + timedelta(days=index)).weekday() < 5 else 1
            found.append(
                _point((first + timedelta(days=index)).isoformat(), cents * weight // days // 3)
            )
    october = _month_points("2026-10", _OCTOBER)
    return (*found, *october, *november_points()[:20])


def history_months() -> tuple[Point, ...]:
    """Return twelve months, the present one unfinished."""
    past = tuple(_point(f"{month}-01", cents) for month, cents in _PAST_MONTHS)
    return (*past, _point("2026-11-01", 8385, is_unfinished=True))


def a_forecast() -> Forecast:
    """Return a forecast that stays a little under the budget."""
    total, low, high = 12_096, 11_575, 12_618
    steps = (0.02, 0.07, 0.1, 0.22, 0.36, 0.52, 0.66, 0.79, 0.83, 0.88, 1.0)
    curve = tuple(
        ForecastPoint(
            f"2026-11-{20 + index:02d}",
            *(usd(8385 + round((end - 8385) * step)) for end in (total, low, high)),
        )
        for index, step in enumerate(steps)
    )
    return Forecast(usd(total), usd(low), usd(high), curve=curve)


def a_comparison() -> Comparison:
    """Return October, up to the same moment."""
    return Comparison(
        "2026-10-01", "2026-10-20", figures(13_061, 73_660_000, 7287, 88), 15.1, 13.0, 15.0,
        _month_points("2026-10", _OCTOBER),
    )  # fmt: skip


def a_report(**more: Any) -> Report:
    """Return the report of the pictures; name a field to change it."""
    groups = provider_groups()
    totals = sum((group.figures for group in groups), Figures())
    values: dict[str, Any] = {
        "account": AccountView("local", "This computer"),
        "period": a_period(),
        "as_of_ms": NOW_MS,
        "totals": replace(totals, unpriced_calls=14),
        "groups": {"provider": groups, "model": model_groups()},
        "status": Status.WARNING,
        "limits": limits(),
        "forecast": a_forecast(),
        "alerts": alerts(),
        "health": health(),
        "points": november_points(),
        "history_days": history_days(),
        "history_weeks": weeks(history_days(), "monday", "2026-11-20"),
        "history_months": history_months(),
        "comparison": a_comparison(),
        "unpriced": (
            UnpricedModel("openai", "gpt-5-codex-preview", 9),
            UnpricedModel("gemini", "gemini-3-experimental", 5),
        ),
        "p50_duration_ms": 1290,
        "p95_duration_ms": 5120,
        "last_read_ms": NOW_MS - 120_000,
        "calls_ever": 96_400,
    }
    return Report(**(values | more))


def an_empty_report(*, calls_ever: int = 0, **more: Any) -> Report:
    """Return a report without a single call."""
    none_of = ("alerts", "limits", "unpriced", "points", "history_days", "history_weeks")
    unknown = ("comparison", "p50_duration_ms", "p95_duration_ms", "last_read_ms")
    nothing: dict[str, Any] = {
        **dict.fromkeys((*none_of, "history_months"), ()),
        **dict.fromkeys(unknown),
        "totals": Figures(),
        "groups": {"provider": (), "model": ()},
        "status": Status.ACTIVE,
        "forecast": Forecast(None, None, None, refused="No calls in the last 28 days."),
        "health": Health(HealthStatus.NO_DATA, "Nothing was read yet."),
        "calls_ever": calls_ever,
    }
    return a_report(**(nothing | more))

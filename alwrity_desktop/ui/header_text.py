"""The words of the header, told from a report; pure functions."""

from __future__ import annotations

from datetime import date

import msgspec
from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.budgets import Limit, Status
from alwrity_desktop.core.domain.health import HealthStatus
from alwrity_desktop.core.domain.periods import Period, local_day
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.words import name_words
from alwrity_desktop.ui import account_text, formatting
from alwrity_desktop.ui.sentence import Run, runs


def _tr(text: str) -> str:
    return QCoreApplication.translate("header", text)


class State(msgspec.Struct, frozen=True):
    """How everything stands, in one word with its reason."""

    #: "success", "warning", "danger" or "neutral".
    tone: str
    word: str
    reason: str


def period_title(period: Period, *, is_short: bool = False) -> str:
    """Return the name of *period*: "November 2026", "2026", "16 – 22 Nov", "All time"."""
    if period.kind == "month" and not period.billing_period:
        if is_short:
            return f"{formatting.month_short(period.start)} {period.start[:4]}"
        return formatting.month_year(period.start)
    if period.kind == "year":
        return period.start[:4]
    if period.kind == "all":
        return _tr("All time")
    if period.kind in {"today", "day"}:
        return formatting.day_year(period.start)
    return formatting.span(period.start, period.end)


def period_range(report: Report) -> str:
    """Return the days of the period, and how many are left: "1 – 30 Nov, 10 days left".

    A billing period is named by its days, so here it is said what it is.
    """
    period = report.period
    span = formatting.span(period.start, period.end)
    if period.billing_period:
        span = _tr("billing period")
    if not period.start_ms <= report.as_of_ms < period.end_ms or period.kind in {"today", "all"}:
        return span
    today = date.fromisoformat(local_day(report.as_of_ms, period.timezone))
    left = (date.fromisoformat(period.end) - today).days
    if left <= 0:
        return _tr("{span}, last day").format(span=span)
    if left == 1:
        return _tr("{span}, 1 day left").format(span=span)
    return _tr("{span}, {days} days left").format(span=span, days=left)


def is_present(report: Report) -> bool:
    """Return whether the period is the one that runs now."""
    return report.period.start_ms <= report.as_of_ms < report.period.end_ms


def used_caption(report: Report) -> str:
    """Return the words above the period's cost, "at least" where it is a floor."""
    caption = _caption(report)
    is_floor = report.totals.is_floor and report.known_cost_pico is not None
    return _tr("{used} at least").format(used=caption) if is_floor else caption


def _caption(report: Report) -> str:
    captions = {
        "today": _tr("Today you've used"),
        "week": _tr("This week you've used"),
        "month": _tr("This month you've used"),
        "year": _tr("This year you've used"),
        "all": _tr("In all you've used"),
    }
    if report.period.billing_period:
        return _tr("In this billing period you've used")
    if is_present(report) and report.period.kind in captions:
        return captions[report.period.kind]
    return _tr("In this period you've used")


def used_runs(report: Report) -> tuple[Run, ...]:
    """Return "across 14,760 API calls, 84.7M tokens", in messages where no calls are known."""
    totals = report.totals
    if report.is_unknown:
        return (Run(_tr("The server never stated this period")),)
    if report.is_stated:
        template = _tr("across {messages} messages, {tokens} tokens")
        if totals.messages == 1:
            template = _tr("across {messages} message, {tokens} tokens")
        return runs(
            template,
            messages=formatting.count(totals.messages),
            tokens=formatting.tokens(totals.tokens),
        )
    if totals.calls == 1:
        template = _tr("across {calls} API call, {tokens} tokens")
    else:
        template = _tr("across {calls} API calls, {tokens} tokens")
    line = runs(
        template, calls=formatting.count(totals.calls), tokens=formatting.tokens(totals.tokens)
    )
    if not lacks_prices(report):
        return line
    words = _tr("it has no price") if totals.calls == 1 else _tr("none has a price")
    return (*line, Run(words, gap=12, colour="warning.text"))


def lacks_prices(report: Report) -> bool:
    """Return whether there are calls, and nothing can be said of their cost without a price."""
    return bool(report.totals.unpriced_calls) and report.known_cost_pico is None


def forecast_runs(report: Report, *, is_short: bool = False) -> tuple[Run, ...]:
    """Return "You're on track to spend $120.96 this month", or why nobody can tell."""
    forecast = report.forecast
    if forecast.cost_pico is None:
        return (Run(forecast.refused or _tr("No forecast for this period")),)
    templates = {
        "today": _tr("You're on track to spend {cost} today"),
        "week": _tr("You're on track to spend {cost} this week"),
        "month": _tr("You're on track to spend {cost} this month"),
        "year": _tr("You're on track to spend {cost} this year"),
    }
    template = templates.get(report.period.kind, _tr("You're on track to spend {cost}"))
    if report.period.billing_period:
        template = _tr("You're on track to spend {cost} this billing period")
        template = _tr("You're on track to spend {cost}") if is_short else template
    return runs(template, cost=formatting.money(forecast.cost_pico))


def margin_runs(report: Report, *, is_short: bool = False) -> tuple[Run, ...]:
    """Return "$4.04 under your $125.00 budget", nothing without a budget or a forecast."""
    limit, cost = report.cost_limit, report.forecast.cost_pico
    if limit is None or cost is None:
        return ()
    room = limit.limit - cost
    of_budget = (
        (_tr("{room} under budget"), _tr("{room} under your {limit} budget")),
        (_tr("{room} over budget"), _tr("{room} over your {limit} budget")),
    )
    of_limit = (
        (_tr("{room} under the limit"), _tr("{room} under your {limit} limit")),
        (_tr("{room} over the limit"), _tr("{room} over your {limit} limit")),
    )
    words = of_limit if limit.budget_id is None else of_budget
    template = words[room < 0][not is_short]
    amount = formatting.money(abs(room))
    sentence = template.format(room=amount, limit=formatting.money(limit.limit))
    colour = "muted" if room >= 0 else "danger.text"
    return (Run(sentence, gap=12, type_role="body", colour=colour),)


def comparison_caption(report: Report) -> str:
    """Return "Against 1 – 20 October", "" without a comparison, or before anything was read."""
    comparison = report.comparison
    if comparison is None or report.is_never_read:
        return ""
    first, last = comparison.start, comparison.end
    if first[:7] == last[:7] and first != last:
        first_day, last_day = int(first[8:10]), int(last[8:10])
        span = f"{first_day} – {last_day} {formatting.month_name(last)}"
    else:
        span = formatting.span(first, last)
    return _tr("Against {span}").format(span=span)


def comparison_runs(report: Report) -> tuple[Run, ...]:
    """Return "15% more ($72.87 by then)"; nothing as in :func:`comparison_caption`."""
    comparison = report.comparison
    if comparison is None or report.is_never_read:
        return ()
    then = formatting.money(comparison.totals.known_cost_pico)
    percent = comparison.cost_percent
    if comparison.totals.known_cost_pico is None:
        return (Run(_tr("None of the calls by then has a price")),)
    if report.known_cost_pico is None:
        return runs(_tr("{then} by then"), then=then)
    if percent is None:
        return (Run(_tr("Nothing was spent by then")),)
    size = f"{abs(round(percent)):,}%"
    if round(percent) == 0:
        template = _tr("{change} ({then} by then)")
        return runs(template.replace("{then}", then), change=_tr("The same"))
    template = _tr("{change} more ({then} by then)")
    if percent < 0:
        template = _tr("{change} less ({then} by then)")
    head, _, tail = template.partition(" (")
    return (Run(head.format(change=size), is_strong=True), Run(f" ({tail.format(then=then)}"))


_HEALTH_TONES = {
    HealthStatus.HEALTHY: "success",
    HealthStatus.WARNING: "warning",
    HealthStatus.FAILED: "danger",
    HealthStatus.NO_DATA: "neutral",
}


def state_of(report: Report) -> State:
    """Return the worst of the limits, of the health and of the way to the server."""
    worst = worst_limit(report)
    if report.status == Status.LIMIT_REACHED:
        return State("danger", _tr("Limit reached"), _reason(worst))
    server = _server_state(report)
    if server is not None and server.tone == "danger":
        return server
    if report.health.status == HealthStatus.FAILED:
        return State("danger", _tr("Failed"), report.health.reason)
    if report.status == Status.WARNING:
        return State("warning", _tr("Warning"), _reason(worst))
    if server is not None:
        return server
    words = {
        HealthStatus.HEALTHY: _tr("Healthy"),
        HealthStatus.WARNING: _tr("Warning"),
        HealthStatus.NO_DATA: _tr("No data"),
    }
    health = report.health.status
    return State(_HEALTH_TONES[health], words[health], report.health.reason)


def _server_state(report: Report) -> State | None:
    """Return what is wrong with the way to the account's server, None where nothing is."""
    if report.server is None or report.server.state == account_text.OK:
        return None
    state = report.server.state
    reason = account_text.refused_sentence(report) or account_text.stale_sentence(report)
    return State(account_text.state_tone(state), account_text.state_word(state), reason)


def worst_limit(report: Report) -> Limit | None:
    """Return the limit that is used the most."""
    return max(report.limits, key=lambda limit: limit.percent, default=None)


def _reason(limit: Limit | None) -> str:
    if limit is None:
        return ""
    return _tr("{name}: {amount} ({percent})").format(
        name=name_words(limit.name),
        amount=formatting.limit_amount(limit),
        percent=formatting.percent_whole(limit.known_percent),
    )


def cost_words(report: Report) -> str:
    """Return the period's cost, "—" where nothing is known of it."""
    return formatting.money(report.known_cost_pico)


def used_words(report: Report) -> str:
    """Return "$83.85 of $125.00 (67%)", only the cost without a budget."""
    limit = report.cost_limit
    if limit is None:
        return cost_words(report)
    amount = formatting.limit_amount(limit)
    if limit.known_percent is None:
        return amount
    percent = formatting.percent_whole(limit.known_percent)
    return _tr("{amount} ({percent})").format(amount=amount, percent=percent)


def on_track_words(report: Report) -> str:
    """Return "On track for $120.96", "" without a forecast."""
    cost = report.forecast.cost_pico
    return "" if cost is None else _tr("On track for {cost}").format(cost=formatting.money(cost))


def summary(report: Report) -> str:
    """Return "$83.85 of $125.00 (67%), on track for $120.96" for the status bar."""
    cost = report.forecast.cost_pico
    if cost is None:
        return used_words(report)
    template = _tr("{used}, on track for {cost}")
    return template.format(used=used_words(report), cost=formatting.money(cost))


def updated(report: Report, now_ms: int, next_ms: int | None) -> str:
    """Return "Updated 2 min ago · next in 3 min"; *next_ms* is the wait, None when unknown."""
    if report.account.is_sample:
        return _tr("Figures are made up")
    read_ms = report.last_read_ms if report.server is None else report.server.last_sync_ms
    if read_ms is None:
        return _tr("Nothing read yet")
    words = _tr("Updated {age}").format(age=formatting.ago(read_ms, now_ms))
    if next_ms is None:
        return words
    return _tr("{updated} · next in {wait}").format(
        updated=words, wait=formatting.age(max(next_ms, 1_000))
    )

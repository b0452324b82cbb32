"""`status`: one line for a status bar."""

from __future__ import annotations

from types import MappingProxyType

from alwrity_desktop.cli import ahead, parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import calls, plain, print_document
from alwrity_desktop.core.documents import status_document
from alwrity_desktop.core.domain.budgets import Status
from alwrity_desktop.core.domain.health import HealthStatus
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.server import ServerFacts
from alwrity_desktop.core.domain.subscriptions import expired_on, unpaid
from alwrity_desktop.core.domain.words import money_words
from alwrity_desktop.core.results import PeriodChoice

_LIMIT_WORDS = MappingProxyType(
    {Status.LIMIT_REACHED: "limit reached", Status.WARNING: "near a limit"}
)
_HEALTH_WORDS = MappingProxyType(
    {HealthStatus.HEALTHY: "healthy", HealthStatus.NO_DATA: "no data yet"}
)


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "One line for a status bar: this month's cost, the budget, where it will end, and "
        "how it stands.",
        ("status", "status --json"),
    )
    parsing.add_account(parser)
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Print the line."""
    context = session.context(arguments.account)
    report = context.report(arguments.account, PeriodChoice("month"), (), has_tips=False)
    ahead.warn(context, report)
    text = line(report)
    if arguments.json:
        print_document(status_document(report, text))
    else:
        print(text)
    return 0


def line(report: Report) -> str:
    """Return the line: cost of the budget, forecast if there is one, and the worst state."""
    cost = money_words(report.known_cost_pico)
    limit = report.cost_limit
    if limit is not None:
        cost += f" of {money_words(limit.limit)}"
    if limit is not None and limit.known_percent is not None:
        # Rounded down, so that a threshold is never read before it is reached.
        cost += f" ({int(limit.known_percent)} %)"
    parts = [cost]
    if report.totals.is_floor:
        parts.append(f"{calls(report.totals.unpriced_calls)} without a price")
    if report.forecast.cost_pico is not None:
        parts.append(f"on track for {money_words(report.forecast.cost_pico)}")
    facts = report.server.facts if report.server is not None else ServerFacts()
    day = expired_on(facts.subscription, report.as_of_ms, report.period.timezone)
    parts += [f"expired on {day}"] if day is not None else []
    parts += ["payment failed"] if unpaid(facts) is not None else []
    parts.append(_state(report))
    text = plain(", ".join(parts))
    return f"Sample data: {text}" if report.account.is_sample else text


def _state(report: Report) -> str:
    """Return how it stands: limits first, then the sources with the reason named."""
    if report.status in _LIMIT_WORDS:
        return _LIMIT_WORDS[report.status]
    health = report.health
    return _HEALTH_WORDS.get(health.status, health.reason.rstrip("."))

"""`report`: the totals and groups of a period."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from alwrity_desktop.cli import ahead, parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, calls, count, percent, plain, print_document, table
from alwrity_desktop.core.documents import Document, report_document
from alwrity_desktop.core.domain.dimensions import DIMENSIONS
from alwrity_desktop.core.domain.forecast_check import ForecastCheck
from alwrity_desktop.core.domain.insight_values import INSIGHTS
from alwrity_desktop.core.domain.periods import local_time
from alwrity_desktop.core.domain.report import Group, Report
from alwrity_desktop.core.domain.server import ServerView
from alwrity_desktop.core.domain.words import (
    UNKNOWN,
    amount_words,
    money_words,
    name_words,
    tokens_words,
)
from alwrity_desktop.core.forecast_documents import forecast_check_document

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context

DEFAULT_DIMENSIONS = ("provider",)

_SPANS = {
    "today": "Today",
    "day": "On this day",
    "week": "This week",
    "month": "This month",
    "year": "This year",
    "all": "In all",
}
_MAX_UNPRICED = 5
_CHECK_HEADINGS = (
    "How far off it was, when",
    "Months",
    "Forecast",
    "So far / days",
    "Band held",
)


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "Totals and groups of a period: what was used, what it cost, how it stands against "
        "the\nlimits, and where it will end. Days are those of the zone that is set.",
        (
            "report",
            "report --period week --by provider,model",
            "report --from 2026-11-01 --to 2026-11-15 --timezone Europe/Berlin --json",
            "report --check-forecast",
        ),
    )
    parsing.add_account(parser)
    parsing.add_period(parser)
    parsing.add_dimensions(parser)
    parser.add_argument(
        "--check-forecast",
        action="store_true",
        help="tell how far off the forecast would have been in your own past months",
    )
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Print the report."""
    context = session.context(arguments.account)
    choice = parsing.period_choice(arguments)
    dimensions = (*(arguments.by or DEFAULT_DIMENSIONS), *(INSIGHTS if arguments.json else ()))
    report = context.report(arguments.account, choice, dimensions)
    if ahead.warn(context, report):
        report = context.report(arguments.account, choice, dimensions)
    if arguments.json:
        print_document(_document(context, report))
    else:
        told = (_check_table(_check(context, report)),) if arguments.check_forecast else ()
        print("\n\n".join((*_parts(report), *told)))
    return 0


def _document(context: Context, report: Report) -> Document:
    """Return the report with how far off its forecast was, and the plans replayed."""
    from alwrity_desktop.core import plan_comparison
    from alwrity_desktop.core.account_documents import comparison_document

    comparison = plan_comparison.compare_plans(context, report.account.name)
    return {
        **report_document(report),
        "forecast_check": forecast_check_document(_check(context, report)),
        "plans": comparison_document(comparison),
    }


def _check(context: Context, report: Report) -> ForecastCheck:
    from alwrity_desktop.core import forecast_history

    return forecast_history.check_forecast(context, report.account.name)


def _check_table(check: ForecastCheck) -> str:
    """Return how far off the forecast was at each point, or why that cannot be told."""
    if check.refused is not None:
        return f"How far off the forecast was: {check.refused}"
    rows = [
        (
            f"{one.passed_percent}% of the month passed",
            count(one.periods),
            percent(one.median_error_percent),
            percent(one.median_naive_error_percent),
            percent(one.held_percent),
        )
        for one in check.summaries
    ]
    return table(_CHECK_HEADINGS, rows)


def _parts(report: Report) -> Iterator[str]:
    """Yield the paragraphs and tables of *report*."""
    yield "\n".join(_sentences(report))
    if report.limits:
        yield _limits_table(report)
    for dimension, groups in report.groups.items():
        if groups:
            yield _groups_table(DIMENSIONS[dimension], groups, is_stated=report.is_stated)


def _sentences(report: Report) -> Iterator[str]:
    totals, period = report.totals, report.period
    sample = "Sample data: " if report.account.is_sample else ""
    days = period.start if period.start == period.end else f"{period.start} to {period.end}"
    if report.is_unknown:
        yield f"Nothing is known of {days}: the server of {report.account.name} never stated it."
    else:
        yield (
            f"{sample}{_span(report)} you've used {money_words(report.known_cost_pico)} across "
            f"{_uses(report)}, {tokens_words(totals.tokens)} tokens ({days}, {period.timezone})."
        )
    if report.server is not None:
        yield from _server_sentences(report.account.name, report.server, period.timezone)
    elif not totals.calls and not report.calls_ever and not report.is_stated:
        yield f"Nothing was read yet: {PROGRAM} import reads the logs of this computer."
    yield from _coverage(report)
    yield _forecast_sentence(report)
    for limit in report.limits:
        if limit.reaches_on is not None:
            yield f"{plain(name_words(limit.name))} reaches 100% on {limit.reaches_on}."
    if report.unread_alerts:
        unread = report.unread_alerts
        plural = "alert" if unread == 1 else "alerts"
        yield f"{unread:,} unread {plural}: {PROGRAM} alerts shows them."
    if report.tips:
        plural = "tip" if len(report.tips) == 1 else "tips"
        yield f"{len(report.tips):,} {plural}: {PROGRAM} tips tells what could be saved."


def _span(report: Report) -> str:
    period = report.period
    if period.billing_period:
        return f"In the billing period {period.billing_period}"
    return _SPANS.get(period.kind, f"From {period.start} to {period.end}")


def _uses(report: Report) -> str:
    totals = report.totals
    if not report.is_stated:
        return f"{totals.calls:,} API {'call' if totals.calls == 1 else 'calls'}"
    messages = totals.messages or 0
    said = f"{messages:,} {'message' if messages == 1 else 'messages'}"
    if totals.conversations is None:
        return said
    plural = "conversation" if totals.conversations == 1 else "conversations"
    return f"{said} in {totals.conversations:,} {plural}"


def _server_sentences(name: str, server: ServerView, zone: str) -> Iterator[str]:
    """Say how old the figures are, and why, where they are not the server's present ones."""
    if server.last_sync_ms is None:
        yield f"The server was not read yet: {PROGRAM} sync {name} does it."
    elif server.state != "ok":
        at = f"{local_time(server.last_sync_ms, zone):%Y-%m-%d %H:%M}"
        yield f"These are the figures of {at}. {server.trouble}".rstrip()


def _coverage(report: Report) -> Iterator[str]:
    totals = report.totals
    if not totals.unpriced_calls:
        return
    named = [
        f"{plain(each.model)} ({each.provider}, {calls(each.calls)})"
        for each in report.unpriced[:_MAX_UNPRICED]
    ]
    more = len(report.unpriced) - len(named)
    names = ", ".join(named) + (f" and {more:,} more" if more else "")
    is_one = totals.unpriced_calls == 1
    if report.known_cost_pico is None:
        said = "The call has no known price" if is_one else "None of the calls has a known price"
        said += ", so the cost is not known"
    else:
        have = "has no known price and is" if is_one else "have no known price and are"
        said = (
            f"{percent(totals.priced_percent)} of the calls are priced; "
            f"{calls(totals.unpriced_calls)} {have} not in the sum"
        )
    yield f"{said}: {names}." if names else f"{said}."
    yield f"Give them one: {PROGRAM} prices set --provider P --model M --input X --output Y"
    yield f"It holds for calls to come; {PROGRAM} prices reprice applies it to past ones."


def _forecast_sentence(report: Report) -> str:
    forecast = report.forecast
    if forecast.cost_pico is None:
        return f"No forecast: {forecast.refused or 'there is too little history.'}"
    band = ""
    if forecast.low_pico is not None and forecast.high_pico is not None:
        band = (
            f" ({money_words(forecast.low_pico)} to {money_words(forecast.high_pico)} "
            f"with {forecast.confidence_percent}% confidence)"
        )
    span = _SPANS.get(report.period.kind, "in this period").lower()
    if report.period.billing_period:
        span = "in this billing period"
    return f"You're on track to spend {money_words(forecast.cost_pico)} {span}{band}."


def _limits_table(report: Report) -> str:
    """Return the limits that are used; of several accounts with their names."""
    used = [limit for limit in report.limits if limit.used or limit.scope == "account"]
    is_named = len({limit.account for limit in used}) > 1
    rows = [
        (
            *((limit.account or report.account.name,) if is_named else ()),
            name_words(limit.name),
            limit.status.value.replace("_", " "),
            limit.period,
            amount_words(limit.known_used, limit.kind),
            amount_words(limit.limit, limit.kind),
            percent(limit.known_percent),
            limit.resets_on or UNKNOWN,
        )
        for limit in used
    ]
    headings: tuple[str, ...] = ("Limit", "Status", "Period", "Used", "Of", "Percent", "Resets")
    unused = len(report.limits) - len(used)
    rest = f"\n{unused:,} more {'limit is' if unused == 1 else 'limits are'} untouched."
    if is_named:
        headings = ("Account", *headings)
    return table(headings, rows, texts=4 if is_named else 3) + (rest if unused else "")


def _groups_table(title: str, groups: tuple[Group, ...], *, is_stated: bool) -> str:
    columns = _STATED_COLUMNS if is_stated else _COLUMNS
    rows = [(_group_name(group), *(show(group) for show in columns.values())) for group in groups]
    return table((title, *columns), rows)


def _group_name(group: Group) -> str:
    if group.label and group.label != group.key:
        return f"{group.label} ({group.key})"
    return group.key or "(none)"


_COST: Final[dict[str, Callable[[Group], str]]] = {
    "Cost": lambda group: money_words(group.figures.known_cost_pico),
    "Share": lambda group: percent(group.known_share_percent),
}
_COLUMNS: Final[dict[str, Callable[[Group], str]]] = {
    **_COST,
    "Calls": lambda group: count(group.figures.calls),
    "Input": lambda group: tokens_words(group.figures.input_tokens),
    "Output": lambda group: tokens_words(group.figures.output_tokens),
    "Cache read": lambda group: tokens_words(group.figures.cache_read_tokens),
    "Cache write": lambda group: tokens_words(group.figures.cache_write_tokens),
    "Errors": lambda group: count(group.figures.errors),
    "Unpriced": lambda group: count(group.figures.unpriced_calls),
}
_STATED_COLUMNS: Final[dict[str, Callable[[Group], str]]] = {
    **_COST,
    "Messages": lambda group: count(group.figures.messages),
    "Conversations": lambda group: count(group.figures.conversations),
    "Tokens": lambda group: tokens_words(group.figures.tokens),
}
"""What a server states that keeps its single calls to itself."""

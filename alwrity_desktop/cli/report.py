"""`report`: the totals and groups of a period."""

from __future__ import annotations

from collections.abc import Iterator

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, calls, count, percent, plain, print_document, table
from alwrity_desktop.core.documents import report_document
from alwrity_desktop.core.domain.dimensions import DIMENSIONS
from alwrity_desktop.core.domain.report import Group, Report
from alwrity_desktop.core.domain.words import amount_words, money_words, name_words, tokens_words

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


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "Totals and groups of a period: what was used, what it cost, how it stands against "
        "the\nlimits, and where it will end. Days are those of the zone that is set.",
        (
            "report",
            "report --period week --by provider,model",
            "report --from 2026-11-01 --to 2026-11-15 --timezone Europe/Berlin --json",
        ),
    )
    parsing.add_account(parser)
    parsing.add_period(parser)
    parsing.add_dimensions(parser)
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Print the report."""
    report = session.context(arguments.account).report(
        arguments.account,
        parsing.period_choice(arguments),
        arguments.by or DEFAULT_DIMENSIONS,
    )
    if arguments.json:
        print_document(report_document(report))
    else:
        print("\n\n".join(_parts(report)))
    return 0


def _parts(report: Report) -> Iterator[str]:
    """Yield the paragraphs and tables of *report*."""
    yield "\n".join(_sentences(report))
    if report.limits:
        yield _limits_table(report)
    for dimension, groups in report.groups.items():
        if groups:
            yield _groups_table(DIMENSIONS[dimension], groups)


def _sentences(report: Report) -> Iterator[str]:
    totals, period = report.totals, report.period
    sample = "Sample data: " if report.account.is_sample else ""
    span = _SPANS.get(period.kind, f"From {period.start} to {period.end}")
    days = period.start if period.start == period.end else f"{period.start} to {period.end}"
    yield (
        f"{sample}{span} you've used {money_words(totals.cost_pico)} across "
        f"{totals.calls:,} API {'call' if totals.calls == 1 else 'calls'}, "
        f"{tokens_words(totals.tokens)} tokens ({days}, {period.timezone})."
    )
    if not totals.calls and not report.calls_ever:
        yield f"Nothing was read yet: {PROGRAM} import reads the logs of this computer."
    yield from _coverage(report)
    yield _forecast_sentence(report)
    if report.unread_alerts:
        unread = report.unread_alerts
        plural = "alert" if unread == 1 else "alerts"
        yield f"{unread:,} unread {plural}: {PROGRAM} alerts shows them."


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
    has = "has" if totals.unpriced_calls == 1 else "have"
    yield (
        f"{percent(totals.priced_percent)} of the calls are priced; "
        f"{calls(totals.unpriced_calls)} {has} no known price and are not in the sum"
        + (f": {names}." if names else ".")
    )
    yield f"Give them one: {PROGRAM} prices set --provider P --model M --input X --output Y"


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
    return f"You're on track to spend {money_words(forecast.cost_pico)} {span}{band}."


def _limits_table(report: Report) -> str:
    rows = [
        (
            name_words(limit.name),
            limit.status.value.replace("_", " "),
            limit.period,
            amount_words(limit.used, limit.kind),
            amount_words(limit.limit, limit.kind),
            percent(limit.percent),
            limit.resets_on,
        )
        for limit in report.limits
    ]
    headings = ("Limit", "Status", "Period", "Used", "Of", "Percent", "Resets")
    return table(headings, rows, texts=3)


def _groups_table(title: str, groups: tuple[Group, ...]) -> str:
    rows = [
        (
            group.key or "(none)",
            money_words(group.figures.cost_pico),
            percent(group.share_percent),
            count(group.figures.calls),
            tokens_words(group.figures.input_tokens),
            tokens_words(group.figures.output_tokens),
            tokens_words(group.figures.cache_read_tokens),
            tokens_words(group.figures.cache_write_tokens),
            count(group.figures.errors),
            count(group.figures.unpriced_calls),
        )
        for group in groups
    ]
    headings = (
        title,
        "Cost",
        "Share",
        "Calls",
        "Input",
        "Output",
        "Cache read",
        "Cache write",
        "Errors",
        "Unpriced",
    )
    return table(headings, rows)

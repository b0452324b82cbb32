"""`plans`: the server's plans and limits, and what the own calls would have met on each plan."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, plain, print_document, table
from alwrity_desktop.core.account_documents import comparison_document, plans_document
from alwrity_desktop.core.documents import moment
from alwrity_desktop.core.domain.alwrity_plans import PLANS_DATE, offline_plans
from alwrity_desktop.core.domain.plan_replay import Comparison, Outcome
from alwrity_desktop.core.domain.server import (
    Meaning,
    PlanLimit,
    ServerFacts,
    ServerView,
    Subscription,
)
from alwrity_desktop.core.domain.subscriptions import expired_on, notices, plan_words
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.domain.words import UNKNOWN, amount_words, money_words, name_words

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context

_MEANINGS = {Meaning.UNLIMITED: "unlimited", Meaning.NOT_INCLUDED: "not included"}


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "The plans of an account's server, with the own subscription, its limits and renewals.\n"
        "plans compare replays the calls of the last full months on every plan; an account\n"
        f"without a server is compared on ALwrity's public plans of {PLANS_DATE}.",
        ("plans --account work", "plans compare", "plans compare --account work --json"),
    )
    parsing.add_account(parser)
    parsing.add_json(parser)
    actions = parser.add_subparsers(dest="action", metavar="compare")
    summary = "replay the own calls on every plan"
    comparing: Parser = actions.add_parser(
        "compare", help=summary, summary=summary, prog=f"{PROGRAM} plans compare"
    )
    # Given before or after "compare", they mean the same.
    absent = argparse.SUPPRESS
    comparing.add_argument("--account", default=absent, metavar="A", help="whose calls")
    comparing.add_argument(
        "--json", action="store_true", default=absent, help="print one JSON document"
    )


def run(arguments: Arguments, session: Session) -> int:
    """Print the plans, or the comparison."""
    context = session.context(arguments.account)
    context.account(arguments.account)
    if arguments.action == "compare":
        return _compare(arguments, context)
    facts, as_of, basis = _known(context, arguments.account)
    now_ms, zone = session.now_ms(), session.timezone()
    if arguments.json:
        print_document(
            plans_document(arguments.account, facts, as_of=as_of, now_ms=now_ms, timezone=zone)
        )
        return 0
    print(plain(basis))
    told = plain(_subscription(facts, now_ms, zone))
    for paragraph in filter(None, (told, _limits(facts), _plans(facts))):
        print(f"\n{paragraph}")
    return 0


def _known(context: Context, account: str) -> tuple[ServerFacts, str | None, str]:
    """Return what is known of the plans, of when it is, and a sentence on where it is from."""
    view: ServerView | None = None
    if account != LOCAL_ACCOUNT:
        with context.ledger(account).snapshot() as snapshot:
            view = snapshot.server_view(account)
    if view is not None and (view.facts.plans or view.facts.limits or view.facts.subscription):
        as_of_ms = max((ms for _, ms in view.confirmed_ms), default=view.last_sync_ms)
        as_of = moment(as_of_ms)
        return view.facts, as_of, f"As the server of {account} said, last confirmed {as_of}."
    basis = f"ALwrity's public plans of {PLANS_DATE}; no server said anything about plans."
    return ServerFacts(plans=offline_plans()), PLANS_DATE, basis


def _compare(arguments: Arguments, context: Context) -> int:
    from alwrity_desktop.core.plan_comparison import compare_plans

    comparison = compare_plans(context, arguments.account)
    if arguments.json:
        print_document(comparison_document(comparison))
        return 0
    print(plain(_span(comparison)))
    rows = [_outcome_row(outcome) for outcome in comparison.outcomes]
    print(table(("Plan", "Fits", "First limit hit", "On", "A month", "A year"), rows, texts=4))
    print(plain(comparison.why))
    for advice in comparison.advice:
        print(plain(f"{advice.text}."))
    return 0


def _span(comparison: Comparison) -> str:
    first, last = comparison.first_day, comparison.last_day
    return f"Calls from {first} to {last}, replayed on {comparison.basis}."


def _outcome_row(outcome: Outcome) -> tuple[str, ...]:
    fits = UNKNOWN if outcome.fits is None else "yes" if outcome.fits else "no"
    return (
        outcome.plan,
        fits,
        name_words(outcome.first_limit_hit) if outcome.first_limit_hit else UNKNOWN,
        outcome.hit_on or UNKNOWN,
        money_words(outcome.price_monthly_pico),
        money_words(outcome.price_yearly_pico),
    )


def _subscription(facts: ServerFacts, now_ms: int, timezone: str) -> str:
    own, ended = facts.subscription, expired_on(facts.subscription, now_ms, timezone)
    return " ".join((_own_words(own, ended), *notices(facts, now_ms, timezone))).strip()


def _own_words(own: Subscription | None, ended: str | None) -> str:
    if own is None:
        return ""
    if not plan_words(own):
        return f"There is no subscription. {own.reason}".strip()
    start, end = moment(own.period_start_ms), moment(own.period_end_ms)
    span = f", from {start} to {end}" if start and end else ""
    inactive = f" The server lets no calls through: {own.reason}." if own.is_active is False else ""
    cycle = f", {own.cycle}" if own.cycle else ""
    # A server calls one that ended active all the same.
    status = f", {own.status}" if own.status and ended is None else ""
    return f"Subscribed to {own.plan}{cycle}{status}{span}.{inactive}"


def _limits(facts: ServerFacts) -> str:
    if not facts.limits:
        return ""
    rows = [(name_words(limit.name), _limit_words(limit)) for limit in facts.limits]
    return table(("Limit", "A period"), rows)


def _plans(facts: ServerFacts) -> str:
    plans = facts.plans or ()
    if not plans:
        return ""
    names = dict.fromkeys(limit.name for plan in plans for limit in plan.limits)
    rows = [
        ("a month", *(money_words(plan.price_monthly_pico) for plan in plans)),
        ("a year", *(money_words(plan.price_yearly_pico) for plan in plans)),
    ]
    for name in names:
        found = [next((each for each in plan.limits if each.name == name), None) for plan in plans]
        rows.append(
            (name_words(name), *(UNKNOWN if each is None else _limit_words(each) for each in found))
        )
    return table(("Plan", *(plan.name for plan in plans)), rows)


def _limit_words(limit: PlanLimit) -> str:
    if limit.limit is None:
        return _MEANINGS.get(limit.meaning, UNKNOWN)
    return amount_words(limit.limit, limit.kind)

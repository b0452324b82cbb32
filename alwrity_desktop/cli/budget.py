"""`budget`: sets, lists and removes the person's own limits."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, percent, plain, print_document, table
from alwrity_desktop.core.documents import budget_document, limit_document
from alwrity_desktop.core.domain.budgets import OWN_PERIOD, Budget, Enforcement, Limit, LimitKind
from alwrity_desktop.core.domain.errors import NotFoundError, UsageError
from alwrity_desktop.core.domain.money import MAX_COST_PICO, pico_from_usd, usd_text
from alwrity_desktop.core.domain.words import UNKNOWN, amount_words, name_words
from alwrity_desktop.core.results import PeriodChoice

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context

PERIODS: Final = ("day", "week", "month", "year", OWN_PERIOD)
MAX_COUNT: Final = 10**15
MAX_NAME: Final = 80

_MAX_THRESHOLD: Final = 1000
_REPORTED_IN: Final = {"day": "today", OWN_PERIOD: "month"}


def configure(parser: Parser) -> None:
    """Add the arguments of the three actions."""
    parser.explain(
        "Budgets: limits of your own for cost, calls or tokens. Each warns once a period at\n"
        "its thresholds. A second budget for the same scope, kind and period replaces the "
        "first.",
        (
            "budget set --limit 150 --period month",
            "budget set --kind tokens --limit 44000000 --provider anthropic",
            "budget set --limit 20 --project notes --period week --enforce block",
            "budget list --json",
            "budget remove 2",
        ),
    )
    actions = parser.add_subparsers(dest="action", metavar="set|list|remove", required=True)
    _configure_set(_action(actions, "set", "set a budget, or change the one that is there"))
    _action(actions, "list", "list the budgets and how they stand")
    removal = _action(actions, "remove", "remove budgets by their numbers")
    removal.add_argument("ids", nargs="+", type=int, metavar="ID", help="a number from the list")


def run(arguments: Arguments, session: Session) -> int:
    """Do what was asked."""
    context = session.context(arguments.account)
    if arguments.action == "set":
        return _set(arguments, session, context)
    if arguments.action == "list":
        return _list(arguments, context)
    known = {budget.id for budget in context.budgets(arguments.account)}
    for budget_id in arguments.ids:
        if budget_id not in known:
            message = f"There is no budget {budget_id}; {PROGRAM} budget list shows them."
            raise NotFoundError(message)
    for budget_id in arguments.ids:
        context.remove_budget(arguments.account, budget_id)
    if arguments.json:
        print_document({"removed": arguments.ids})
    else:
        print(f"Removed: {', '.join(map(str, arguments.ids))}.")
    return 0


def _action(actions: argparse._SubParsersAction[Parser], name: str, summary: str) -> Parser:
    parser: Parser = actions.add_parser(
        name, help=summary, summary=summary, prog=f"{PROGRAM} budget {name}"
    )
    parsing.add_account(parser)
    parsing.add_json(parser)
    return parser


def _configure_set(parser: Parser) -> None:
    parser.add_argument(
        "--limit", required=True, metavar="N", help="dollars, or a count of calls or tokens"
    )
    parser.add_argument(
        "--kind",
        choices=[kind.value for kind in LimitKind],
        default=LimitKind.COST.value,
        metavar="K",
        help="cost (default), calls or tokens",
    )
    parser.add_argument(
        "--period",
        choices=PERIODS,
        default="month",
        help="how long it lasts (default: month); own is the account's billing period",
    )
    parser.add_argument("--provider", metavar="P", help="only the calls of this provider")
    parser.add_argument("--model", metavar="M", help="only the calls of this model")
    parser.add_argument("--project", metavar="P", help="only the calls of this project")
    parser.add_argument("--name", metavar="TEXT", help="what it is called in lists and alerts")
    parser.add_argument(
        "--enforce",
        choices=[each.value for each in Enforcement],
        default=Enforcement.WARN.value,
        metavar="E",
        help="warn (default), or block: calls through the gateway are refused when it is used up",
    )
    parser.add_argument(
        "--thresholds", type=_thresholds, metavar="P,P", help="percents (default: 80,90,100)"
    )


def _thresholds(text: str) -> tuple[int, ...]:
    try:
        percents = tuple(sorted({int(part.strip().rstrip("%")) for part in text.split(",")}))
    except ValueError:
        percents = ()
    if not percents or percents[0] < 1 or percents[-1] > _MAX_THRESHOLD:
        message = f"must be whole percents from 1 to {_MAX_THRESHOLD}, such as 80,90,100"
        raise argparse.ArgumentTypeError(message)
    return percents


def _set(arguments: Arguments, session: Session, context: Context) -> int:
    kind = LimitKind(arguments.kind)
    provider, model, project = map(_name, (arguments.provider, arguments.model, arguments.project))
    provider = None if provider is None else provider.lower()
    budget = context.set_budget(
        Budget(
            id=0,
            name=_name(arguments.name) or _default_name(kind, provider, model or project),
            kind=kind,
            limit=_limit(arguments.limit, kind),
            period=arguments.period,
            account=arguments.account,
            provider=provider,
            model=model,
            enforcement=Enforcement(arguments.enforce),
            thresholds=arguments.thresholds or session.settings.thresholds,
            project=project,
        )
    )
    limits = _limits(context, budget.account, {budget.period})
    if arguments.json:
        print_document({"budget": _with_use(budget, limits.get(budget.id))})
    else:
        print(_sentence(budget, limits.get(budget.id)))
    return 0


def _name(text: str | None) -> str | None:
    """Return the name without the spaces around it; None when there is nothing left."""
    if text is None:
        return None
    name = text.strip()
    if not name.isprintable() or len(name) > MAX_NAME:
        message = f"A name is one line of up to {MAX_NAME} characters."
        raise UsageError(message)
    return name or None


def _default_name(kind: LimitKind, provider: str | None, narrower: str | None) -> str:
    of = narrower or (provider.capitalize() if provider else None)
    return f"{of} {kind.value}" if of else kind.value


def _limit(text: str, kind: LimitKind) -> int:
    """Return the limit in its own unit. Raises UsageError for what is none or rounds to none."""
    digits = text.strip().removeprefix("$").replace(",", "").replace("_", "")
    if kind is LimitKind.COST:
        most, example = MAX_COST_PICO, "an amount in dollars from 0 to 1,000,000, such as 150"
        number = _dollars(digits)
    else:
        most, example = MAX_COUNT, f"a whole number from 0 to {MAX_COUNT:,}"
        number = int(digits) if digits.isascii() and digits.isdecimal() else None
    if number is None or not 0 <= number <= most:
        message = f"--limit must be {example}."
        raise UsageError(message)
    return number


def _dollars(digits: str) -> int | None:
    try:
        dollars = Decimal(digits)
        pico = pico_from_usd(dollars)
    except (InvalidOperation, ValueError):
        return None
    if dollars and not pico:
        least = usd_text(1)
        message = f"--limit is less than can be counted: the least is {least} dollars."
        raise UsageError(message)
    return pico


def _limits(context: Context, account: str, periods: set[str]) -> dict[int, Limit]:
    """Return how the budgets stand in the present period of each kind, by their numbers."""
    found: dict[int, Limit] = {}
    for period in sorted(periods):
        choice = PeriodChoice(_REPORTED_IN.get(period, period))
        for limit in context.report(account, choice, (), has_tips=False).limits:
            if limit.budget_id is not None and limit.period == period:
                found[limit.budget_id] = limit
    return found


def _list(arguments: Arguments, context: Context) -> int:
    budgets = context.budgets(arguments.account)
    limits = _limits(context, arguments.account, {budget.period for budget in budgets})
    if arguments.json:
        documents = [_with_use(budget, limits.get(budget.id)) for budget in budgets]
        print_document({"budgets": documents})
    elif budgets:
        headings = ("ID", "Name", "For", "Period", "Limit", "Used", "Percent")
        print(table(headings, [_row(each, limits.get(each.id)) for each in budgets], texts=4))
    else:
        print(f"No budget is set. {PROGRAM} budget set --limit 150 --period month sets one.")
    return 0


def _with_use(budget: Budget, limit: Limit | None) -> dict[str, object]:
    stands = None if limit is None else limit_document(limit)
    used = {key: None if stands is None else stands[key] for key in ("used", "percent", "status")}
    return budget_document(budget) | used


def _row(budget: Budget, limit: Limit | None) -> tuple[str, ...]:
    return (
        str(budget.id),
        name_words(budget.name),
        _scope(budget),
        budget.period,
        amount_words(budget.limit, budget.kind),
        UNKNOWN if limit is None else amount_words(limit.known_used, limit.kind),
        percent(None if limit is None else limit.known_percent),
    )


def _scope(budget: Budget) -> str:
    parts = [part for part in (budget.provider, budget.model) if part]
    if budget.project:
        parts.append(f"project {budget.project}")
    return " ".join(parts) or "all calls"


def _sentence(budget: Budget, limit: Limit | None) -> str:
    unit = "" if budget.kind is LimitKind.COST else f" {budget.kind.value}"
    marks = ", ".join(f"{each}%" for each in budget.thresholds)
    used = ""
    if limit is not None:
        used = f" Used so far: {amount_words(limit.known_used, limit.kind)}"
        used += "." if limit.is_unknown else f" ({percent(limit.percent)})."
    blocks = ""
    if budget.enforcement is Enforcement.BLOCK:
        blocks = (
            " It blocks calls through the gateway; it warns of what is read from logs, which has"
            " been made already."
        )
    return plain(
        f"Budget {budget.id}, {name_words(budget.name)}: "
        f"{amount_words(budget.limit, budget.kind)}{unit} a {budget.period_name} "
        f"for {_scope(budget)}, warns at {marks}.{used}{blocks}"
    )

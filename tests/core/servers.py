"""What made-up servers bring to the ledger, and reports of it."""

from __future__ import annotations

from typing import Any, Final

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.report import AccountView, Report
from alwrity_desktop.core.domain.server import Meaning, PlanLimit, Subscription
from alwrity_desktop.core.domain.statements import Statement, StatementKind
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.reporting import Question, build_report
from alwrity_desktop.core.results import PeriodChoice
from tests.core.trees import NOW_MS

ACCOUNT: Final = "work"
DAY_MS: Final = 86_400_000
CENT: Final = 10_000_000_000

ALWRITY: Final = AccountView(ACCOUNT, ACCOUNT, "alwrity")
PLATFORM: Final = AccountView("bots", "bots", "agent-billing")
LOCAL: Final = AccountView("local", "This computer")
ALL: Final = AccountView("all", "All accounts", "all")

#: From five days before the present moment: "2026-11".
PRO: Final = Subscription(
    "Pro", "pro", "active", "monthly", NOW_MS - 5 * DAY_MS, NOW_MS + 25 * DAY_MS, is_active=True
)


def a_row(number: int, **fields: Any) -> Call:  # noqa: ANN401 - any field of a call
    """Return a row of the server's log: a search for a cent, an hour ago."""
    known: dict[str, Any] = {
        "identity": f"alwrity:host:8000:u:{number}:t",
        "occurred_at_ms": NOW_MS - 3_600_000,
        "source": "alwrity",
        "provider": "tavily",
        "model": "tavily-search",
        "account": ACCOUNT,
        "requests": 1,
        "status_code": 200,
        "reported_cost_pico": CENT,
        "billing_period": "2026-11",
    }
    return Call(**{**known, **fields})


def said(period: str = "2026-11", **fields: Any) -> Statement:  # noqa: ANN401 - any field
    """Return the trends' total of a period."""
    known: dict[str, Any] = {"account": ACCOUNT, "origin": "trends", "kind": StatementKind.TOTAL}
    return Statement(period=period, **{**known, **fields})


def stated(kind: StatementKind, period: str, key: str = "", **fields: Any) -> Statement:  # noqa: ANN401
    """Return what a platform of agents states."""
    known: dict[str, Any] = {"account": PLATFORM.name, "origin": "billing", "label": key}
    return Statement(kind=kind, period=period, key=key, **{**known, **fields})


def limit(name: str, most: int, *providers: str, kind: LimitKind = LimitKind.CALLS) -> PlanLimit:
    """Return a limit of a plan."""
    return PlanLimit(name, kind, most, Meaning.LIMITED, providers)


def sync(
    context: Context,
    account: AccountView = ALWRITY,
    now_ms: int = NOW_MS,
    **brought: Any,  # noqa: ANN401
) -> None:
    """Book what one sync brought, and note that it went well."""
    batch = Batch(
        account.kind,
        now_ms,
        "UTC",
        account=account.name,
        is_corrected_by_copies=False,
        **brought,
    )
    context.ledger(account.name).record(batch, context.price_book())
    context.ledger(account.name).note_sync(account.name, now_ms, "ok")


def report(
    context: Context,
    account: AccountView = ALWRITY,
    kind: str = "month",
    *dimensions: str,
    now_ms: int = NOW_MS,
    **choice: Any,  # noqa: ANN401 - fields of the choice
) -> Report:
    """Return the report of *account* in UTC."""
    question = Question(
        account,
        PeriodChoice(kind, timezone="UTC", **choice),
        "UTC",
        "monday",
        dimensions or ("provider", "model"),
        (LOCAL, ALWRITY, PLATFORM),
    )
    with context.ledger(account.name).snapshot() as snapshot:
        return build_report(snapshot, question, now_ms, {})


def platform_statements() -> list[Statement]:
    """Return the year of a platform: two days of use, and an agent that is not all of it."""
    total = StatementKind.TOTAL
    return [
        stated(total, "month", tokens=150, cost_pico=5 * CENT, messages=5, conversations=2),
        stated(total, "year", tokens=450, cost_pico=9 * CENT, messages=9, conversations=4),
        stated(
            StatementKind.DAY, "year", "2026-11-02", input_tokens=30, output_tokens=90,
            cost_pico=3 * CENT, messages=3,
        ),
        stated(StatementKind.DAY, "year", "2026-10-05", tokens=80, cost_pico=CENT, messages=2),
        stated(
            StatementKind.AGENT, "month", "a-1", label="Bot", tokens=100, cost_pico=3 * CENT,
            messages=3,
        ),
        stated(StatementKind.MODEL, "month", "gpt-4", tokens=150, cost_pico=5 * CENT, messages=5),
    ]  # fmt: skip

"""Columns of the tables of plans and of renewals, and the words in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.periods import local_day
from alwrity_desktop.core.domain.server import Meaning, PlanLimit, Renewal, ServerPlan, Subscription
from alwrity_desktop.core.domain.words import name_words
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.tables.columns import Column, Decoration, Look, StatusMark
from alwrity_desktop.ui.tokens import STATUS_ICONS


def _tr(text: str) -> str:
    return QCoreApplication.translate("PlansDock", text)


class PlanRow(msgspec.Struct, frozen=True):
    """One line of the comparison: a price or a limit, with its words for each plan."""

    name: str
    #: By the plan's id.
    words: dict[str, str]
    is_price: bool = False


def limit_words(limit: PlanLimit | None) -> str:
    """Return a plan's limit: "5,000", "2.50M", "Unlimited", "Not included"; "—" for unknown."""
    if limit is None:
        return formatting.UNKNOWN
    if limit.meaning is Meaning.UNLIMITED:
        return _tr("Unlimited")
    if limit.meaning is Meaning.NOT_INCLUDED or limit.limit is None:
        return _tr("Not included")
    return formatting.amount(limit.kind, limit.limit)


def limit_title(name: str) -> str:
    """Return the name of a limit as people read it: "Gemini calls", "Cost a month"."""
    return _tr("Cost a month") if name in {"cost", "monthly_cost"} else name_words(name)


def plan_rows(plans: Sequence[ServerPlan]) -> list[PlanRow]:
    """Return the lines of the comparison: both prices, then every limit that a plan has."""
    rows = [
        PlanRow(
            _tr("Price a month"),
            {plan.id: formatting.money(plan.price_monthly_pico) for plan in plans},
            is_price=True,
        ),
        PlanRow(
            _tr("Price a year"),
            {plan.id: formatting.money(plan.price_yearly_pico) for plan in plans},
            is_price=True,
        ),
    ]
    by_plan = {plan.id: {limit.name: limit for limit in plan.limits} for plan in plans}
    names = dict.fromkeys(limit.name for plan in plans for limit in plan.limits)
    return rows + [
        PlanRow(
            limit_title(name),
            {plan: limit_words(limits.get(name)) for plan, limits in by_plan.items()},
        )
        for name in names
    ]


def plan_columns(plans: Sequence[ServerPlan], own: str) -> tuple[Column[PlanRow], ...]:
    """Return a column for each plan; *own* is the id of the person's own one, or ""."""
    first: Column[PlanRow] = Column(
        "limit", _tr("What is in it"), lambda row: row.name, is_stretched=True,
        look=lambda row: Look("text", 600 if row.is_price else 400),
    )  # fmt: skip
    return (first, *(_plan_column(plan, is_own=plan.id == own) for plan in plans))


def _plan_column(plan: ServerPlan, *, is_own: bool) -> Column[PlanRow]:
    title = _tr("{plan} (yours)").format(plan=plan.name) if is_own else plan.name
    weight = 600 if is_own else 400
    return Column(
        f"plan-{plan.id}", title, _words_of(plan.id), is_number=True,
        tooltip=lambda _row: plan.description,
        look=lambda row: Look("text" if is_own or row.is_price else "text2", weight),
    )  # fmt: skip


def _words_of(plan: str) -> Callable[[PlanRow], str]:
    return lambda row: row.words.get(plan, formatting.UNKNOWN)


def own_plan(plans: Sequence[ServerPlan], subscription: Subscription | None) -> ServerPlan | None:
    """Return the plan that the account has: by tier, else by name."""
    if subscription is None:
        return None
    tier, name = subscription.tier.casefold(), subscription.plan.casefold()
    by_tier = (plan for plan in plans if tier and plan.tier.casefold() == tier)
    by_name = (plan for plan in plans if name and plan.name.casefold() == name)
    return next(by_tier, None) or next(by_name, None)


def dearer_plans(plans: Sequence[ServerPlan], own: ServerPlan | None) -> tuple[ServerPlan, ...]:
    """Return the plans above the own one, cheapest first."""
    present = 0 if own is None else own.price_monthly_pico or 0
    above = [plan for plan in plans if (plan.price_monthly_pico or 0) > present]
    return tuple(sorted(above, key=lambda plan: plan.price_monthly_pico or 0))


def cheaper_plans(plans: Sequence[ServerPlan], own: ServerPlan | None) -> tuple[ServerPlan, ...]:
    """Return the plans below the own one, dearest first; none below a plan without a price."""
    present = None if own is None else own.price_monthly_pico
    if present is None:
        return ()
    below = [(plan.price_monthly_pico, plan) for plan in plans]
    known = [(price, plan) for price, plan in below if price is not None and price < present]
    return tuple(plan for _, plan in sorted(known, key=lambda one: -one[0]))


_PAID = {"paid": "success", "pending": "warning", "failed": "danger"}


def _paid_mark(row: Renewal) -> Decoration | None:
    role = _PAID.get(row.payment_status.casefold())
    return None if role is None else StatusMark(STATUS_ICONS[role], f"{role}.mark")


def _plan_change(row: Renewal) -> str:
    if row.previous_plan and row.previous_plan != row.plan:
        return f"{row.previous_plan} → {row.plan}"
    return row.plan


def span_words(start_ms: int | None, end_ms: int | None, timezone: str) -> str:
    """Return a period by its moments: "16 Nov – 16 Dec"; "—" where one is unknown."""
    if start_ms is None or end_ms is None:
        return formatting.UNKNOWN
    return formatting.span(local_day(start_ms, timezone), local_day(end_ms - 1, timezone))


def _word(text: str) -> str:
    """Return a server's word as the first of a cell."""
    return text.replace("_", " ").capitalize() or formatting.UNKNOWN


def renewal_columns(timezone: str) -> tuple[Column[Renewal], ...]:
    """Return the columns of the renewal history, its days told in *timezone*."""

    def day(at_ms: int | None) -> str:
        if at_ms is None:
            return formatting.UNKNOWN
        return formatting.day_year(local_day(at_ms, timezone))

    return (
        Column("when", _tr("When"), lambda row: day(row.created_at_ms)),
        Column(
            "kind", _tr("What"), lambda row: _word(row.kind), priority=1,
            look=lambda _row: Look("text2"),
        ),
        Column("plan", _tr("Plan"), _plan_change, is_stretched=True, tooltip=_plan_change),
        Column(
            "cycle", _tr("Cycle"), lambda row: _word(row.cycle), priority=4,
            look=lambda _row: Look("text2"),
        ),
        Column(
            "period", _tr("Period"),
            lambda row: span_words(row.period_start_ms, row.period_end_ms, timezone), priority=3,
            look=lambda _row: Look("text2"),
        ),
        Column(
            "paid", _tr("Payment"), lambda row: _word(row.payment_status), priority=2,
            decoration=_paid_mark, tooltip=lambda row: day(row.paid_at_ms),
        ),
        Column(
            "amount", _tr("Amount"), lambda row: formatting.money(row.amount_pico), is_number=True,
            look=lambda _row: Look("text", 600),
            plain=lambda row: formatting.money_plain(row.amount_pico),
        ),
    )  # fmt: skip

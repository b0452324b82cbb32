"""What the calls of past months would have met on each plan: the first limit, its day, the fee."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.server import Meaning, PlanLimit, ServerPlan
from alwrity_desktop.core.domain.words import amount_words, money_words, name_words

MONTHS_A_YEAR: Final = 12

_MONTH: Final = len("2026-11")


class Use(msgspec.Struct, frozen=True):
    """What one provider was used for on one day, in one call or in all of them."""

    #: ISO.
    day: str
    provider: str
    calls: int
    tokens: int
    cost_pico: int


class Outcome(msgspec.Struct, frozen=True):
    """How the replayed months fared on one plan."""

    plan: str
    price_monthly_pico: int | None
    price_yearly_pico: int | None
    #: Whether every call would have gone through; None when there was no call to replay.
    fits: bool | None
    #: The limit that was passed first, by the server's name, and the day, ISO.
    first_limit_hit: str | None = None
    hit_on: str | None = None

    @property
    def fees(self) -> tuple[tuple[str, int | None], ...]:
        """The ways to pay for the plan: the cycle, and its fee in pico-dollars.

        The limits are those of a month in either. By the year only where a fee for it is known.
        """
        monthly = ("monthly", self.price_monthly_pico)
        if self.price_yearly_pico is None:
            return (monthly,)
        return (monthly, ("yearly", self.price_yearly_pico))


class PlanAdvice(msgspec.Struct, frozen=True):
    """A change of plan, or of how it is paid, that saves money."""

    plan: str
    #: "monthly" or "yearly".
    cycle: str
    saving_monthly_pico: int
    #: One sentence.
    text: str


class Comparison(msgspec.Struct, frozen=True):
    """The replay on every plan."""

    outcomes: tuple[Outcome, ...]
    #: The cheapest plan that fits; None when none does, or nothing could be replayed.
    recommended: str | None
    why: str
    #: The days that were replayed, both included; ISO.
    first_day: str
    last_day: str
    #: Where the plans come from.
    basis: str
    #: Changes of plan that save money, the greatest saving first.
    advice: tuple[PlanAdvice, ...] = ()


class Replay(msgspec.Struct, frozen=True):
    """The use of some months, by day and provider."""

    uses: Sequence[Use]
    #: The first and the last day, both included, ISO.
    first_day: str
    last_day: str
    #: The calls of one day as they came, to tell which of several limits was passed first.
    calls_of: Callable[[str], Iterable[Use]]


class _Hit(msgspec.Struct, frozen=True):
    day: str
    limit: PlanLimit


def compare(plans: Sequence[ServerPlan], replay: Replay, basis: str) -> Comparison:
    """Return how the use fares on *plans*, which come from *basis*.

    Each month begins with every limit unused. A limit is hit by the first call that goes
    beyond it: exactly as much as it allows still fits.
    """
    uses, first_day, last_day = replay.uses, replay.first_day, replay.last_day
    hits = {plan.id: _first_hit(plan, replay) for plan in plans}
    outcomes = tuple(
        Outcome(
            plan=plan.name,
            price_monthly_pico=plan.price_monthly_pico,
            price_yearly_pico=plan.price_yearly_pico,
            fits=hits[plan.id] is None if uses else None,
            first_limit_hit=None if (hit := hits[plan.id]) is None else hit.limit.name,
            hit_on=None if hit is None else hit.day,
        )
        for plan in plans
    )
    span = f"from {first_day} to {last_day}"
    best = _cheapest(plans, hits) if uses else None
    why = _why(plans, hits, best, span) if uses else f"There are no calls {span} to replay."
    return Comparison(
        outcomes, None if best is None else best.name, why, first_day, last_day, basis
    )


def _first_hit(plan: ServerPlan, replay: Replay) -> _Hit | None:
    by_day: dict[str, list[Use]] = {}
    for use in replay.uses:
        by_day.setdefault(use.day, []).append(use)
    counted = [limit for limit in plan.limits if limit.meaning is not Meaning.UNLIMITED]
    used: dict[str, int] = {}
    month = ""
    for day in sorted(by_day):
        if day[:_MONTH] != month:
            month, used = day[:_MONTH], {}
        after = _add(counted, used, by_day[day])
        passed = [limit for limit in counted if after[limit.name] > _most(limit)]
        if passed:
            first = passed[0] if len(passed) == 1 else None
            return _Hit(day, first or _first_passed(passed, used, replay.calls_of(day)))
        used = after
    return None


def _first_passed(
    passed: Sequence[PlanLimit], used: Mapping[str, int], calls: Iterable[Use]
) -> PlanLimit:
    """Return which of the limits that a day passed was passed first."""
    for call in calls:
        used = _add(passed, used, (call,))
        for limit in passed:
            if used[limit.name] > _most(limit):
                return limit
    # Calls that the server merged cannot be put in order.
    return passed[0]


def _add(
    limits: Iterable[PlanLimit], used: Mapping[str, int], uses: Sequence[Use]
) -> dict[str, int]:
    return {limit.name: used.get(limit.name, 0) + _use(limit, uses) for limit in limits}


def _most(limit: PlanLimit) -> int:
    return 0 if limit.meaning is Meaning.NOT_INCLUDED else limit.limit or 0


def _use(limit: PlanLimit, uses: Iterable[Use]) -> int:
    counted = [use for use in uses if not limit.providers or use.provider in limit.providers]
    if limit.kind is LimitKind.COST:
        return sum(use.cost_pico for use in counted)
    if limit.kind is LimitKind.TOKENS:
        return sum(use.tokens for use in counted)
    return sum(use.calls for use in counted)


def _cheapest(plans: Iterable[ServerPlan], hits: Mapping[str, _Hit | None]) -> ServerPlan | None:
    fitting = [
        (plan.price_monthly_pico, plan)
        for plan in plans
        if hits[plan.id] is None and plan.price_monthly_pico is not None
    ]
    return min(fitting, key=lambda each: each[0])[1] if fitting else None


def _why(
    plans: Sequence[ServerPlan],
    hits: Mapping[str, _Hit | None],
    best: ServerPlan | None,
    span: str,
) -> str:
    if best is None:
        said = f"No plan fits the calls {span}"
        short = plans
    else:
        fee = money_words(best.price_monthly_pico or 0)
        said = f"{best.name} for {fee} a month is the cheapest plan that fits the calls {span}"
        short = [plan for plan in plans if _is_cheaper(plan, best)]
    stops = [
        f"{plan.name} stops on {hit.day} at {_limit_words(hit.limit)}"
        for plan in short
        if (hit := hits[plan.id]) is not None
    ]
    whole = f"{said}: {'; '.join(stops)}." if stops else f"{said}."
    return whole if best is None else f"{whole}{_year_words(best)}"


def _year_words(plan: ServerPlan) -> str:
    """Return what paying the whole year at once saves; "" where it saves nothing."""
    yearly = plan.price_yearly_pico
    if yearly is None:
        return ""
    saving = (plan.price_monthly_pico or 0) * MONTHS_A_YEAR - yearly
    if saving <= 0:
        return ""
    return (
        f" Paid by the year it is {money_words(yearly)}, "
        f"{money_words(saving)} a year less than by the month."
    )


def _is_cheaper(plan: ServerPlan, best: ServerPlan) -> bool:
    return (plan.price_monthly_pico or 0) < (best.price_monthly_pico or 0)


def _limit_words(limit: PlanLimit) -> str:
    name = name_words(limit.name)
    if limit.meaning is Meaning.NOT_INCLUDED:
        return f"{name}, which it does not include"
    return f"{amount_words(limit.limit or 0, limit.kind)} ({name})"

"""Plans, limits, prices, subscription and renewals of an ALwrity server, as own values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.errors import BrokenAnswerError
from alwrity_desktop.core.domain.server import (
    Meaning,
    PlanLimit,
    Renewal,
    ServerPlan,
    ServerPrice,
    Subscription,
)
from alwrity_desktop.core.sources.servers.alwrity_providers import LANGUAGE_MODELS, canonical
from alwrity_desktop.core.sources.servers.alwrity_shapes import (
    AccountLimits,
    PlanList,
    PlanRow,
    PriceList,
    PriceRow,
    RenewalPage,
    RetentionAnswer,
    StatusAnswer,
    SubscriptionAnswer,
)
from alwrity_desktop.core.sources.servers.fields import (
    Place,
    count,
    number,
    pico,
    read,
    read_rows,
    text,
)

COST: Final = "cost"

_MONTHLY_COST: Final = "monthly_cost"
_ALL_TEXT: Final = "ai_text_generation"
_KINDS: Final = {"_calls": LimitKind.CALLS, "_tokens": LimitKind.TOKENS}
_WORDS: Final = "_zero_means"
_UNLIMITED_TIER: Final = "enterprise"
_FALLBACK: Final = "error_fallback"
_PER_MILLION: Final = Decimal(1_000_000)
_DAYS: Final = "_after_days"


def plan_limits(raw: Mapping[str, Any], tier: str, place: Place) -> tuple[PlanLimit, ...]:
    """Return the limits in *raw*; a limit whose figure cannot be read is left out and named.

    0 means what the server says that it means. Where it says nothing, it is unlimited on the
    tier that has no limits, and not included on the others. A cost of 0 limits nothing.
    """
    words = raw.get(_WORDS)
    means = words if isinstance(words, dict) else {}
    found = []
    for name, value in raw.items():
        kind = LimitKind.COST if name == _MONTHLY_COST else _kind(name)
        if kind is None or value is None:
            continue
        try:
            # Servers that are not these ones write -1 for no limit.
            is_unlimited = number(value) == -1
            amount = 0 if is_unlimited else _amount(kind, value)
        except ValueError:
            place.troubles.lost(place.name, "limits")
            continue
        word = "unlimited" if is_unlimited or kind is LimitKind.COST else means.get(name)
        meaning = Meaning.LIMITED if amount else _meaning_of_zero(word, tier)
        found.append(_limit(name, kind, amount, meaning))
    return tuple(found)


def _kind(name: str) -> LimitKind | None:
    return next((kind for end, kind in _KINDS.items() if name.endswith(end)), None)


def _amount(kind: LimitKind, value: object) -> int:
    return pico(value) if kind is LimitKind.COST else count(value)


def _meaning_of_zero(word: object, tier: str) -> Meaning:
    if word == "unlimited" or (word != "disabled" and tier.lower() == _UNLIMITED_TIER):
        return Meaning.UNLIMITED
    return Meaning.NOT_INCLUDED


def _limit(name: str, kind: LimitKind, amount: int, meaning: Meaning) -> PlanLimit:
    limit = amount if meaning is Meaning.LIMITED else None
    if kind is LimitKind.COST:
        return PlanLimit(COST, kind, limit, meaning)
    about = name.rpartition("_")[0]
    providers = LANGUAGE_MODELS if about == _ALL_TEXT else (canonical(about),)
    return PlanLimit(text(name), kind, limit, meaning, providers)


def plans(data: object, place: Place) -> tuple[ServerPlan, ...]:
    """Return the plans that are offered. Raises BrokenAnswerError."""
    if isinstance(data, list):
        found: tuple[PlanRow, ...] | None = read_rows(PlanRow, data, place)
    else:
        found = read(PlanList, data, place).plans
    named = tuple(row for row in found or () if row.name or row.tier)
    if found is None or (found and not named):
        raise _unknown_form(place)
    return tuple(_plan(row, place) for row in named)


def _plan(row: PlanRow, place: Place) -> ServerPlan:
    tier = row.tier or ""
    return ServerPlan(
        id=row.id or tier,
        name=row.name or tier,
        tier=tier,
        price_monthly_pico=row.price_monthly,
        price_yearly_pico=row.price_yearly,
        description=row.description or "",
        features=row.features or (),
        limits=plan_limits(row.limits or {}, tier, place),
    )


def prices(data: object, place: Place) -> tuple[ServerPrice, ...]:
    """Return the server's own price list. Raises BrokenAnswerError."""
    if isinstance(data, list):
        found: tuple[PriceRow, ...] | None = read_rows(PriceRow, data, place)
    else:
        found = read(PriceList, data, place).pricing
    named = tuple(row for row in found or () if row.provider and (row.model_name or row.model))
    if found is None or (found and not named):
        raise _unknown_form(place)
    return tuple(_price(row) for row in named)


def _price(row: PriceRow) -> ServerPrice:
    units = {
        "input": _per_token(row.cost_per_input_token, row.input_cost_per_1m),
        "output": _per_token(row.cost_per_output_token, row.output_cost_per_1m),
        "request": row.cost_per_request,
        "search": row.cost_per_search,
        "image": row.cost_per_image,
        "page": row.cost_per_page,
    }
    return ServerPrice(
        provider=canonical(row.provider or ""),
        model=row.model_name or row.model or "",
        usd=tuple((unit, _exact_text(usd)) for unit, usd in units.items() if usd and usd > 0),
        effective=row.effective_date or "",
    )


def _per_token(per_token: Decimal | None, per_million: Decimal | None) -> Decimal | None:
    if per_token is not None or per_million is None:
        return per_token
    return per_million / _PER_MILLION


def _exact_text(usd: Decimal) -> str:
    written = f"{usd:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def renewals(data: object, place: Place) -> tuple[tuple[Renewal, ...], bool]:
    """Return a page of the renewal history, and whether more follow. Raises BrokenAnswerError."""
    page = read(RenewalPage, data, place)
    if page.renewals is None:
        raise _unknown_form(place)
    found = tuple(
        Renewal(
            id=row.id or "",
            kind=row.renewal_type or "",
            plan=row.plan_name or "",
            previous_plan=row.previous_plan_name or "",
            cycle=row.billing_cycle or "",
            period_start_ms=row.new_period_start,
            period_end_ms=row.new_period_end,
            amount_pico=row.payment_amount,
            payment_status=row.payment_status or "",
            paid_at_ms=row.payment_date,
            created_at_ms=row.created_at,
        )
        for row in page.renewals
    )
    return found, page.has_more is True


def retention_days(data: object, place: Place) -> tuple[tuple[str, int], ...]:
    """Return after how many days renewals are shortened or dropped. Raises BrokenAnswerError."""
    policy = read(RetentionAnswer, data, place).retention_policy or {}
    found = []
    for name, value in policy.items():
        try:
            found.append((text(name).removesuffix(_DAYS), count(value)))
        except ValueError:
            place.troubles.lost(place.name, "retention_policy")
    return tuple(found)


def subscription_answer(data: object, place: Place) -> SubscriptionAnswer:
    """Return the answer about the subscription. Raises BrokenAnswerError for one that is none."""
    answer = read(SubscriptionAnswer, data, place)
    said = data.get("subscription") if isinstance(data, dict) else None
    is_lost = said is not None and answer.subscription is None
    if is_lost or answer.plan is None or answer.plan.id == _FALLBACK:
        raise _unknown_form(place)
    return answer


def subscription(
    known: Subscription | None,
    answer: SubscriptionAnswer | None,
    status: StatusAnswer | None,
    limits: AccountLimits | None,
) -> Subscription | None:
    """Return what is known of the subscription after new answers; None when nothing is.

    What an answer does not say, or not so that it can be read, stays as it was known.
    """
    found = known if answer is None else _from_answer(answer, known)
    if status is not None:
        is_active = status.active if status.active is not None else status.can_use_api
        if found is None and (status.plan or status.tier):
            found = Subscription(status.plan or status.tier or "", status.tier or "", "")
        if found is not None and is_active is not None:
            found = replace(found, is_active=is_active, reason=status.reason or "")
    if found is None and limits is not None and (limits.plan_name or limits.tier):
        tier = limits.tier or (limits.plan_name or "").lower()
        found = Subscription(limits.plan_name or tier, tier, "")
    return found


def _from_answer(answer: SubscriptionAnswer, known: Subscription | None) -> Subscription | None:
    row, plan = answer.subscription, answer.plan
    old = known or Subscription("", "", "")
    tier = (plan.tier if plan else None) or old.tier
    name = (plan.name if plan else None) or old.plan or tier
    if not name:
        return None
    found = replace(old, plan=name, tier=tier)
    if row is None:
        status = answer.status or old.status
        found = Subscription(name, tier, status, is_active=old.is_active, reason=old.reason)
    else:
        found = replace(
            found,
            status=row.status or old.status,
            cycle=row.billing_cycle or old.cycle,
            is_auto_renewed=old.is_auto_renewed if row.auto_renew is None else row.auto_renew,
        )
        if row.current_period_start is not None and row.current_period_end is not None:
            # Half of an old period and half of a new one would be no period at all.
            found = replace(
                found,
                period_start_ms=row.current_period_start,
                period_end_ms=row.current_period_end,
            )
    return found


def limits_after(
    found: tuple[PlanLimit, ...], raw: Mapping[str, Any], known: tuple[PlanLimit, ...] | None
) -> tuple[PlanLimit, ...] | None:
    """Return the limits that were read, with the known ones of those that could not be.

    *raw* is what the server named. None when there is nothing to tell.
    """
    names = {limit.name for limit in found}
    named = {COST if name == _MONTHLY_COST else name for name in raw}
    kept = [each for each in known or () if each.name in named - names]
    return (*found, *kept) or None


def _unknown_form(place: Place) -> BrokenAnswerError:
    return BrokenAnswerError(f"The server has no data about {place.name}.")

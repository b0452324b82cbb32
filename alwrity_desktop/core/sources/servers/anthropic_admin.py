"""Anthropic's own bill: the cost report and the usage report of an organisation, by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final

from alwrity_desktop.core.accounts import PRESETS
from alwrity_desktop.core.domain.money import MAX_COST_PICO, PICO_PER_CENT
from alwrity_desktop.core.sources.servers.base import Ask, ServerSource
from alwrity_desktop.core.sources.servers.fields import (
    Count,
    Exact,
    Place,
    Shape,
    Text,
    Troubles,
    part,
    read,
    rows,
)
from alwrity_desktop.core.sources.servers.questions import Questions
from alwrity_desktop.core.sources.servers.vendor_bill import (
    Bill,
    DailyBill,
    Page,
    Usage,
    is_dollars,
    pages,
)

NAME: Final = "anthropic-admin"
PROVIDER: Final = "anthropic"
COSTS: Final = "/v1/organizations/cost_report"
USAGE: Final = "/v1/organizations/usage_report/messages"

_MAX_DAYS: Final = 31
_DAY_LENGTH: Final = len("2026-11-01")


class _CostRow(Shape):
    #: Cents, as a text.
    amount: Exact = None
    currency: Text = None
    model: Text = None
    description: Text = None


class _CostDay(Shape):
    starting_at: Text = None
    results: Annotated[tuple[_CostRow, ...] | None, rows(_CostRow)] = None


class _Costs(Page):
    data: Annotated[tuple[_CostDay, ...] | None, rows(_CostDay)] = None


class _Written(Shape):
    ephemeral_5m_input_tokens: Count = None
    ephemeral_1h_input_tokens: Count = None


class _UsageRow(Shape):
    """One row, in the documented shape or with the fields of the cache laid flat."""

    model: Text = None
    uncached_input_tokens: Count = None
    input_tokens: Count = None
    cache_read_input_tokens: Count = None
    cache_creation: Annotated[_Written | None, part(_Written)] = None
    cache_creation_input_tokens: Count = None
    ephemeral_5m_input_tokens: Count = None
    ephemeral_1h_input_tokens: Count = None
    output_tokens: Count = None


class _UsageDay(Shape):
    starting_at: Text = None
    results: Annotated[tuple[_UsageRow, ...] | None, rows(_UsageRow)] = None


class _Usage(Page):
    data: Annotated[tuple[_UsageDay, ...] | None, rows(_UsageDay)] = None


class AnthropicAdmin(DailyBill):
    """The organisation's costs by description, and the tokens of its messages by model."""

    name: str = NAME
    title: str = "Anthropic"
    presets: Mapping[str, str] = PRESETS[NAME]
    provider: str = PROVIDER

    def gather(self, questions: Questions, bill: Bill, first: date, troubles: Troubles) -> bool:
        """Add each day from *first* on to *bill*; return whether every day came."""
        since: dict[str, str | int] = {
            "starting_at": f"{first.isoformat()}T00:00:00Z",
            "bucket_width": "1d",
            "limit": _MAX_DAYS,
        }
        has_costs = _take_costs(questions, bill, since, Place("costs", troubles))
        has_usage = _take_usage(questions, bill, since, Place("usage", troubles))
        return has_costs and has_usage

    def check(self, ask: Ask, user: str) -> str:  # noqa: ARG002 - the key says who asks
        """Try the key; return a sentence that says what answers. Raises what went wrong."""
        params: dict[str, str | int] = {"starting_at": "2024-01-01T00:00:00Z", "limit": 1}
        body = ask("GET", COSTS, params)
        if read(_Costs, body, Place("costs", Troubles())).data is None:
            return "The server answers, and gives no costs."
        return "Anthropic answers: the key may read the organisation's costs."


SERVER: Final[ServerSource] = AnthropicAdmin()


def _day_of(starting_at: str | None, place: Place) -> str | None:
    day = (starting_at or "")[:_DAY_LENGTH]
    if len(day) == _DAY_LENGTH and day.replace("-", "").isdigit():
        return day
    place.troubles.lost(place.name, "starting_at")
    return None


def _take_costs(
    questions: Questions, bill: Bill, since: Mapping[str, str | int], place: Place
) -> bool:
    """Add the costs of each day; return whether all came."""
    page = None
    params = {**since, "group_by[]": "description"}
    for page in pages(questions, place, COSTS, _Costs, params):
        for bucket in (page.data if page else None) or ():
            day = _day_of(bucket.starting_at, place)
            if day is None:
                continue
            bill.open_day(day, has_cost=True)
            for row in bucket.results or ():
                _add_cost(bill, day, row, place)
    return page is not None


def _add_cost(bill: Bill, day: str, row: _CostRow, place: Place) -> None:
    if row.amount is None:
        place.troubles.lost(place.name, "amount")
    elif not is_dollars(row.currency):
        bill.add_foreign(day, row.currency or "", row.amount.scaleb(-2))
    else:
        cost = int((row.amount * PICO_PER_CENT).to_integral_value())
        if not 0 <= cost <= MAX_COST_PICO:
            place.troubles.lost(place.name, "amount")
            return
        bill.add(day, Usage(model=row.model, cost_pico=cost))


def _take_usage(
    questions: Questions, bill: Bill, since: Mapping[str, str | int], place: Place
) -> bool:
    page = None
    for page in pages(questions, place, USAGE, _Usage, {**since, "group_by[]": "model"}):
        for bucket in (page.data if page else None) or ():
            day = _day_of(bucket.starting_at, place)
            for row in (bucket.results or ()) if day else ():
                usage = Usage(
                    model=row.model, input_tokens=_input_of(row), output_tokens=row.output_tokens
                )
                bill.add(day or "", usage)
    return page is not None


def _input_of(row: _UsageRow) -> int | None:
    """Return all that went in: the uncached, what was read and what was written."""
    cache = row.cache_creation or row
    split = (cache.ephemeral_5m_input_tokens, cache.ephemeral_1h_input_tokens)
    written = (row.cache_creation_input_tokens,) if split == (None, None) else split
    given = row.uncached_input_tokens
    known = (row.input_tokens if given is None else given, row.cache_read_input_tokens, *written)
    said = [each for each in known if each is not None]
    return sum(said) if said else None

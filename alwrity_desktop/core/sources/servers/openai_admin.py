"""OpenAI's own bill: costs and usage of an organisation, by day, with its admin key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Final

from alwrity_desktop.core.accounts import PRESETS
from alwrity_desktop.core.sources.servers.base import Ask, ServerSource
from alwrity_desktop.core.sources.servers.fields import (
    Count,
    Exact,
    Place,
    Shape,
    Text,
    Troubles,
    part,
    pico,
    read,
    rows,
)
from alwrity_desktop.core.sources.servers.questions import Questions
from alwrity_desktop.core.sources.servers.vendor_bill import (
    Bill,
    DailyBill,
    Page,
    Usage,
    day_of_seconds,
    is_dollars,
    pages,
)

NAME: Final = "openai-admin"
PROVIDER: Final = "openai"
COSTS: Final = "/v1/organization/costs"
COMPLETIONS: Final = "/v1/organization/usage/completions"
EMBEDDINGS: Final = "/v1/organization/usage/embeddings"

#: 2024-01-01, to try the key.
_ANY_DAY_S: Final = 1_704_067_200
_MAX_COST_DAYS: Final = 180
_MAX_USAGE_DAYS: Final = 31


class _Amount(Shape):
    value: Exact = None
    currency: Text = None


class _CostRow(Shape):
    amount: Annotated[_Amount | None, part(_Amount)] = None
    line_item: Text = None


class _CostDay(Shape):
    start_time: Count = None
    results: Annotated[tuple[_CostRow, ...] | None, rows(_CostRow)] = None


class _Costs(Page):
    data: Annotated[tuple[_CostDay, ...] | None, rows(_CostDay)] = None


class _UsageRow(Shape):
    model: Text = None
    input_tokens: Count = None
    output_tokens: Count = None
    num_model_requests: Count = None


class _UsageDay(Shape):
    start_time: Count = None
    results: Annotated[tuple[_UsageRow, ...] | None, rows(_UsageRow)] = None


class _Usage(Page):
    data: Annotated[tuple[_UsageDay, ...] | None, rows(_UsageDay)] = None


class OpenAiAdmin(DailyBill):
    """The organisation's costs, which are the truth for money, and its usage, for tokens."""

    name: str = NAME
    title: str = "OpenAI"
    presets: Mapping[str, str] = PRESETS[NAME]
    provider: str = PROVIDER

    def gather(self, questions: Questions, bill: Bill, first: date, troubles: Troubles) -> bool:
        """Add each day from *first* on to *bill*; return whether every day came."""
        start = datetime.combine(first, time(), UTC)
        since: dict[str, str | int] = {"start_time": int(start.timestamp()), "bucket_width": "1d"}
        is_whole = _take_costs(questions, bill, since, Place("costs", troubles))
        for name, path in (("usage", COMPLETIONS), ("embeddings", EMBEDDINGS)):
            is_whole = _take_usage(questions, bill, path, since, Place(name, troubles)) and is_whole
        return is_whole

    def check(self, ask: Ask, user: str) -> str:  # noqa: ARG002 - the key says who asks
        """Try the key; return a sentence that says what answers. Raises what went wrong."""
        body = ask("GET", COSTS, {"start_time": _ANY_DAY_S, "bucket_width": "1d", "limit": 1})
        if read(_Costs, body, Place("costs", Troubles())).data is None:
            return "The server answers, and gives no costs."
        return "OpenAI answers: the key may read the organisation's costs."


SERVER: Final[ServerSource] = OpenAiAdmin()


def _take_costs(
    questions: Questions, bill: Bill, since: Mapping[str, str | int], place: Place
) -> bool:
    """Add the costs of each day; return whether all came."""
    params = {**since, "limit": _MAX_COST_DAYS, "group_by[]": "line_item"}
    page = None
    for page in pages(questions, place, COSTS, _Costs, params):
        for bucket in (page.data if page else None) or ():
            day = day_of_seconds(bucket.start_time)
            if day is None:
                place.troubles.lost(place.name, "start_time")
                continue
            bill.open_day(day, has_cost=True)
            for row in bucket.results or ():
                _add_cost(bill, day, row, place)
    return page is not None


def _add_cost(bill: Bill, day: str, row: _CostRow, place: Place) -> None:
    amount = row.amount
    if amount is None or amount.value is None:
        place.troubles.lost(place.name, "amount")
    elif not is_dollars(amount.currency):
        bill.add_foreign(day, amount.currency or "", amount.value)
    else:
        try:
            cost = pico(amount.value)
        except ValueError:
            place.troubles.lost(place.name, "amount")
            return
        bill.add(day, Usage(model=_model_of(row.line_item), cost_pico=cost))


def _model_of(line_item: str | None) -> str | None:
    """Return the model of a line such as "gpt-4o-2024-08-06, input"."""
    return (line_item or "").partition(",")[0].strip() or None


def _take_usage(
    questions: Questions, bill: Bill, path: str, since: Mapping[str, str | int], place: Place
) -> bool:
    params = {**since, "limit": _MAX_USAGE_DAYS, "group_by[]": "model"}
    page = None
    for page in pages(questions, place, path, _Usage, params):
        for bucket in (page.data if page else None) or ():
            day = day_of_seconds(bucket.start_time)
            for row in (bucket.results or ()) if day else ():
                usage = Usage(
                    model=row.model,
                    calls=row.num_model_requests,
                    input_tokens=row.input_tokens,
                    output_tokens=row.output_tokens,
                )
                bill.add(day or "", usage)
    return page is not None

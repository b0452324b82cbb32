"""The sample is believable, fast enough, and the same for the same moment."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import datetime

import pytest

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.periods import local_day
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.prices import open_price_book
from alwrity_desktop.core.sample import ACCOUNT, HISTORY_DAYS, sample_budgets, sample_calls

BERLIN = "Europe/Berlin"
NOW_MS = int(datetime.fromisoformat("2026-11-20T14:32:00+01:00").timestamp() * 1000)
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    return list(sample_calls(NOW_MS, BERLIN))


@pytest.fixture(scope="module")
def this_month(calls: list[Call]) -> list[Call]:
    return [call for call in calls if local_day(call.occurred_at_ms, BERLIN) >= "2026-11-01"]


def test_that_the_same_moment_gives_the_same_calls(calls: list[Call]) -> None:
    assert list(sample_calls(NOW_MS, BERLIN)) == calls


def test_that_calls_come_in_order_and_none_after_the_moment(calls: list[Call]) -> None:
    times = [call.occurred_at_ms for call in calls]
    assert times == sorted(times)
    assert times[-1] <= NOW_MS
    assert times[0] >= NOW_MS - (HISTORY_DAYS + 1) * DAY_MS


def test_that_every_call_is_marked_as_sample_and_has_its_own_identity(calls: list[Call]) -> None:
    assert {(call.account, call.source) for call in calls} == {(ACCOUNT, "sample")}
    assert len({call.identity for call in calls}) == len(calls)
    assert 60_000 < len(calls) < 100_000


def test_that_the_present_month_looks_like_the_picture(this_month: list[Call]) -> None:
    book = open_price_book()
    settled = [book.settle(call) for call in this_month]
    usd = sum(each.cost_pico or 0 for each in settled) / 10**12
    assert 82 < usd < 87
    assert 14_400 < len(this_month) < 15_300
    assert 82_000_000 < sum(call.tokens for call in this_month) < 88_000_000
    providers = Counter(call.provider for call in this_month)
    assert set(providers) == {"anthropic", "openai", "gemini", "mistral", "stability", "tavily"}


def test_that_only_two_models_have_no_price_in_fourteen_calls(this_month: list[Call]) -> None:
    book = open_price_book()
    unpriced = [call for call in this_month if book.settle(call).status == PriceStatus.UNPRICED]
    assert len({call.model for call in unpriced}) == 2
    assert len(unpriced) == 14


def test_that_the_months_grow(calls: list[Call]) -> None:
    book = open_price_book()
    months: Counter[str] = Counter()
    for call in calls:
        months[local_day(call.occurred_at_ms, BERLIN)[:7]] += book.settle(call).cost_pico or 0
    whole = [months[f"2026-{month:02d}"] / 10**12 for month in (6, 7, 8, 9, 10)]
    assert whole == sorted(whole)
    assert 60 < whole[0] < 75
    assert 110 < whole[-1] < 122


def test_that_one_provider_is_in_trouble_and_one_is_silent(calls: list[Call]) -> None:
    last_day = [call for call in calls if call.occurred_at_ms > NOW_MS - DAY_MS]
    mistral = [call for call in last_day if call.provider == "mistral"]
    assert len(mistral) >= 20
    assert 5 <= sum(call.is_error for call in mistral) * 100 / len(mistral) < 10
    assert not [call for call in last_day if call.provider == "stability"]
    for name in ("anthropic", "openai", "gemini", "tavily"):
        well = [call for call in last_day if call.provider == name]
        assert sum(call.is_error for call in well) * 100 / len(well) < 5


def test_that_the_budgets_stand_as_in_the_picture(this_month: list[Call]) -> None:
    percents = {}
    for budget in sample_budgets():
        mine = [call for call in this_month if call.provider == budget.provider]
        if budget.kind == LimitKind.TOKENS:
            percents[budget.name] = sum(call.tokens for call in mine) * 100 / budget.limit
        elif budget.kind == LimitKind.CALLS:
            percents[budget.name] = len(mine) * 100 / budget.limit
    assert 80 <= percents.pop("Anthropic tokens") < 90
    assert all(50 < percent < 70 for percent in percents.values())


@pytest.mark.parametrize(
    ("moment", "zone"),
    [
        ("2024-02-29T00:00:00+00:00", "UTC"),
        ("2026-01-01T00:05:00+14:00", "Pacific/Kiritimati"),
        ("2026-03-29T03:00:00+02:00", "Europe/Berlin"),
        ("2027-10-31T23:59:00-03:30", "America/St_Johns"),
    ],
)
def test_that_any_moment_and_zone_has_its_sample(moment: str, zone: str) -> None:
    now_ms = int(datetime.fromisoformat(moment).timestamp() * 1000)
    made = list(sample_calls(now_ms, zone))
    assert len(made) > 50_000
    assert all(one.occurred_at_ms <= two.occurred_at_ms for one, two in itertools.pairwise(made))
    assert made[-1].occurred_at_ms <= now_ms

"""Sample data: a believable half year of calls to six providers, the same for the same moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from math import exp
from random import Random
from statistics import NormalDist
from typing import Final

import msgspec

from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.periods import custom, days, local_day
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sample_tables import (
    AGENTS,
    DAY_NOISE,
    HOURS,
    MONTHS,
    PEAKS,
    PROVIDER_NOISE,
    PROVIDERS,
    SHORTER_PER_MONTH,
    SIZE_NOISE,
    UNPRICED,
    WEEKDAYS,
    Model,
    Provider,
)

ACCOUNT: Final = "sample"
SOURCE: Final = "sample"
HISTORY_DAYS: Final = 182

_SEED: Final = 20_261_120
_MS_PER_DAY: Final = 86_400_000
_MS_PER_HOUR: Final = 3_600_000
_CONVERSATION_MS: Final = 12 * _MS_PER_HOUR

_TROUBLED_MS: Final = _MS_PER_DAY
"""How long the troubled provider has been slow and failing."""
_TROUBLED_EVERY: Final = 16
_TROUBLED_SLOWER: Final = 2.15


_NETWORK_MS: Final = 40
_OK: Final = 200

_TABLE_SIZE: Final = 2048
_QUANTILES: Final = tuple(
    NormalDist().inv_cdf((index + 0.5) / _TABLE_SIZE) for index in range(_TABLE_SIZE)
)


class _Day(msgspec.Struct):
    """One day that is being made up."""

    random: Random
    now_ms: int
    day: str
    start_ms: int
    end_ms: int
    #: What was used, in units of an average day of the present month.
    amount: float
    #: Length of calls in units of the present month's.
    length: float
    #: Calls of the troubled provider in its trouble, of the days before too.
    troubled: int = 0
    calls: list[Call] = msgspec.field(default_factory=list)


def sample_budgets() -> tuple[Budget, ...]:
    """Return the budgets that go with the sample, without ids."""
    return (
        Budget(0, "Monthly budget", LimitKind.COST, 125 * PICO_PER_USD, "month", account=ACCOUNT),
        Budget(
            0,
            "Anthropic tokens",
            LimitKind.TOKENS,
            44_000_000,
            "month",
            account=ACCOUNT,
            provider="anthropic",
        ),
        *(
            Budget(0, name, LimitKind.CALLS, limit, "month", account=ACCOUNT, provider=provider)
            for name, limit, provider in (
                ("Stability images", 150, "stability"),
                ("Tavily searches", 2_500, "tavily"),
                ("Gemini calls", 10_000, "gemini"),
            )
        ),
    )


def sample_calls(now_ms: int, timezone: str) -> Iterator[Call]:
    """Yield the calls of the half year before *now_ms*, in order of time, days in *timezone*."""
    today = date.fromisoformat(local_day(now_ms, timezone))
    first = today - timedelta(days=HISTORY_DAYS)
    month_weights: dict[str, float] = {}
    troubled = 0
    hours_of = _hours_table()
    for day, start_ms, end_ms in days(custom(first.isoformat(), today.isoformat(), timezone)):
        month = day[:7]
        if month not in month_weights:
            month_weights[month] = _weight_of_month(month, today)
        back = (today.year - int(day[:4])) * 12 + today.month - int(day[5:7])
        share = _weight_of_day(day, today) / month_weights[month]
        length = 1 / (1 - SHORTER_PER_MONTH * back)
        made = _Day(
            random=Random(f"{_SEED}:{day}"),  # noqa: S311 - made-up data, not cryptography
            now_ms=now_ms,
            day=day,
            start_ms=start_ms,
            end_ms=end_ms,
            amount=share * MONTHS[min(back, len(MONTHS) - 1)] / length,
            length=length,
            troubled=troubled,
        )
        yield from _calls_of(made, hours_of)
        troubled = made.troubled


def _calls_of(made: _Day, hours_of: Sequence[int]) -> list[Call]:
    noise = exp(made.random.gauss(0, DAY_NOISE))
    for provider in PROVIDERS:
        expected = provider.calls * made.amount * noise
        expected *= exp(made.random.gauss(0, PROVIDER_NOISE))
        count = int(expected + made.random.random())
        _add_calls(made, provider, count, hours_of)
    _add_unpriced(made)
    made.calls.sort(key=lambda call: (call.occurred_at_ms, call.identity))
    return made.calls


def _add_calls(made: _Day, provider: Provider, count: int, hours_of: Sequence[int]) -> None:
    chance = made.random.random
    times = sorted(_moment(made, hours_of, chance(), chance()) for _ in range(count))
    last_ms = made.now_ms - (_MS_PER_DAY if provider.is_quiet else 0)
    models = _cycle([model.weight for model in provider.models])
    agents = _cycle(provider.agents)
    for number, at_ms in enumerate(times):
        if at_ms > last_ms:
            break
        is_in_trouble = provider.is_troubled and at_ms > made.now_ms - _TROUBLED_MS
        made.troubled += is_in_trouble
        fails = chance() * 100 < provider.errors_percent
        if is_in_trouble:
            fails = made.troubled % _TROUBLED_EVERY == _TROUBLED_EVERY // 2
        made.calls.append(
            _call(
                made,
                provider,
                provider.models[models[int(chance() * len(models))]],
                agents[int(chance() * len(agents))],
                at_ms,
                number,
                fails=fails,
                slower=_TROUBLED_SLOWER if is_in_trouble else 1.0,
            )
        )


def _call(
    made: _Day,
    provider: Provider,
    model: Model,
    agent_index: int,
    at_ms: int,
    number: int,
    *,
    fails: bool,
    slower: float,
) -> Call:
    agent, project = AGENTS[agent_index]
    tokens = made.length * model.tokens * _around_one(made) * (not fails)
    plain, read, write, output = model.shares
    output_tokens = int(tokens * output * (0.7 + 0.6 * made.random.random()))
    return Call(
        identity=f"sample:{provider.name}:{made.day}:{number}",
        occurred_at_ms=at_ms,
        source=SOURCE,
        provider=provider.name,
        model=model.name,
        input_tokens=int(tokens * plain),
        cache_read_tokens=int(tokens * read),
        cache_write_5m_tokens=int(tokens * write),
        output_tokens=output_tokens,
        reasoning_tokens=int(output_tokens * model.reasoning),
        requests=int(provider.pieces == "requests" and not fails),
        images=int(provider.pieces == "images" and not fails),
        duration_ms=_duration_ms(made, provider, slower),
        status_code=made.random.choice(provider.error_codes) if fails else _OK,
        account=ACCOUNT,
        project=project,
        agent=agent,
        conversation=f"{_slug(agent)}-{made.day}-{at_ms // _CONVERSATION_MS % 2}",
        endpoint=provider.endpoint,
    )


def _around_one(made: _Day) -> float:
    """Return a factor whose mean is one: many short calls, a few very long ones."""
    quantile = _QUANTILES[int(made.random.random() * _TABLE_SIZE)]
    return exp(SIZE_NOISE * quantile - SIZE_NOISE**2 / 2)


def _duration_ms(made: _Day, provider: Provider, slower: float) -> int:
    quantile = _QUANTILES[int(made.random.random() * _TABLE_SIZE)]
    return int(provider.median_ms * exp(provider.spread * quantile) * slower) + _NETWORK_MS


def _add_unpriced(made: _Day) -> None:
    for provider, model, hours_ago in UNPRICED:
        for number, hours in enumerate(hours_ago):
            at_ms = made.now_ms - hours * _MS_PER_HOUR - number * 400_000
            if made.start_ms <= at_ms < made.end_ms:
                made.calls.append(
                    Call(
                        identity=f"sample:{provider}:{model}:{number}",
                        occurred_at_ms=at_ms,
                        source=SOURCE,
                        provider=provider,
                        model=model,
                        input_tokens=2_100 + 37 * number,
                        output_tokens=410 + 11 * number,
                        duration_ms=1_900 + 90 * number,
                        status_code=200,
                        account=ACCOUNT,
                        project="market-research",
                        agent="Research agent",
                        conversation=f"research-agent-{made.day}-trial",
                    )
                )


@cache
def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _weight_of_month(month: str, today: date) -> float:
    first = date.fromisoformat(f"{month}-01")
    count = ((first + timedelta(days=31)).replace(day=1) - first).days
    return sum(
        _weight_of_day((first + timedelta(days=index)).isoformat(), today) for index in range(count)
    )


def _weight_of_day(day: str, today: date) -> float:
    moment = date.fromisoformat(day)
    return WEEKDAYS[moment.weekday()] * PEAKS.get((today - moment).days, 1.0)


def _moment(made: _Day, hours_of: Sequence[int], first: float, second: float) -> int:
    hour = hours_of[int(first * len(hours_of))]
    length = (made.end_ms - made.start_ms) / len(HOURS)
    return made.start_ms + int((hour + second) * length)


def _hours_table() -> tuple[int, ...]:
    """Return the hours of the day, each as often as it is used."""
    return tuple(hour for hour, weight in enumerate(HOURS) for _ in range(round(weight * 10)))


def _cycle(weights: Sequence[int]) -> tuple[int, ...]:
    """Return the indices of *weights*, each as often as its weight."""
    return tuple(index for index, weight in enumerate(weights) for _ in range(weight))

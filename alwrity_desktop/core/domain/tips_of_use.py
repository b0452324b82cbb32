"""Tips on how models are called: caching, failures that cost, small requests, idle plans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from alwrity_desktop.core.domain.model_families import SEARCH_PROVIDERS, title_of
from alwrity_desktop.core.domain.repeats import REPEATED_REQUESTS
from alwrity_desktop.core.domain.tip import Tip, TipBasis, TipClass, TipFact
from alwrity_desktop.core.domain.tip_facts import ModelUse, TipFacts
from alwrity_desktop.core.domain.tips_of_models import LEAST_SAVING_PICO, is_at_list_price
from alwrity_desktop.core.domain.usage_sums import calls_of, cost_of, repriced
from alwrity_desktop.core.domain.words import money_words, tokens_words

MIN_CACHED_CALLS: Final = 20
MIN_CACHEABLE_TOKENS: Final = 2_000
"""Input of one call, on average, below which providers cache nothing or little."""

MIN_SMALL_CALLS: Final = 100
MAX_SMALL_TOKENS: Final = 300
"""Tokens of one call, on average, up to which several could have been one."""

MIN_SEARCHES: Final = 20
MIN_NORM_DAYS: Final = 14
MIN_SEARCH_RATIO: Final = 1.5


def caching(facts: TipFacts) -> Iterator[Tip]:
    """Yield the models whose cache costs more than it saves, and those that have none."""
    for use in facts.uses:
        if not is_at_list_price(facts, use):
            continue
        if any(row.cache_tokens for row in use.rows):
            yield from _not_paying(facts, use)
        else:
            yield from _unused(facts, use)


def _not_paying(facts: TipFacts, use: ModelUse) -> Iterator[Tip]:
    plain = [row.uncached() for row in use.rows]
    instead = repriced(plain, facts.book, use.provider, use.model)
    if instead is None or use.cost_pico - instead < LEAST_SAVING_PICO:
        return
    title = title_of(use.provider, use.model)
    written = sum(row.cache_write_5m_tokens + row.cache_write_1h_tokens for row in use.rows)
    read = sum(row.cache_read_tokens for row in use.rows)
    lost = use.cost_pico - instead
    yield Tip(
        id=f"caching_not_paying:{use.provider}:{use.model}",
        kind="caching_not_paying",
        tip_class=TipClass.DO_NOW,
        text=f"Caching costs {money_words(lost)} more than it saves with {title}",
        saving_pico=lost,
        basis=TipBasis.MEASURED,
        assumption=(
            f"The calls to {title} {facts.span_words} without any cache: all that was written to "
            "it or read from it as plain input."
        ),
        calls=use.calls,
        query=use.query,
        evidence=(
            TipFact("Written to the cache", tokens_words(written)),
            TipFact("Read from the cache", tokens_words(read)),
            TipFact("Cost", money_words(use.cost_pico)),
            TipFact("Without a cache", money_words(instead)),
        ),
        cost_pico=use.cost_pico,
        instead_pico=instead,
    )


def _unused(facts: TipFacts, use: ModelUse) -> Iterator[Tip]:
    is_long = use.input_tokens >= use.calls * MIN_CACHEABLE_TOKENS
    if use.calls < MIN_CACHED_CALLS or not is_long:
        return
    instead = repriced([row.half_cached() for row in use.rows], facts.book, use.provider, use.model)
    if instead is None or use.cost_pico - instead < LEAST_SAVING_PICO:
        return
    title = title_of(use.provider, use.model)
    yield Tip(
        id=f"caching_unused:{use.provider}:{use.model}",
        kind="caching_unused",
        tip_class=TipClass.HABIT,
        text="Enable caching to reduce redundant API calls",
        saving_pico=use.cost_pico - instead,
        basis=TipBasis.ESTIMATED,
        assumption=(
            f"Half of the input of the calls to {title} {facts.span_words} repeats what was sent "
            "before, and would have been read from the cache. Nothing was read from it so far; "
            "what writing to it costs is not counted."
        ),
        calls=use.calls,
        query=use.query,
        evidence=(
            TipFact("Input", tokens_words(use.input_tokens)),
            TipFact("Input of a call", tokens_words(use.input_tokens // use.calls)),
            TipFact("Cost", money_words(use.cost_pico)),
            TipFact("With half of the input cached", money_words(instead)),
        ),
        cost_pico=use.cost_pico,
        instead_pico=instead,
    )


def paid_failures(facts: TipFacts) -> Iterator[Tip]:
    """Yield the models whose failing calls cost money."""
    for use in facts.uses:
        failed = [row for row in use.rows if row.is_error]
        cost_pico, calls = cost_of(failed), calls_of(failed)
        if cost_pico < LEAST_SAVING_PICO:
            continue
        title, query = title_of(use.provider, use.model), use.query
        plural = "call" if calls == 1 else "calls"
        yield Tip(
            id=f"paid_failures:{use.provider}:{use.model}",
            kind="paid_failures",
            tip_class=TipClass.DO_NOW,
            text=f"{calls:,} failed {plural} to {title} cost {money_words(cost_pico)}",
            saving_pico=cost_pico,
            basis=TipBasis.MEASURED,
            assumption=f"None of the {plural} that failed {facts.span_words} had been made.",
            calls=calls,
            query=replace(query, state="error"),
            evidence=(
                TipFact("Failed", f"{calls:,} of {use.calls:,}"),
                TipFact("Cost of all calls", money_words(use.cost_pico)),
            ),
            cost_pico=cost_pico,
            instead_pico=0,
        )


def repeated_requests(facts: TipFacts) -> Iterator[Tip]:
    """Yield the models that are asked the same again while the answer could be kept."""
    for repeated in facts.repeated:
        use = facts.use_of(repeated.provider, repeated.model)
        if use is None or repeated.cost_pico < LEAST_SAVING_PICO:
            continue
        title, query, cost = title_of(use.provider, use.model), use.query, repeated.cost_pico
        plural = "call" if repeated.calls == 1 else "calls"
        yield Tip(
            id=f"{REPEATED_REQUESTS}:{use.provider}:{use.model}",
            kind=REPEATED_REQUESTS,
            tip_class=TipClass.HABIT,
            text=(
                f"{repeated.calls:,} {plural} to {title} sent a request again that was answered "
                f"already, for {money_words(cost)}"
            ),
            saving_pico=cost,
            basis=TipBasis.MEASURED,
            assumption=(
                f"Each answer {facts.span_words} had been kept for a day and given again to the "
                "same request, word for word. Where another answer to the same question is "
                "wanted, as with a temperature above 0, the calls are needed."
            ),
            calls=repeated.calls,
            query=replace(query, state="repeated"),
            evidence=(
                TipFact("Repeats", f"{repeated.calls:,} of {use.calls:,} calls"),
                TipFact("Different requests", f"{repeated.requests:,}"),
                TipFact("Most repeats of one", f"{repeated.most:,}"),
                TipFact("Cost of all calls", money_words(use.cost_pico)),
            ),
            cost_pico=cost,
            instead_pico=0,
        )


def small_requests(facts: TipFacts) -> Iterator[Tip]:
    """Yield the models that are asked very often for very little."""
    for use in facts.uses:
        tokens = use.input_tokens + use.output_tokens
        if not tokens or use.calls < MIN_SMALL_CALLS or tokens > use.calls * MAX_SMALL_TOKENS:
            continue
        yield Tip(
            id=f"small_requests:{use.provider}:{use.model}",
            kind="small_requests",
            tip_class=TipClass.HABIT,
            text="Batch similar requests to reduce API call costs",
            saving_pico=None,
            basis=TipBasis.MEASURED,
            assumption=(
                f"{use.calls:,} calls to {title_of(use.provider, use.model)} {facts.span_words} "
                f"had {tokens // use.calls} tokens each. What one call for several would save "
                "depends on what they share, which is not known."
            ),
            calls=use.calls,
            query=use.query,
            evidence=(
                TipFact("Calls", f"{use.calls:,}"),
                TipFact("Tokens of a call", tokens_words(tokens // use.calls)),
            ),
        )


def more_searches(facts: TipFacts) -> Iterator[Tip]:
    """Yield a note where there are far more searches a day than there were before."""
    search = facts.search
    if search is None or search.calls < MIN_SEARCHES or search.days_before < MIN_NORM_DAYS:
        return
    if not search.calls_before or not search.days:
        return
    now, norm = search.calls / search.days, search.calls_before / search.days_before
    if now < norm * MIN_SEARCH_RATIO:
        return
    yield Tip(
        id="more_searches",
        kind="more_searches",
        tip_class=TipClass.INFORMATION,
        text=f"Your search API usage is {now / norm:.1f}x higher than average",
        saving_pico=None,
        basis=TipBasis.MEASURED,
        assumption=(
            f"{now:.1f} searches a day {facts.span_words}, against {norm:.1f} in the "
            f"{search.days_before} days before."
        ),
        calls=search.calls,
        query=facts.query,
        evidence=(
            TipFact("Searches a day", f"{now:.1f}"),
            TipFact("Before", f"{norm:.1f}"),
            TipFact("Providers", ", ".join(sorted(SEARCH_PROVIDERS))),
        ),
    )


def idle_plan(facts: TipFacts) -> Iterator[Tip]:
    """Yield the subscription that is paid and not used."""
    idle = facts.idle
    if idle is None or not idle.fee_monthly_pico:
        return
    fee = money_words(idle.fee_monthly_pico)
    yield Tip(
        id=f"idle_plan:{idle.plan}",
        kind="idle_plan",
        tip_class=TipClass.DO_NOW,
        text=f"The plan {idle.plan} costs {fee} a month and was not used",
        saving_pico=idle.fee_monthly_pico,
        basis=TipBasis.MEASURED,
        assumption=(
            f"The subscription ends and nothing else changes: no call for {idle.idle_days} days."
        ),
        calls=0,
        query=facts.query,
        evidence=(TipFact("Fee a month", fee), TipFact("Days without a call", f"{idle.idle_days}")),
        cost_pico=idle.fee_monthly_pico,
        instead_pico=0,
    )

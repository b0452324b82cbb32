"""What a person said of tips, and what a tip that was done has brought."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain.model_families import title_of
from alwrity_desktop.core.domain.money import divide_half_even
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.repeats import REPEATED_REQUESTS
from alwrity_desktop.core.domain.tip import Tip, TipBasis, TipCalls, TipClass, TipState
from alwrity_desktop.core.domain.usage_sums import UsageSums, calls_of, cost_of, repriced
from alwrity_desktop.core.domain.words import money_words

DAY_MS: Final = 86_400_000

MEASURED_AFTER_DAYS: Final = 7
"""So long after it was done a tip is measured again, over just these days."""

SHOWN_DAYS: Final = 30
"""So long what it brought is shown; then the advice may come again."""

SNOOZE_DAYS: Final = 7


class KeptTip(msgspec.Struct, frozen=True):
    """What a person said of one tip, and as much of it as is measured again."""

    account: str
    tip_id: str
    state: TipState
    set_at_ms: int
    #: When a snoozed tip comes back, UTC milliseconds.
    until_ms: int | None = None
    kind: str = ""
    text: str = ""
    provider: str | None = None
    model: str | None = None
    instead_provider: str | None = None
    instead_model: str | None = None

    def changed(self, state: TipState, now_ms: int, until_ms: int | None = None) -> KeptTip:
        """Return the same tip with what is said of it now."""
        return replace(self, state=state, set_at_ms=now_ms, until_ms=until_ms)


def kept_of(
    account: str, tip: Tip, state: TipState, now_ms: int, until_ms: int | None = None
) -> KeptTip:
    """Return what is kept when *tip* becomes *state*."""
    return KeptTip(
        account=account,
        tip_id=tip.id,
        state=state,
        set_at_ms=now_ms,
        until_ms=until_ms,
        kind=tip.kind,
        text=tip.text,
        provider=tip.query.provider,
        model=tip.query.model,
        instead_provider=tip.instead_provider,
        instead_model=tip.instead_model,
    )


class Measured(msgspec.Struct, frozen=True):
    """The calls that tell what a tip has brought, of the days before and after it was done."""

    before: Sequence[UsageSums]
    after: Sequence[UsageSums]
    start_ms: int
    end_ms: int
    #: What repeated requests cost among them, before and after.
    repeats_pico: tuple[int, int] = (0, 0)


def measured_model(kept: KeptTip) -> tuple[str, str] | None:
    """Return the provider and model whose calls tell what the tip brought; None if none do."""
    provider, model = kept.provider, kept.model
    if kept.instead_model is not None and kept.instead_model != kept.model:
        provider, model = kept.instead_provider, kept.instead_model
    return None if provider is None or model is None else (provider, model)


def visible(
    tips: Iterable[Tip],
    kept: Iterable[KeptTip],
    now_ms: int,
    outcome: Callable[[KeptTip], Tip | None],
) -> tuple[Tip, ...]:
    """Return the tips that are not put off, and what those brought that were done.

    *outcome* measures a done tip; it is asked once a week has passed.
    """
    said = {one.tip_id: one for one in kept}
    open_tips = [tip for tip in tips if not _is_hidden(said.get(tip.id), now_ms)]
    done = [
        measured
        for one in said.values()
        if one.state is TipState.DONE
        and MEASURED_AFTER_DAYS * DAY_MS <= now_ms - one.set_at_ms < SHOWN_DAYS * DAY_MS
        and (measured := outcome(one)) is not None
    ]
    return (*open_tips, *done)


def _is_hidden(kept: KeptTip | None, now_ms: int) -> bool:
    if kept is None:
        return False
    if kept.state is TipState.SNOOZED:
        return kept.until_ms is not None and now_ms < kept.until_ms
    if kept.state is TipState.DONE:
        return now_ms - kept.set_at_ms < SHOWN_DAYS * DAY_MS
    return kept.state is TipState.DISMISSED


def outcome_of(kept: KeptTip, measured: Measured, book: PriceBook) -> Tip | None:
    """Return the tip with what it brought; None where no call tells."""
    named = measured_model(kept)
    if named is None or not measured.after:
        return None
    is_move = named != (kept.provider, kept.model)
    before_pico, now_pico = _costs(kept, measured)
    once_pico = (
        repriced(measured.after, book, kept.provider or "", kept.model or "")
        if is_move
        else _at_the_rate_before(before_pico, measured)
    )
    if once_pico is None:
        return None
    brought = once_pico - now_pico
    words = f"brought {money_words(brought)}" if brought >= 0 else f"cost {money_words(-brought)}"
    return Tip(
        id=kept.tip_id,
        kind=kept.kind,
        tip_class=TipClass.INFORMATION,
        text=f"Done, and it {words} in {MEASURED_AFTER_DAYS} days: {kept.text}",
        saving_pico=None,
        basis=TipBasis.MEASURED,
        assumption=_ground(kept, title_of(*named), is_move=is_move),
        calls=calls_of(measured.after),
        query=TipCalls(measured.start_ms, measured.end_ms, *named),
        cost_pico=now_pico,
        instead_pico=once_pico,
        instead_provider=kept.instead_provider,
        instead_model=kept.instead_model,
        state=TipState.DONE,
        done_at_ms=kept.set_at_ms,
        brought_pico=brought,
    )


def _ground(kept: KeptTip, title: str, *, is_move: bool) -> str:
    then = (
        f"they would have cost on {title_of(kept.provider or '', kept.model or '')}"
        if is_move
        else "as many calls cost in as many days before"
    )
    which = "The repeats among the calls" if kept.kind == REPEATED_REQUESTS else "The calls"
    return f"{which} to {title} in the {MEASURED_AFTER_DAYS} days since then, beside what {then}."


def _costs(kept: KeptTip, measured: Measured) -> tuple[int, int]:
    """Return what the calls cost that the tip was about, before and after."""
    if kept.kind == REPEATED_REQUESTS:
        return measured.repeats_pico
    is_failures = kept.kind == "paid_failures"
    before, after = (
        cost_of(row for row in rows if row.is_error or not is_failures)
        for rows in (measured.before, measured.after)
    )
    return before, after


def _at_the_rate_before(before_pico: int, measured: Measured) -> int | None:
    """Return what as many calls as after cost before; None without any before."""
    calls = calls_of(measured.before)
    return divide_half_even(before_pico * calls_of(measured.after), calls) if calls else None

"""The words about prices that are applied to past calls: what moves, of which calls, how far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.periods import local_day
from alwrity_desktop.core.domain.repricing import RepriceQuestion, Repricing, RevisionKind
from alwrity_desktop.ui import formatting

Writer = Callable[[int | None], str]

_UNCHANGED: Final = "$0.00"


def _tr(text: str) -> str:
    return QCoreApplication.translate("repricing", text)


def calls(number: int) -> str:
    """Return a number of calls in words."""
    if number == 1:
        return _tr("1 call")
    return _tr("{calls} calls").format(calls=formatting.count(number))


def writer(result: Repricing) -> Writer:
    """Return how the money of *result* is written: sums under a dollar with four decimals."""
    largest = max(abs(result.before_pico), abs(result.after_pico))
    return formatting.money if largest >= PICO_PER_USD else formatting.money_small


def difference(before_pico: int, after_pico: int, write: Writer) -> str:
    """Return by how much a sum moves, with its sign: "+$6.25", "-$0.0052"."""
    moved = after_pico - before_pico
    if not moved:
        return _UNCHANGED
    return f"{'+' if moved > 0 else '-'}{write(abs(moved))}"


def sentence(result: Repricing) -> str:
    """Return what *result* changes, has changed or has taken back."""
    if not result.models:
        return _nothing(result)
    write = writer(result)
    if result.can_change:
        template = _tr("{calls} would move from {before} to {after} ({difference}).")
    elif result.kind is RevisionKind.UNDONE:
        template = _tr("{calls} moved back from {before} to {after} ({difference}).")
    else:
        template = _tr("{calls} moved from {before} to {after} ({difference}).")
    return template.format(
        calls=calls(result.changed),
        before=write(result.known_before_pico),
        after=write(result.known_after_pico),
        difference=difference(result.before_pico, result.after_pico, write),
    )


def _nothing(result: Repricing) -> str:
    if result.kind is RevisionKind.UNDONE:
        return _tr("Newer copies of these calls have come since: nothing was left to take back.")
    if not result.calls:
        return _tr("There are no such calls.")
    if result.calls == 1:
        return _tr("Nothing changes: 1 call costs what it costs.")
    template = _tr("Nothing changes: {calls} cost what they cost.")
    return template.format(calls=calls(result.calls))


def take_back_sentence(result: Repricing) -> str:
    """Return what taking *result* back will do."""
    template = _tr("Taking it back moves {calls} from {after} to {before} again.")
    write = writer(result)
    return template.format(
        calls=calls(result.changed),
        after=write(result.known_after_pico),
        before=write(result.known_before_pico),
    )


def question_words(question: RepriceQuestion, made_at_ms: int, timezone: str) -> str:
    """Return which calls were asked about: "1 – 30 Nov, Anthropic", "All calls"."""
    words = [_span(question, made_at_ms, timezone)]
    if question.provider is not None:
        words.append(formatting.provider_label(question.provider))
    if question.model is not None:
        words.append(question.model)
    if question.with_reported:
        words.append(_tr("reported costs too"))
    return ", ".join(words)


def _span(question: RepriceQuestion, made_at_ms: int, timezone: str) -> str:
    is_to_the_end = question.end_ms > made_at_ms
    if is_to_the_end and question.start_ms <= 0:
        return _tr("All calls")
    first = local_day(question.start_ms, timezone)
    if is_to_the_end:
        return _tr("Calls since {day}").format(day=formatting.day_year(first))
    return formatting.span(first, local_day(question.end_ms - 1, timezone))

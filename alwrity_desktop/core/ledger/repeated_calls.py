"""Answers for calls that one batch tells twice: the second is a call that is known already."""

from __future__ import annotations

from msgspec.structs import replace

from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.batches import Batch, BatchResult, Booked
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.matching import KnownCalls, figures_of


def answer_repeats(connection: Connection, batch: Batch, result: BatchResult) -> BatchResult:
    """Return *result* of the booked *batch* with each repeat answered as in a later batch.

    The first call of an identity has the ledger's own answer. Where better copies correct a
    call there are no repeats to tell of.
    """
    if batch.is_corrected_by_copies:
        return result
    repeats = _repeats(batch)
    if not repeats:
        return result
    known = KnownCalls(connection, list(repeats.values()))
    answers = list(result.booked)
    for place, call in repeats.items():
        answers[place] = _known_already(answers[place], call, known)
    return replace(result, booked=tuple(answers))


def _repeats(batch: Batch) -> dict[int, Call]:
    """Return the calls whose identity came before, by their places."""
    seen: set[str] = set()
    repeats: dict[int, Call] = {}
    for place, call in enumerate(batch.calls):
        if call.identity in seen:
            repeats[place] = call
        seen.add(call.identity)
    return repeats


def _known_already(answer: Booked, call: Call, known: KnownCalls) -> Booked:
    kept = known.find(call)
    is_different = kept is not None and figures_of(call) != figures_of(kept.call)
    return replace(answer, is_new=False, is_different=is_different)

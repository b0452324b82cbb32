"""Sightings: which records of different sources are the same call, and which of them decides.

Two records of one source are never the same call here: a source tells its own copies apart.
Records of different sources are the same call when the provider's own id of the answer says so,
or when one of them has no such id and model, token counts and time agree, with one candidate on
either side. Whatever could be one of two calls stays a call of its own.

Every rule asks only about the set of records, never about the order in which they came.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from operator import attrgetter
from typing import Final, NamedTuple

import msgspec

from alwrity_desktop.core.domain.providers import bare_name
from alwrity_desktop.core.domain.row_identity import is_weak
from alwrity_desktop.core.domain.usage import PriceStatus

NEAR_MS: Final = 5_000
"""Clocks and logs differ by less."""

MAX_DURATION_MS: Final = 600_000
"""One source notes when a call began and another when it ended, up to so far apart."""

MAX_GAP_MS: Final = NEAR_MS + MAX_DURATION_MS

ID_SPAN_MS: Final = 24 * 3_600_000
"""An id that is met again after longer is another answer's."""

REACH: Final = 3
"""So many steps from a new record its company may change: see ``alike``."""

_PREFIX: Final = re.compile(r"[A-Za-z]+[-_]")
_DATED: Final = re.compile(r"(-latest|[-@]20\d{6}|-20\d\d-\d\d-\d\d)$")
_MAX_ID: Final = 200

_LOGS: Final = frozenset({"claude-code", "codex", "gemini-cli", "opencode", "copilot-cli"})
_SERVERS: Final = frozenset({"alwrity", "litellm"})
GATEWAY: Final = "gateway"

_REPORTED, _PASSED, _LOGGED, _SERVED, _TOLD, _GUESSED = range(6)


class CallContext(NamedTuple):
    """What a call belongs to, "" where it is not known."""

    project: str = ""
    agent: str = ""
    conversation: str = ""
    api_key: str = ""


class Sighting(msgspec.Struct, frozen=True):
    """A call as one source saw it, as far as it tells whether another saw the same."""

    #: Number of the record; nothing is decided by it.
    row: int
    account: str
    source: str
    provider: str
    model: str
    #: As the source has it; see ``usable_id``.
    response_id: str
    occurred_at_ms: int
    duration_ms: int | None
    #: All input: some sources do not tell cached input apart.
    input_tokens: int
    output_tokens: int
    price_status: str = PriceStatus.PRICED
    is_estimated: bool = False
    project: str = ""
    agent: str = ""
    conversation: str = ""
    api_key: str = ""

    @property
    def context(self) -> CallContext:
        """What the record says that its call belongs to."""
        return CallContext(self.project, self.agent, self.conversation, self.api_key)

    @property
    def figures(self) -> tuple[str, str, int, int]:
        """What must be equal in two records of one call that no id ties together."""
        return self.provider, plain_model(self.model), self.input_tokens, self.output_tokens


Figures = tuple[str, str, int, int]


@lru_cache(maxsize=4096)
def plain_model(model: str) -> str:
    """Return the name of a model without its road and its date: sources write it differently."""
    return _DATED.sub("", bare_name(model))


def usable_id(response_id: str) -> str:
    """Return the provider's id of an answer, "" for what many answers may be called."""
    given = response_id.strip()
    if len(given) > _MAX_ID or not given.isprintable() or is_weak(given):
        return ""
    return "" if is_weak(_PREFIX.sub("", given, count=1)) else given


def is_near(one: Sighting, other: Sighting) -> bool:
    """Return whether two records may be of the same moment."""
    gap_ms = abs(one.occurred_at_ms - other.occurred_at_ms)
    longest_ms = max(one.duration_ms or 0, other.duration_ms or 0)
    return gap_ms <= NEAR_MS + min(longest_ms, MAX_DURATION_MS)


def is_alike(one: Sighting, other: Sighting) -> bool:
    """Return whether two records may be the same call by what they say, whatever their ids.

    Two tools never note each other's calls.
    """
    return (
        one.source != other.source
        and not _LOGS.issuperset((one.source, other.source))
        and one.input_tokens + one.output_tokens > 0
        and one.figures == other.figures
        and is_near(one, other)
    )


def evidence(sighting: Sighting) -> tuple[int, str]:
    """Return how far a record decides about its call; the least decides.

    What the provider reported, then what passed by, then what a tool noted of it, then what a
    server did, then what was told. Estimates come last.
    """
    source = sighting.source
    if sighting.is_estimated:
        rank = _GUESSED
    elif source in _SERVERS:
        rank = _SERVED
    elif source == GATEWAY or source in _LOGS:
        is_reported = sighting.price_status == PriceStatus.REPORTED
        rank = _REPORTED if is_reported else _PASSED if source == GATEWAY else _LOGGED
    else:
        rank = _TOLD
    return rank, source


def context_of(group: Iterable[Sighting]) -> tuple[CallContext, bool]:
    """Return what a call belongs to, and whether a flat-rate plan paid.

    Each from the record that decides most of those that know it.
    """
    ordered = sorted(group, key=evidence)
    known = zip(*(one.context for one in ordered), strict=True)
    context = CallContext(*(next(filter(None, values), "") for values in known))
    statuses = {one.price_status for one in ordered}
    return context, PriceStatus.LIST_EQUIVALENT in statuses


class _Party(msgspec.Struct, frozen=True, eq=False):
    """Records that one id ties together, or a record alone."""

    members: tuple[Sighting, ...]
    sources: frozenset[str]
    has_id: bool


def alike(sightings: Sequence[Sighting]) -> list[tuple[Sighting, ...]]:
    """Return *sightings* in groups, each of one call, the record that decides first.

    Whether records belong together depends on those within two steps of likeness of either, so
    a new record changes the company of records at most ``REACH`` steps away.
    """
    parties = _parties(sightings)
    of_row = {one.row: party for party in parties for one in party.members}
    candidates = _candidates(parties, of_row)
    pairs = {
        party: frozenset(other for other in near if _is_only(party, other, candidates))
        for party, near in candidates.items()
    }
    groups: list[tuple[Sighting, ...]] = []
    taken: set[_Party] = set()
    for party in parties:
        if party in taken:
            continue
        company = {party, *pairs.get(party, ())}
        is_settled = all({other, *pairs[other]} == company for other in company if len(company) > 1)
        together = company if is_settled else {party}
        taken |= together
        members = (one for each in together for one in each.members)
        groups.append(tuple(sorted(members, key=evidence)))
    return groups


def _parties(sightings: Sequence[Sighting]) -> list[_Party]:
    by_id: defaultdict[tuple[str, str], list[Sighting]] = defaultdict(list)
    parties = []
    for one in sightings:
        response_id = usable_id(one.response_id)
        if response_id:
            by_id[one.provider, response_id].append(one)
        else:
            parties.append(_alone(one))
    for together in by_id.values():
        if _is_one_call(together):
            sources = frozenset(one.source for one in together)
            parties.append(_Party(tuple(together), sources, has_id=True))
        else:
            parties += map(_alone, together)
    return parties


def _alone(one: Sighting) -> _Party:
    return _Party((one,), frozenset((one.source,)), has_id=False)


def _is_one_call(together: Sequence[Sighting]) -> bool:
    """Return whether an id means one call: no source repeats it, for one model, at one time."""
    times = [one.occurred_at_ms for one in together]
    return (
        len({one.source for one in together}) == len(together)
        and len({plain_model(one.model) for one in together}) == 1
        and max(times) - min(times) <= ID_SPAN_MS
    )


_Candidates = dict[_Party, set[_Party]]


def _candidates(parties: Sequence[_Party], of_row: dict[int, _Party]) -> _Candidates:
    found: defaultdict[_Party, set[_Party]] = defaultdict(set)
    for one, other in _alike_pairs(one for party in parties for one in party.members):
        left, right = of_row[one.row], of_row[other.row]
        if (left.has_id and right.has_id) or left.sources & right.sources:
            continue
        found[left].add(right)
        found[right].add(left)
    return found


def _alike_pairs(sightings: Iterable[Sighting]) -> Iterator[tuple[Sighting, Sighting]]:
    by_figures: defaultdict[Figures, defaultdict[str, list[Sighting]]]
    by_figures = defaultdict(lambda: defaultdict(list))
    for one in sightings:
        by_figures[one.figures][one.source].append(one)
    for by_source in by_figures.values():
        for ones, others in combinations(by_source.values(), 2):
            yield from _near_pairs(ones, others)


def _near_pairs(
    ones: Sequence[Sighting], others: Sequence[Sighting]
) -> Iterator[tuple[Sighting, Sighting]]:
    in_order = sorted(others, key=_time)
    longest_ms = max(one.duration_ms or 0 for one in (*ones, *others))
    reach_ms = NEAR_MS + min(longest_ms, MAX_DURATION_MS)
    for one in ones:
        low = bisect_left(in_order, one.occurred_at_ms - reach_ms, key=_time)
        high = bisect_right(in_order, one.occurred_at_ms + reach_ms, key=_time)
        for other in in_order[low:high]:
            if is_alike(one, other):
                yield one, other


def _is_only(party: _Party, other: _Party, candidates: _Candidates) -> bool:
    """Return whether each of two is all that the other's sources have for it."""
    return _is_all(party, other, candidates) and _is_all(other, party, candidates)


def _is_all(party: _Party, other: _Party, candidates: _Candidates) -> bool:
    return all(
        near is other or near.sources.isdisjoint(other.sources) for near in candidates[party]
    )


_time: Final = attrgetter("occurred_at_ms")

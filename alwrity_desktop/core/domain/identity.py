"""Identity: which records are the same call, and which of its copies is kept.

An identity is ``provider:message:request``. The part up to the last colon is the *group*: the
copies of one message. A copy is *loose* when it cannot say by its request which call it is:
it has no request id, or a side conversation repeated it. Two copies are the same call when
their identities are equal, or when they share a group and either is loose.

An identity whose message part is empty (``provider::anything``) or that has only one colon
stands alone: it has no group but itself. An id that a person's own program gave says by itself
which call it is, whatever colons are in it: it is never loose.
"""

from __future__ import annotations

from collections.abc import Iterable, KeysView
from typing import Final

import msgspec

from alwrity_desktop.core.domain.usage import Call

_ENCODER: Final = msgspec.msgpack.Encoder()
_TOLD: Final = "record:"


def message_identity(provider: str, message_id: str, request_id: str | None) -> str:
    """Return the identity of a call that answers *message_id*; the request may be unknown.

    Colons separate the parts, so a request id cannot hold one as it is.
    """
    request = request_id.replace(":", "%3A") if request_id else ""
    return f"{provider}:{message_id}:{request}"


def lone_identity(provider: str, key: str) -> str:
    """Return the identity of a call that only *key* tells apart; it has no group."""
    return f"{provider}::{key.replace(':', '%3A')}"


def group_of(identity: str) -> str:
    """Return the group of *identity*, *identity* itself when it stands alone."""
    head, _, _ = identity.rpartition(":")
    message = head.rpartition(":")[2] if ":" in head else ""
    return f"{head}:" if message else identity


def is_loose(call: Call) -> bool:
    """Return whether *call* belongs to whatever call of its group there is."""
    identity = call.identity
    if not call.is_sidechain and not identity.endswith(":"):
        return False
    return group_of(identity).endswith(":") and not identity.startswith(_TOLD)


def is_better(candidate: Call, existing: Call) -> bool:
    """Return whether of two copies of one call *candidate* is the one to keep.

    The main conversation's copy over a side conversation's, then the larger token total, then
    the larger output, then the earlier time. What is still equal is ordered by its bytes, so
    that the answer never depends on which was read first.
    """
    if candidate.is_sidechain != existing.is_sidechain:
        return existing.is_sidechain
    tokens, other_tokens = candidate.tokens, existing.tokens
    if tokens != other_tokens:
        return tokens > other_tokens
    if candidate.output_tokens != existing.output_tokens:
        return candidate.output_tokens > existing.output_tokens
    if candidate.occurred_at_ms != existing.occurred_at_ms:
        return candidate.occurred_at_ms < existing.occurred_at_ms
    return _ENCODER.encode(candidate) < _ENCODER.encode(existing)


def merge(calls: Iterable[Call]) -> list[Call]:
    """Return each call once, the best of its copies, in any order of *calls* the same set."""
    merger = Merger()
    merger.add(calls)
    return merger.distinct()


def candidates(calls: Iterable[Call]) -> list[Call]:
    """Return those of some copies that can matter when others are known too.

    They are the best of each identity and the best loose one of each group, apart: to which
    call that belongs is known only when all copies are. One that a call of its group is better
    than belongs to that or to a better one, and changes neither.
    """
    merger = Merger()
    merger.add(calls)
    return merger.candidates()


class Merger:
    """Keeps the best copy of each call while copies come in.

    A call takes the request id of a copy that has one. Where a group holds several request
    ids of the main conversation, each is a call, and the loose copies belong to the best.
    """

    def __init__(self) -> None:
        self._best: dict[str, Call] = {}
        self._loose: dict[str, Call] = {}
        #: By identity, the loose copy whose figures a call has.
        self._taken: dict[str, Call] = {}

    def add(self, calls: Iterable[Call]) -> None:
        """Take in some copies; in which order does not matter."""
        best = self._best
        for call in calls:
            identity = call.identity
            if (call.is_sidechain or identity[-1:] == ":") and is_loose(call):
                identity = group_of(identity)
                kept = self._loose.get(identity)
                if kept is None or is_better(call, kept):
                    self._loose[identity] = call
                continue
            kept = best.get(identity)
            if kept is None or is_better(call, kept):
                best[identity] = call

    @property
    def loose_groups(self) -> KeysView[str]:
        """The groups that have loose copies: each looks for a call of its group."""
        return self._loose.keys()

    def candidates(self) -> list[Call]:
        """Return the copies that can matter when more are added; see ``candidates``."""
        owners = self._owners()
        loose = (
            copy
            for group, copy in self._loose.items()
            if group not in owners or is_better(copy, owners[group])
        )
        return [*self._best.values(), *loose]

    def distinct(self) -> list[Call]:
        """Return each call once; nothing can be added afterwards."""
        self._attach()
        return list(self._best.values())

    def copy_behind(self, call: Call) -> Call:
        """Return the copy that was added whose figures one of the distinct calls has."""
        return self._taken.get(call.identity, call)

    def _attach(self) -> None:
        """Give each group's best loose copy to the best call of the group, else keep it alone."""
        best, owners = self._best, self._owners()
        for group, loose in self._loose.items():
            owner = owners.get(group)
            if owner is None:
                best[loose.identity] = loose
            elif is_better(loose, owner):
                best[owner.identity] = msgspec.structs.replace(loose, identity=owner.identity)
                self._taken[owner.identity] = loose

    def _owners(self) -> dict[str, Call]:
        """Return the best call of each group that has a loose copy."""
        owners: dict[str, Call] = {}
        if not self._loose:
            return owners
        for identity, call in self._best.items():
            # Quicker than group_of, and the same here: no lone identity begins with a loose group.
            group = identity[: identity.rfind(":") + 1]
            if group in self._loose and (group not in owners or is_better(call, owners[group])):
                owners[group] = call
        return owners

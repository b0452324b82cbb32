"""The gateway's addresses: which provider a path means, and what of it is the provider's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

import msgspec

from alwrity_desktop.core.gateway.dialects.base import MAX_NAME, Dialect
from alwrity_desktop.core.gateway.dialects.registry import COMPATIBLE, PROVIDERS
from alwrity_desktop.core.gateway.upstreams import ADDRESS_TAGS

HEALTH: Final = "/healthz"

#: A slash, backslash or end of text in disguise; also one that is disguised twice.
_DISGUISED: Final = re.compile(r"%(?:25)*(?:2f|5c|00|0a|0d)", re.IGNORECASE)
_CONTROLS: Final = re.compile(r"[\x00-\x20\x7f\\]")
_KEPT: Final = 1000
_DECODINGS: Final = 6
"""What is still disguised after so many decodings hides something."""

_UPS: Final = frozenset({".", ".."})


class Upstream(msgspec.Struct, frozen=True):
    """Where a provider's calls go."""

    provider: str
    dialect: Dialect
    #: Without a slash at the end.
    url: str


class Address(msgspec.Struct, frozen=True):
    """What the path of a request means."""

    upstream: Upstream
    #: The provider's own path, decoded, without the query: for telling routes apart only.
    path: str
    #: The same as it was sent, with the query: this is what goes on.
    target: str
    tags: Mapping[str, str]


class AddressBook:
    """The fixed list of upstreams: there is no way to any other."""

    def __init__(self, own: Mapping[str, str]) -> None:
        """Know the providers, with *own* addresses and names of the person's added."""
        self._found: dict[str, Address | None] = {}
        known = {name: each.url for name, each in PROVIDERS.items()} | dict(own)
        self._upstreams = {
            name: Upstream(name, PROVIDERS[name].dialect if name in PROVIDERS else COMPATIBLE, url)
            for name, url in known.items()
        }

    @property
    def providers(self) -> tuple[str, ...]:
        """The names that addresses begin with."""
        return tuple(self._upstreams)

    @property
    def urls(self) -> tuple[str, ...]:
        """Where calls can go."""
        return tuple(each.url for each in self._upstreams.values())

    def find(self, target: str) -> Address | None:
        """Return what *target*, as it was sent, means; None for what leads nowhere."""
        if target in self._found:
            return self._found[target]
        found = self._find(target)
        # Programs ask the same few addresses; a query is each time another one, and may hold a key.
        if "?" not in target and len(self._found) < _KEPT:
            self._found[target] = found
        return found

    def _find(self, target: str) -> Address | None:
        raw, _, query = target.partition("?")
        if not is_sound(raw):
            return None
        parts = raw.split("/")[1:]
        tags: dict[str, str] = {}
        while len(parts) > 2 and parts[0] in ADDRESS_TAGS:  # noqa: PLR2004 - a name and its value
            tags[ADDRESS_TAGS[parts[0]]] = clean(unquote(parts[1]))
            parts = parts[2:]
        upstream = self._upstreams.get(parts[0])
        if upstream is None or len(parts) == 1:
            return None
        path = "/" + "/".join(parts[1:])
        mark = "?" if "?" in target else ""
        return Address(upstream, unquote(path), f"{path}{mark}{query}", tags)


def is_sound(raw: str) -> bool:
    """Return whether a path stays where it says that it is, however often it is decoded."""
    if not raw.startswith("/") or "//" in raw or _CONTROLS.search(raw) or _DISGUISED.search(raw):
        return False
    decoded = raw
    for _ in range(_DECODINGS):
        if not _UPS.isdisjoint(decoded.split("/")) or _CONTROLS.search(decoded.replace(" ", "")):
            return False
        before, decoded = decoded, unquote(decoded)
        if decoded == before:
            return True
    return False


def clean(text: str) -> str:
    """Return a name as it can be kept: in one line, and not too long."""
    if text.isprintable() and len(text) <= MAX_NAME:
        return text.strip()
    return "".join(each for each in text if each.isprintable()).strip()[:MAX_NAME]

"""What the gateway is started with."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.keyed_hash import KeyedHash

DEFAULT_PORT: Final = 4815
TAG_FIELDS: Final = ("project", "agent", "conversation")

ADDRESS_TAGS: Final = MappingProxyType({name: name for name in TAG_FIELDS} | {"key": "api_key"})
"""What an address can say of its calls before the provider, by the word that it uses."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
#: First parts of the gateway's own addresses.
_RESERVED: Final = frozenset({"healthz", "v1", *ADDRESS_TAGS})
_METADATA_NETWORK: Final = ipaddress.ip_network("169.254.0.0/16")


class GatewayConfig(msgspec.Struct, frozen=True):
    """The gateway's settings, fixed while it runs."""

    #: The folder of the spool, for its owner alone.
    folder: Path
    #: 0 for any free one.
    port: int = DEFAULT_PORT
    #: The person's own addresses by provider.
    upstreams: Mapping[str, str] = msgspec.field(default_factory=dict)
    #: Names of the headers that say a call's project, agent and conversation.
    tag_headers: tuple[str, ...] = ("X-Project", "X-Agent", "X-Conversation")
    #: True to ask providers that allow it to count their streams.
    asks_usage: bool = False
    #: True to refuse calls while a blocking budget cannot be checked.
    fails_closed: bool = False
    #: "provider/model" or "model" of those that may pass a cost budget without a price.
    unpriced_allowed: frozenset[str] = frozenset()
    #: True to take what programs report by OpenTelemetry.
    receives_otlp: bool = False
    #: What every request has to bring in X-Gateway-Key; "" for nothing.
    key: str = ""
    #: Hashes requests and names keys; those of a run alone cannot tell those of the next.
    hashes: KeyedHash = msgspec.field(default_factory=KeyedHash.of_this_run)
    clock: Clock = msgspec.field(default_factory=Clock)


def upstreams_of(pairs: Iterable[str]) -> dict[str, str]:
    """Return the addresses of PROVIDER=URL words by provider.

    Raises UsageError for a name or address that cannot be used.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        name, _, url = pair.partition("=")
        name = name.strip().lower()
        if not _NAME.fullmatch(name) or name in _RESERVED or not url:
            message = f'"{pair:.80}" is no upstream. Write it as groq=https://api.groq.com/openai.'
            raise UsageError(message)
        found[name] = _checked(name, url.strip())
    return found


def _checked(name: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        message = f"The address of {name} is no URL."
        raise UsageError(message) from None
    if parts.scheme not in {"http", "https"} or not host or not has_port:
        message = f"The address of {name} must begin with https:// and name a host."
        raise UsageError(message)
    if parts.username is not None or parts.query or parts.fragment:
        message = f"The address of {name} is a host and a path, without a password or a question."
        raise UsageError(message)
    _check_host(name, host, parts)
    return url.rstrip("/")


def _check_host(name: str, host: str, parts: SplitResult) -> None:
    """Keep keys from going unencrypted over the net, and off addresses that answer secrets."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        is_near = host == "localhost" or host.endswith(".localhost")
    else:
        address = getattr(address, "ipv4_mapped", None) or address
        if address in _METADATA_NETWORK or address.is_link_local or address.is_multicast:
            message = f"The address of {name} lies in a network that is no provider's."
            raise UsageError(message)
        is_near = address.is_private
    if parts.scheme == "http" and not is_near:
        message = f"The address of {name} must be https: keys would be readable on the way."
        raise UsageError(message)

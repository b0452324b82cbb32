"""The person's own servers beside the known providers: which names and addresses can be used."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, urlsplit

from alwrity_desktop.core.domain.errors import UsageError

TAG_FIELDS: Final = ("project", "agent", "conversation")

ADDRESS_TAGS: Final = MappingProxyType({name: name for name in TAG_FIELDS} | {"key": "api_key"})
"""What an address can say of its calls before the provider, by the word that it uses."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
#: First parts of the gateway's own addresses.
_RESERVED: Final = frozenset({"healthz", "v1", *ADDRESS_TAGS})
_METADATA_NETWORK: Final = ipaddress.ip_network("169.254.0.0/16")


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

"""Addresses of servers: which are accepted, and what belongs to the same server."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

import msgspec

from alwrity_desktop.core.domain.errors import PersonError

_PORTS: Final = {"http": 80, "https": 443}
#: What a path may hold unescaped; an escape that is there already stays.
_PATH_SAFE: Final = "/%:@!$&'()*+,;=-._~"


class Address(msgspec.Struct, frozen=True):
    """A server's base address."""

    scheme: str
    #: Lower case; an IPv6 address without its brackets.
    host: str
    port: int
    #: Begins with "/" and ends without one, or "".
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port: what belongs to one server."""
        return f"{self.scheme}://{_bracketed(self.host)}:{self.port}"

    @property
    def label(self) -> str:
        """The host, with its port where that is unusual; for sentences."""
        usual = self.port == _PORTS[self.scheme]
        return self.host if usual else f"{_bracketed(self.host)}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is this computer."""
        return is_loopback(self.host)

    def url(self, path: str) -> str:
        """Return the address of *path*, which begins after the base."""
        inner = quote(path, safe=_PATH_SAFE)
        return f"{self.origin}{self.path}/{inner.lstrip('/')}"

    def live_url(self, path: str) -> str:
        """Return the WebSocket address of *path*: wss wherever the base is https."""
        return self.url(path).replace("http", "ws", 1)

    def redirected(self, url: str, location: str) -> str | None:
        """Return where *location* leads from *url*; None when that is another server."""
        try:
            target = urljoin(url, location)
            parts = urlsplit(target)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            return None
        is_same = (parts.scheme, (parts.hostname or "").lower(), port) == (
            self.scheme,
            self.host,
            self.port,
        )
        return target if is_same and not (parts.username or parts.password) else None


def server_address(text: str, *, is_loopback_allowed: bool = True) -> Address:
    """Return the address in *text*: https, or http to this computer where that is allowed.

    Raises PersonError with one sentence for any other.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
        # A host that no name server could be asked for.
        (parts.hostname or "").encode("idna")
    except ValueError as error:
        raise PersonError(_NO_ADDRESS) from error
    host = (parts.hostname or "").lower()
    if (
        parts.scheme not in _PORTS
        or not host
        or any(character <= " " for character in text.strip())
    ):
        raise PersonError(_NO_ADDRESS)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise PersonError("Write the address without a name, a password, a question mark or a #.")
    if parts.scheme == "http" and not (is_loopback_allowed and is_loopback(host)):
        raise PersonError(
            "This address is not encrypted, and a token would be readable on its way. "
            "Use https; http is for servers on this computer."
        )
    path = quote(parts.path, safe=_PATH_SAFE).rstrip("/")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], path)


_NO_ADDRESS: Final = "This is no address of a server. Write it as https://billing.example.com."


def is_loopback(host: str) -> bool:
    """Tell whether *host* is this computer, by its name or its number."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host

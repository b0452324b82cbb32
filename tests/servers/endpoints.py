"""The endpoints of today's server: who may use them, and which values they refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from tests.servers.wire import Json, Request


class Access(Enum):
    """Who may use an endpoint."""

    #: The user that the path names.
    OWN = auto()
    #: Whoever has a token.
    ANY = auto()
    #: Everybody; with a token the answer is the user's.
    OPTIONAL = auto()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One of the server's endpoints."""

    method: str
    path: re.Pattern[str]
    access: Access
    #: Whole numbers in the query with their bounds.
    bounds: tuple[tuple[str, int, int | None], ...] = ()

    @property
    def is_checkout(self) -> bool:
        """Return whether it counts towards the limit of checkouts."""
        return "create-checkout" in self.path.pattern

    def names(self, path: str) -> dict[str, str]:
        """Return what stands in the path in the place of its names."""
        found = self.path.fullmatch(path)
        return found.groupdict() if found else {}

    def wrong_values(self, request: Request) -> list[Json]:
        """Return what FastAPI says about values that are no numbers or out of bounds."""
        alert = self.names(request.path).get("id", "0")
        wrong = [] if alert.isdecimal() else [_no_number("path", "alert_id", alert)]
        for name, least, most in self.bounds:
            if name in request.query:
                wrong += _wrong(name, request.query[name], least, most)
        return wrong


def _wrong(name: str, text: str, least: int, most: int | None) -> list[Json]:
    try:
        value = int(text)
    except ValueError:
        return [_no_number("query", name, text)]
    if value < least:
        said = (f"greater than or equal to {least}", "greater_than_equal", {"ge": least})
    elif most is not None and value > most:
        said = (f"less than or equal to {most}", "less_than_equal", {"le": most})
    else:
        return []
    words, kind, bound = said
    message = f"Input should be {words}"
    return [{"type": kind, "loc": ["query", name], "msg": message, "input": text, "ctx": bound}]


def _no_number(where: str, name: str, text: str) -> Json:
    message = "Input should be a valid integer, unable to parse string as an integer"
    return {"type": "int_parsing", "loc": [where, name], "msg": message, "input": text}


def _endpoint(line: str, access: Access, *bounds: tuple[str, int, int | None]) -> Endpoint:
    method, path = line.split()
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
    return Endpoint(method, re.compile(pattern), access, bounds)


_S: Final = "/api/subscription"
_M: Final = "/api/content-planning/monitoring"
_PAGE: Final = (("limit", 1, 100), ("offset", 0, None))
ENDPOINTS: Final = (
    _endpoint(f"GET {_S}/plans", Access.OPTIONAL),
    _endpoint(f"GET {_S}/pricing", Access.OPTIONAL),
    _endpoint(f"GET {_S}/usage/{{user}}", Access.OWN),
    _endpoint(f"GET {_S}/usage/{{user}}/trends", Access.OWN, ("months", 1, 24)),
    _endpoint(f"GET {_S}/dashboard/{{user}}", Access.OWN),
    _endpoint(f"GET {_S}/user/{{user}}/subscription", Access.OWN),
    _endpoint(f"GET {_S}/status/{{user}}", Access.OWN),
    _endpoint(f"GET {_S}/alerts/{{user}}", Access.OWN, ("limit", 1, 100)),
    _endpoint(f"POST {_S}/alerts/{{id}}/mark-read", Access.ANY),
    _endpoint(f"GET {_S}/usage-logs", Access.ANY, ("limit", 1, 5000), ("offset", 0, None)),
    _endpoint(f"GET {_S}/renewal-history/{{user}}", Access.OWN, *_PAGE),
    _endpoint(f"GET {_S}/renewal-history/{{user}}/retention-stats", Access.OWN),
    _endpoint(f"POST {_S}/preflight-check", Access.ANY),
    _endpoint(f"POST {_S}/create-checkout-session", Access.ANY),
    _endpoint(f"POST {_S}/create-portal-session", Access.ANY),
    _endpoint(f"GET {_M}/api-stats", Access.ANY, ("minutes", 0, None)),
    _endpoint(f"GET {_M}/lightweight-stats", Access.ANY),
    _endpoint(f"GET {_M}/cache-stats", Access.ANY),
    _endpoint(f"GET {_M}/health", Access.ANY),
    *(
        _endpoint(f"GET /api/content-planning/health/{part}", Access.ANY)
        for part in ("backend", "ai", "database", "comprehensive")
    ),
)


def find_endpoints(path: str) -> list[Endpoint]:
    """Return the endpoints of this path, one for each method."""
    return [each for each in ENDPOINTS if each.path.fullmatch(path)]

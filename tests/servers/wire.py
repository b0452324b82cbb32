"""What goes over the wire: a request as it was seen, an answer as it is to be sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

Json: TypeAlias = dict[str, Any]

JSON_TYPE: Final = "application/json"
REASONS: Final = {
    200: "OK",
    204: "No Content",
    307: "Temporary Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class Request(NamedTuple):
    """One request as the server saw it; header names in lower case, of a query's key the last."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""

    @property
    def token(self) -> str:
        """Return what follows "Bearer", whatever its case; empty without it."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body and what stands between them."""

    status: int
    #: Sent as JSON; bytes are sent as they are.
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the body's bytes: JSON as today's server writes it, without spaces."""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()

    def head(self, **changed: str) -> bytes:
        """Return the status line and headers up to the empty line; "" leaves a header out."""
        headers = {"server": "uvicorn", "content-type": JSON_TYPE} | dict(self.headers)
        headers.setdefault("content-length", str(len(self.content())))
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in headers.items() if value]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def detail(status: int, text: object, **headers: str) -> Answer:
    """Return an error as FastAPI writes it."""
    return Answer(
        status,
        {"detail": text},
        {name.replace("_", "-"): value for name, value in headers.items()},
    )


def success(data: object) -> Answer:
    """Return data in the envelope of most of today's endpoints."""
    return Answer(200, {"success": True, "data": data})

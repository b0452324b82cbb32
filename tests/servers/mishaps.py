"""What can go wrong with one answer, by name: `server.misbehave(name, ...)`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from tests.servers.wire import Answer, Json, detail

if TYPE_CHECKING:
    from tests.servers.base import Exchange

Mishap: TypeAlias = "Callable[..., None]"

MEGABYTE: Final = 1 << 20
#: Nobody listens there.
ELSEWHERE: Final = "http://127.0.0.1:9/elsewhere"
PAGE: Final = b"<!doctype html><html><body><h1>Sign in to the network</h1></body></html>"
RATE_LIMITED: Final[Json] = {"detail": "Too many requests", "retry_after": 60}
METERED: Final[Json] = {
    "error": "Usage limit exceeded",
    "message": "AI text generation call limit reached. Used 62 of 50 total AI text generation "
    "calls this billing period.",
    "usage_info": {"current_calls": 62, "limit": 50, "usage_percentage": 124.0},
    "provider": "openai",
}
FALLBACK: Final[Json] = {
    "success": False,
    "error": "500: (sqlite3.OperationalError) no such table: canary",
    "data": {
        "subscription": None,
        "plan": {
            "id": "error_fallback",
            "name": "Error Fallback",
            "tier": "free",
            "price_monthly": 0,
            "description": "Unable to load subscription details",
            "is_free": True,
        },
        "status": "error",
        "limits": {},
    },
}


class _Remake(Protocol):
    def __call__(self, leaf: object) -> object: ...


def slow(exchange: Exchange, seconds: float = 5.0) -> None:
    """Answer rightly, but late."""
    if not exchange.wait(seconds):
        exchange.send(exchange.answer())


def silent(exchange: Exchange) -> None:
    """Never answer; hold the connection until the server stops."""
    exchange.wait(3600)
    exchange.end()


def cut(exchange: Exchange) -> None:
    """Send half of the body and close the connection."""
    answer = exchange.answer()
    exchange.write(answer.head() + answer.content()[: len(answer.content()) // 2])
    exchange.end()


def cut_head(exchange: Exchange) -> None:
    """Close the connection in the middle of the headers."""
    exchange.write(b"HTTP/1.1 200 OK\r\nserver: uvi")
    exchange.end()


def reset(exchange: Exchange) -> None:
    """Reset the connection without an answer."""
    exchange.reset()


def wrong_length(exchange: Exchange, off_by: int = 10) -> None:
    """Promise more bytes than come, or fewer with a negative number; close the connection."""
    answer = exchange.answer()
    length = max(0, len(answer.content()) + off_by)
    exchange.write(answer.head(content_length=str(length)) + answer.content())
    exchange.end()


def broken_chunk(exchange: Exchange) -> None:
    """Announce a chunk that never comes whole."""
    head = exchange.answer().head(content_length="", transfer_encoding="chunked")
    exchange.write(head + b"fff\r\n" + b'{"success":true')
    exchange.end()


def drip(exchange: Exchange, pause_s: float = 0.05) -> None:
    """Send the right answer byte by byte."""
    answer = exchange.answer()
    exchange.write(answer.head())
    for byte in answer.content():
        if exchange.wait(pause_s):
            break
        exchange.write(bytes([byte]))
    exchange.end()


def huge(exchange: Exchange, size: int = 64 * MEGABYTE) -> None:
    """Send a well-formed body of this many bytes."""
    prefix, suffix = b'{"success":true,"data":{"padding":"', b'"}}'
    length = len(prefix) + size + len(suffix)
    exchange.write(Answer(200, b"").head(content_length=str(length)) + prefix)
    block = b"x" * MEGABYTE
    for start in range(0, size, MEGABYTE):
        exchange.write(block[: min(MEGABYTE, size - start)])
    exchange.write(suffix)


def huge_header(exchange: Exchange, size: int = 300_000) -> None:
    """Send a header of this many bytes."""
    answer = exchange.answer()
    exchange.write(answer.head(x_padding="x" * size) + answer.content())
    exchange.end()


def gzip_bomb(exchange: Exchange, size: int = 64 * MEGABYTE) -> None:
    """Send a small body that unpacks to this many bytes."""
    packed = gzip.compress(b'{"data":"' + b"x" * size + b'"}', 6)
    exchange.send(Answer(200, packed, {"content-encoding": "gzip"}))


def redirect_loop(exchange: Exchange) -> None:
    """Send the client where it already is."""
    exchange.send(Answer(307, b"", {"location": exchange.server.url + exchange.request.path}))


def redirect_elsewhere(exchange: Exchange, location: str = ELSEWHERE) -> None:
    """Send the client to another origin."""
    exchange.send(Answer(307, b"", {"location": location}))


def retry_after(exchange: Exchange, after: str = "7", status: int = 429) -> None:
    """Say when to come back: seconds, an HTTP date, or nonsense."""
    exchange.send(Answer(status, RATE_LIMITED, {"retry-after": after}))


def _status(status: int, body: object) -> Mishap:
    def answer_so(exchange: Exchange) -> None:
        exchange.send(Answer(status, body))

    return answer_so


def _bytes(body: bytes, content_type: str = "application/json") -> Mishap:
    def answer_so(exchange: Exchange) -> None:
        exchange.send(Answer(200, body, {"content-type": content_type}))

    return answer_so


def _leaves(remake: _Remake) -> Mishap:
    """Send the right answer with every leaf of its body remade."""

    def answer_so(exchange: Exchange) -> None:
        answer = exchange.answer()
        exchange.send(Answer(answer.status, _remade(answer.body, remake), answer.headers))

    return answer_so


def _remade(value: object, remake: _Remake) -> object:
    if isinstance(value, dict):
        return {key: _remade(each, remake) for key, each in value.items()}
    if isinstance(value, list):
        return [_remade(each, remake) for each in value]
    return remake(value)


def _is_number(leaf: object) -> bool:
    return isinstance(leaf, int | float) and not isinstance(leaf, bool)


def _of_wrong_type(leaf: object) -> object:
    if _is_number(leaf):
        return {"value": leaf}
    return ["perhaps"] if isinstance(leaf, bool) else 7


def _as_text(leaf: object) -> object:
    return str(leaf) if _is_number(leaf) else leaf


def _negative(leaf: object) -> object:
    return -leaf - 1 if isinstance(leaf, int | float) and not isinstance(leaf, bool) else leaf


def _with_surrogate(leaf: object) -> object:
    return f"{leaf}\\ud800" if isinstance(leaf, str) else leaf


def _in_new_words(leaf: object) -> object:
    known = {"active", "healthy", "info", "warning", "error", "limit_reached", "usage_warning"}
    return "brand_new" if leaf in known else leaf


def numbers(literal: str) -> Mishap:
    """Return a mishap that writes this in place of every number, JSON or not."""

    def answer_so(exchange: Exchange) -> None:
        body = _remade(exchange.answer().body, lambda leaf: "\0" if _is_number(leaf) else leaf)
        exchange.send(Answer(200, json.dumps(body).replace('"\\u0000"', literal).encode()))

    return answer_so


def bom(exchange: Exchange) -> None:
    """Send the right answer behind a byte order mark."""
    exchange.send(Answer(200, b"\xef\xbb\xbf" + exchange.answer().content()))


def surrogates(exchange: Exchange) -> None:
    """Send texts that end in half of a character."""
    body = json.dumps(_remade(exchange.answer().body, _with_surrogate))
    exchange.send(Answer(200, body.replace("\\\\ud800", "\\ud800").encode()))


def extra(exchange: Exchange) -> None:
    """Add fields that nobody knows, everywhere."""
    answer = exchange.answer()
    exchange.send(Answer(answer.status, _with_more(answer.body), answer.headers))


def _with_more(value: object) -> object:
    if isinstance(value, dict):
        return {key: _with_more(each) for key, each in value.items()} | {"brand_new": [1, {}]}
    return [_with_more(each) for each in value] if isinstance(value, list) else value


def missing(exchange: Exchange, field: str = "") -> None:
    """Leave a field out wherever it stands; without a name, every second field."""
    answer = exchange.answer()
    exchange.send(Answer(answer.status, _with_less(answer.body, field), answer.headers))


def _with_less(value: Any, field: str) -> object:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        kept = [key for key in value if key != field] if field else list(value)[::2]
        return {key: _with_less(value[key], field) for key in kept}
    return [_with_less(each, field) for each in value] if isinstance(value, list) else value


def duplicate_keys(exchange: Exchange) -> None:
    """Write the outermost object's fields twice, the second time without their values."""
    body = exchange.answer().content()
    again = ",".join(f'"{key}":null' for key in json.loads(body))
    exchange.send(Answer(200, body[:-1] + b"," + again.encode() + b"}"))


MISHAPS: Final[Mapping[str, Mishap]] = {
    "slow": slow,
    "silent": silent,
    "cut": cut,
    "cut_head": cut_head,
    "reset": reset,
    "wrong_length": wrong_length,
    "broken_chunk": broken_chunk,
    "drip": drip,
    "huge": huge,
    "huge_header": huge_header,
    "gzip_bomb": gzip_bomb,
    "redirect_loop": redirect_loop,
    "redirect_elsewhere": redirect_elsewhere,
    "retry_after": retry_after,
    "401": _status(401, {"detail": "Authentication failed"}),
    "403": _status(403, {"detail": "Access denied"}),
    "404": _status(404, {"detail": "Not Found"}),
    "500": _status(500, {"detail": "'NoneType' object has no attribute 'canary'"}),
    "502": _status(502, PAGE),
    "503": _status(503, {"error": "Database initialized. Please retry request."}),
    "504": _status(504, PAGE),
    "429_rate": _status(429, RATE_LIMITED),
    "429_metering": _status(429, METERED),
    "429_checkout": _status(429, detail(429, "Too many checkout attempts.").body),
    "204": _status(204, b""),
    "success_false": _status(200, FALLBACK),
    "html": _bytes(PAGE, "text/html"),
    "html_as_json": _bytes(PAGE),
    "empty": _bytes(b""),
    "not_json": _bytes(b"OK"),
    "scalar": _bytes(b"42"),
    "null": _bytes(b"null"),
    "list": _bytes(b"[]"),
    "empty_object": _bytes(b"{}"),
    "bad_utf8": _bytes(b'{"success":true,"data":"\xff\xfe"}'),
    "deep_json": _bytes(b"[" * 100_000 + b"]" * 100_000),
    "bom": bom,
    "surrogates": surrogates,
    "nan": numbers("NaN"),
    "infinity": numbers("1e999"),
    "huge_int": numbers("9" * 5000),
    "booleans": numbers("true"),
    "wrong_types": _leaves(_of_wrong_type),
    "nulls": _leaves(lambda leaf: None),
    "numbers_as_text": _leaves(_as_text),
    "negative": _leaves(_negative),
    "new_words": _leaves(_in_new_words),
    "extra": extra,
    "missing": missing,
    "duplicate_keys": duplicate_keys,
}

"""Firecrawl: pages that are read, billed by the page."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from alwrity_desktop.core.gateway.dialects.base import (
    NO_VALUE,
    Asked,
    Count,
    Dialect,
    Refusal,
    Route,
    Usage,
    path,
)


class _Request(msgspec.Struct, gc=False):
    urls: list[msgspec.Raw] | None = None


class _Metadata(msgspec.Struct, rename="camel", gc=False):
    credits_used: Count | None = None
    scrape_id: str | None = None


class _Page(msgspec.Struct, gc=False):
    metadata: _Metadata | None = None


class _Answer(msgspec.Struct, rename="camel", gc=False):
    id: str | None = None
    data: msgspec.Raw = NO_VALUE
    credits_used: Count | None = None


_REQUESTS: Final = msgspec.json.Decoder(_Request)
_ANSWERS: Final = msgspec.json.Decoder(_Answer)
_PAGES: Final = msgspec.json.Decoder(_Page)


def _read_request(body: bytes, asked: Asked) -> None:
    asked.pages = len(_REQUESTS.decode(body).urls or ())


def _read_answer(body: bytes, usage: Usage) -> None:
    answer = _ANSWERS.decode(body)
    usage.response_id = answer.id or ""
    usage.pages = answer.credits_used or 0
    if answer.data and bytes(answer.data).startswith(b"{"):
        metadata = _PAGES.decode(answer.data).metadata or _Metadata()
        usage.pages = metadata.credits_used or usage.pages
        usage.response_id = usage.response_id or metadata.scrape_id or ""


def _refuse(refusal: Refusal) -> dict[str, Any]:
    return {
        "success": False,
        "error": refusal.message,
        "code": refusal.code,
        **refusal.details,
    }


def _route(pattern: str, endpoint: str, model: str, unit: str) -> Route:
    return Route(
        pattern=path(rf"(?:/v\d+)?/{pattern}"),
        endpoint=endpoint,
        read_request=_read_request,
        read_answer=_read_answer,
        model=model,
        unit=unit,
    )


DIALECT: Final = Dialect(
    name="firecrawl",
    routes=(
        _route("scrape", "scrape", "extract", "pages"),
        _route("extract", "extract", "extract", "pages"),
        _route("batch/scrape", "batch/scrape", "extract", "pages"),
        # How many pages these read is known only later, by another address.
        _route("crawl", "crawl", "crawl", "requests"),
        _route("map", "map", "map", "requests"),
        _route("search", "search", "search", "requests"),
    ),
    refuse=_refuse,
)

"""Lets in only the owner's own programs: no web page, no other name, no strange request."""

from __future__ import annotations

import hmac
from typing import Final

from aiohttp import hdrs, web

from alwrity_desktop.core.gateway.dialects.base import Refusal
from alwrity_desktop.core.gateway.headers import KEY_HEADER

FORBIDDEN: Final = 403
BAD_REQUEST: Final = 400
UNAUTHORIZED: Final = 401
METHOD_NOT_ALLOWED: Final = 405
NOT_IMPLEMENTED: Final = 501

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OWN_SITES: Final = frozenset({"", "none", "same-origin"})
_HTTP_PORT: Final = 80


class Guard:
    """Judges a request by its line and headers alone."""

    def __init__(self, port: int, key: str) -> None:
        """Guard the gateway on *port*; *key* is what requests have to bring, or ""."""
        names = ("127.0.0.1", "localhost", "[::1]")
        self._hosts = frozenset(f"{name}:{port}" for name in names)
        if port == _HTTP_PORT:
            self._hosts |= frozenset(names)
        self._key = key.encode()

    def refuse(self, request: web.BaseRequest) -> Refusal | None:
        """Return why *request* may not pass, or None."""
        return (
            self._refuse_form(request)
            or self._refuse_origin(request)
            or self._refuse_key(request.headers.get(KEY_HEADER, ""))
        )

    @staticmethod
    def _refuse_form(request: web.BaseRequest) -> Refusal | None:
        """Refuse what two servers could understand in two ways."""
        headers = request.headers
        if request.method not in _METHODS:
            return Refusal(METHOD_NOT_ALLOWED, "This method is not forwarded.", "bad_method")
        if len(headers.getall(hdrs.HOST, ())) != 1 or not request.raw_path.startswith("/"):
            sentence = "A request needs one Host and a path that begins with a slash."
            return Refusal(BAD_REQUEST, sentence, "bad_request")
        if hdrs.TRANSFER_ENCODING in headers and hdrs.CONTENT_LENGTH in headers:
            return Refusal(BAD_REQUEST, "The length of the body is stated twice.", "bad_request")
        if hdrs.UPGRADE in headers:
            sentence = "The gateway forwards HTTP requests and no WebSockets."
            return Refusal(NOT_IMPLEMENTED, sentence, "no_websocket")
        return None

    def _refuse_origin(self, request: web.BaseRequest) -> Refusal | None:
        """Refuse web pages: those that say what they are, and those that go by another name."""
        headers = request.headers
        if headers[hdrs.HOST].lower() not in self._hosts:
            sentence = "The gateway answers on 127.0.0.1 and localhost only."
            return Refusal(FORBIDDEN, sentence, "wrong_host")
        site = headers.get("Sec-Fetch-Site", "").lower()
        if hdrs.ORIGIN in headers or site not in _OWN_SITES:
            return Refusal(FORBIDDEN, "Web pages may not use the gateway.", "web_page")
        return None

    def _refuse_key(self, given: str) -> Refusal | None:
        if not self._key or hmac.compare_digest(given.encode(errors="replace"), self._key):
            return None
        sentence = f"Send the gateway's own key in the header {KEY_HEADER}."
        return Refusal(UNAUTHORIZED, sentence, "no_gateway_key")

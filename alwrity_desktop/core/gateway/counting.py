"""Counts one answer while its bytes pass: nothing is held back, nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from alwrity_desktop.core.gateway.dialects.base import Asked, ReadAnswer, Route, Usage
from alwrity_desktop.core.gateway.encodings import ENCODING_ERRORS, reader_of
from alwrity_desktop.core.gateway.events import EventSplitter

MAX_HELD_BYTES: Final = 32 << 20
"""Of a longer answer nothing is read but its size."""

_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_ERROR_STATUS: Final = 400
_EVENTS: Final = "text/event-stream"


class AnswerCounter:
    """Reads a copy of one answer, chunk by chunk."""

    def __init__(self, route: Route, status: int, headers: Mapping[str, str]) -> None:
        """Count an answer of *route* that begins with *status* and *headers*."""
        self.usage = Usage()
        #: False where something could not be read, so that its counts may be missing.
        self.is_readable = True
        self._route = route
        self._is_error = status >= _ERROR_STATUS
        kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        self._splitter = EventSplitter() if kind == _EVENTS else None
        self._is_data = self._splitter is None and "json" not in kind
        self._decoder = reader_of(headers.get("Content-Encoding", ""))
        self._held: list[bytes] = []
        self._size = 0

    @property
    def is_complete(self) -> bool:
        """Whether the answer itself said that nothing more will be counted."""
        return self.usage.is_complete

    @property
    def was_counted(self) -> bool:
        """Whether the provider stated the tokens."""
        return self.usage.input_tokens is not None and self.usage.output_tokens is not None

    def feed(self, chunk: bytes) -> None:
        """Count *chunk*."""
        if self._is_error or self._is_data or self.usage.is_complete or not self.is_readable:
            return
        if self._decoder is None:
            self.is_readable = False
            return
        try:
            for part in self._decoder.read(chunk):
                if not self._take(part):
                    break
        except ENCODING_ERRORS:
            self.is_readable = False

    def end(self) -> None:
        """Count what only the whole answer tells."""
        if self._splitter is not None:
            for data in self._splitter.end():
                self._read(self._route.read_event, data)
        elif self._held and self.is_readable:
            held, self._held = self._held, []
            self._read(self._route.read_answer, held[0] if len(held) == 1 else b"".join(held))

    def _take(self, part: bytes) -> bool:
        """Count a piece as it was before it was compressed; return whether to go on."""
        if self._splitter is not None:
            for data in self._splitter.feed(part):
                self._read(self._route.read_event, data)
            return True
        self._size += len(part)
        if self._size > MAX_HELD_BYTES:
            self._held.clear()
            self.is_readable = False
        else:
            self._held.append(part)
        return self.is_readable

    def _read(self, read: ReadAnswer, data: bytes) -> None:
        try:
            read(data, self.usage)
        except _UNREADABLE:
            self.is_readable = False


class RequestReader:
    """Reads a copy of one request: the JSON of it, or a form's field for the model."""

    def __init__(self, route: Route, model: str, content_type: str, *, is_plain: bool) -> None:
        """Read a request of *route*; *model* is the one that the address names, or ""."""
        self.asked = Asked(model=model)
        self._route = route
        kind = content_type.partition(";")[0].strip().lower()
        self._is_form = kind == "multipart/form-data"
        # Some clients leave the type of their JSON out, or call it text.
        self._is_json = is_plain and not self._is_form
        self._held: list[bytes] = []
        self._form = _FormScan()
        self.size_bytes = 0

    def feed(self, chunk: bytes) -> None:
        """Read *chunk*."""
        self.size_bytes += len(chunk)
        if self._is_form:
            self._form.feed(chunk)
        elif self._is_json:
            if self.size_bytes <= MAX_HELD_BYTES:
                self._held.append(chunk)
            else:
                self._held.clear()

    def body(self) -> bytes:
        """Return what is held of a JSON request."""
        if len(self._held) > 1:
            self._held = [b"".join(self._held)]
        return self._held[0] if self._held else b""

    def end(self) -> Asked:
        """Return what the whole request says."""
        if self._is_form:
            self.asked.model = self._form.field("model") or self.asked.model
            answers = self._form.field("n")
            self.asked.answers = int(answers) if answers.isdecimal() else 1
        elif body := self.body():
            model = self.asked.model
            try:
                self._route.read_request(body, self.asked)
            except _UNREADABLE:
                # The provider will say what is wrong with it.
                self.asked = Asked(model=model)
            self.asked.model = self.asked.model or model
        return self.asked


class _FormScan:
    """Finds short fields of a form without holding its files."""

    _WINDOW: Final = 512
    _LONGEST: Final = 200

    def __init__(self) -> None:
        self._tail = b""
        self._fields: dict[str, str] = {}

    def feed(self, chunk: bytes) -> None:
        data = self._tail + chunk
        for name in ("model", "n"):
            if name not in self._fields:
                self._look_for(name, data)
        self._tail = data[-self._WINDOW :]

    def field(self, name: str) -> str:
        """Return a field's text, "" where there is none."""
        return self._fields.get(name, "")

    def _look_for(self, name: str, data: bytes) -> None:
        _, found, rest = data.partition(f'name="{name}"'.encode())
        _, began, value = rest.partition(b"\r\n\r\n")
        text, ended, _ = value.partition(b"\r\n")
        if found and began and ended and len(text) <= self._LONGEST:
            self._fields[name] = text.decode(errors="replace").strip()

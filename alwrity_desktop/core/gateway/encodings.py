"""Reads compressed answers from a copy, in bounded steps; what passes on stays as it came."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import brotli

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

STEP_BYTES: Final = 1 << 20
"""No step gives more at once: a small answer may unfold into a very large one."""

_AUTO_ZLIB: Final = zlib.MAX_WBITS | 32

ENCODING_ERRORS: Final = (zlib.error, brotli.error, ZstdError, EOFError)


class _Plain:
    def read(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Zlib:
    """gzip, and deflate in both of its meanings."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_AUTO_ZLIB)

    def read(self, data: bytes) -> Iterator[bytes]:
        while data:
            yield self._inner.decompress(data, STEP_BYTES)
            data = self._inner.unconsumed_tail


class _Brotli:
    def __init__(self) -> None:
        self._inner: Any = brotli.Decompressor()

    def read(self, data: bytes) -> Iterator[bytes]:
        yield self._inner.process(data, output_buffer_limit=STEP_BYTES)
        while not self._inner.can_accept_more_data():
            yield self._inner.process(b"", output_buffer_limit=STEP_BYTES)


class _Zstd:
    def __init__(self) -> None:
        self._inner = ZstdDecompressor()

    def read(self, data: bytes) -> Iterator[bytes]:
        if self._inner.eof:
            return
        yield self._inner.decompress(data, STEP_BYTES)
        while not (self._inner.needs_input or self._inner.eof):
            yield self._inner.decompress(b"", STEP_BYTES)


Reader = _Plain | _Zlib | _Brotli | _Zstd

_READERS: Final[dict[str, Callable[[], Reader]]] = {
    "": _Plain,
    "identity": _Plain,
    "gzip": _Zlib,
    "x-gzip": _Zlib,
    "deflate": _Zlib,
    "br": _Brotli,
    "zstd": _Zstd,
}


def reader_of(encoding: str) -> Reader | None:
    """Return what reads bodies of a Content-Encoding, or None for one that is not known."""
    make = _READERS.get(encoding.strip().lower())
    return None if make is None else make()

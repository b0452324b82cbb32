"""Tests of finding the lines that matter in constant memory."""

from __future__ import annotations

import io
import tracemalloc
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.sources import blocks
from alwrity_desktop.core.sources.base import NOT_JSON, NOT_TEXT, TOO_LONG
from alwrity_desktop.core.sources.blocks import LogReader
from alwrity_desktop.core.sources.claude_code import SOURCE
from tests.logs import claude_line, read

MARKERS = (b'"hit"', b'"other"')


class MadeFile(io.RawIOBase):
    """A file that is made while it is read: a head, a long filling, a tail."""

    def __init__(self, head: bytes, filling_bytes: int, tail: bytes) -> None:
        super().__init__()
        self._parts = (head, filling_bytes, tail)
        self._place = 0

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._place = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        head, filling_bytes, tail = self._parts
        place, self._place = self._place, self._place + size
        if place < len(head):
            part = head[place : place + size]
        elif place < len(head) + filling_bytes:
            part = b"x" * min(size, len(head) + filling_bytes - place)
        else:
            start = place - len(head) - filling_bytes
            part = tail[start : start + size]
        self._place = place + len(part)
        return part


def found(data: bytes, *, offset: int = 0) -> tuple[list[tuple[int, bytes]], LogReader]:
    reader = LogReader(io.BytesIO(data), offset, MARKERS)
    return list(reader), reader


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 16)
    monkeypatch.setattr(blocks, "MAX_LINE_BYTES", 64)


lines_of_text = st.sampled_from(
    [b'{"hit":1}', b'{"a":2}', b'{"other":1,"hit":2}', b"{}", b"", b'{"a":' + b"x" * 40 + b"}"]
)


@given(st.lists(lines_of_text, max_size=20), st.integers(1, 50))
def test_that_the_size_of_blocks_does_not_matter(lines: list[bytes], block_bytes: int) -> None:
    data = b"".join(line + b"\n" for line in lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_BYTES", block_bytes)
        hits, reader = found(data)
    assert hits == [
        (sum(len(line) + 1 for line in lines[:index]), line)
        for index, line in enumerate(lines)
        if b'"hit"' in line or b'"other"' in line
    ]
    assert (reader.rejects, reader.next_offset, reader.bytes_read) == ([], len(data), len(data))


def test_that_reading_goes_on_where_it_stopped() -> None:
    first, second = b'{"hit":1}\n', b'{"hit":2}\n'
    hits, reader = found(first + second, offset=len(first))
    assert hits == [(len(first), second[:-1])]
    assert reader.bytes_read == len(second)


@pytest.mark.usefixtures("small_blocks")
def test_that_a_line_too_long_is_passed_over_and_the_next_one_read() -> None:
    data = b'{"hit":1}\n{"a":"' + b"x" * 200 + b'"}\n{"hit":2}\n'
    hits, reader = found(data)
    assert [line for _, line in hits] == [b'{"hit":1}', b'{"hit":2}']
    assert (reader.rejects, reader.next_offset) == ([], len(data))


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("place", [0, 10, 70, 90, 100, 119])
def test_that_a_line_too_long_is_named_when_it_may_have_been_a_call(place: int) -> None:
    data = b"{}\n{" + b"x" * place + b'"hit"' + b"x" * (120 - place) + b'}\n{"hit":2}'
    hits, reader = found(data + b"\n")
    assert [line for _, line in hits] == [b'{"hit":2}']
    assert [(reject.reason, reject.offset) for reject in reader.rejects] == [(TOO_LONG, 3)]


@pytest.mark.usefixtures("small_blocks")
def test_that_a_line_too_long_without_its_end_waits() -> None:
    _, reader = found(b"{}\n{" + b"x" * 200)
    assert (reader.rejects, reader.next_offset) == ([], 3)


def test_that_a_line_of_700_mb_is_read_in_constant_memory() -> None:
    head, tail = claude_line("before") + b'{"type":"file-history-snapshot","a":"', b'"}\n'
    file = MadeFile(head, 700_000_000, tail + claude_line("after"))
    tracemalloc.start()
    try:
        result = SOURCE.read(cast("io.BufferedReader", file), 0, b"", 2_000_000_000_000, "a.jsonl")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(result.calls) == 2
    assert result.rejects == []
    assert peak < 3 * blocks.MAX_LINE_BYTES


@pytest.mark.parametrize(
    "data",
    [
        b"\x1f\x8b\x08\0\0\0\n\0\0",
        b"\0" * 5000 + b"\n",
        '{"hit":1}\n'.encode("utf-16"),
        b"SQLite format 3\0\x10\0\n" + b'{"hit":1}\n',
    ],
)
def test_that_a_binary_file_is_refused_once_as_a_whole(data: bytes) -> None:
    hits, reader = found(data)
    assert hits == []
    assert [(reject.reason, reject.offset) for reject in reader.rejects] == [(NOT_TEXT, 0)]
    assert reader.next_offset == len(data)


def test_that_zero_bytes_in_a_log_spoil_only_their_own_line() -> None:
    data = b'{"a":1}\n{"b":"\0\0\0\n{"hit":3}\n'
    hits, reader = found(data)
    assert [line for _, line in hits] == [b'{"hit":3}']
    assert [(reject.reason, reject.offset) for reject in reader.rejects] == [(NOT_JSON, 8)]


def test_that_a_torn_line_without_a_marker_is_named() -> None:
    (reject,) = read(SOURCE, b'{"a":1}\n{"type":"assi\n{}\n').rejects
    assert (reject.reason, reject.offset) == (NOT_JSON, 8)


def test_that_a_text_that_is_no_log_does_not_fill_the_memory_with_refusals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "MAX_REJECTS", 5)
    _, reader = found(b"a poem\n" * 50)
    assert len(reader.rejects) == 5

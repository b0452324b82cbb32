"""The spool: whole records or none, in order, across segments, torn ends and crashes."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.gateway import spool
from alwrity_desktop.core.gateway.spool import (
    BEGUN,
    DONE,
    Place,
    Record,
    SpoolWriter,
    State,
    framed,
    load_state,
    read_records,
    remove_booked,
    save_state,
    segments,
)

ALL = 10**9


def made(number: int, kind: int = DONE) -> Record:
    call = Call(
        identity=f"openai::{number}",
        occurred_at_ms=number,
        source="gateway",
        provider="openai",
        model="m",
        input_tokens=number,
    )
    return Record(kind, f"key-{number}", call)


def read(folder: Path, start: Place | None = None) -> list[Record]:
    return [record for record, _ in read_records(folder, start or Place(), ALL, ALL)]


def test_that_what_is_written_is_read_in_order(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, Place())
    records = [made(number, number % 2) for number in range(20)]
    places = [writer.append(record) for record in records]
    assert read(tmp_path) == records
    assert read(tmp_path, places[6]) == records[7:]
    assert [place for _, place in read_records(tmp_path, Place(), ALL, ALL)] == places
    assert len(list(read_records(tmp_path, Place(), ALL, 5))) == 5
    writer.close()


@given(cut=st.integers(0, 1000), byte=st.integers(0, 255))
def test_that_a_torn_or_changed_end_hides_no_whole_record(
    tmp_path_factory: pytest.TempPathFactory, cut: int, byte: int
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    data = b"".join(framed(made(number)) for number in range(3))
    whole = len(framed(made(0)))
    cut %= len(data)
    path = folder / "spool-00000001.log"
    path.write_bytes(data[:cut])
    assert read(folder) == [made(number) for number in range(cut // whole)]
    changed = bytearray(data)
    if changed[cut] != byte:
        changed[cut] = byte
        path.write_bytes(bytes(changed))
        assert read(folder) == [made(number) for number in range(cut // whole)]


def test_that_long_segments_are_followed_by_new_ones_and_booked_ones_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "ROTATE_BYTES", 1000)
    writer = SpoolWriter(tmp_path, Place())
    places = [writer.append(made(number)) for number in range(60)]
    assert len(segments(tmp_path)) > 3
    assert read(tmp_path) == [made(number) for number in range(60)]
    remove_booked(tmp_path, State(places[40]), writer.place.segment)
    assert read(tmp_path, places[40]) == [made(number) for number in range(41, 60)]
    assert min(segments(tmp_path)) == places[40].segment
    writer.close()


def test_that_a_new_gateway_writes_after_all_that_was_booked(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, Place(segment=7, offset=100))
    place = writer.append(made(1))
    writer.close()
    assert place > Place(7, 100)


def test_that_a_write_that_fails_leaves_nothing_and_the_next_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SpoolWriter(tmp_path, Place())
    writer.append(made(1))
    really = os.write

    def half(descriptor: int, data: bytes) -> int:
        return really(descriptor, data[: len(data) // 2])

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    for broken in (half, full):
        monkeypatch.setattr(os, "write", broken)
        with pytest.raises(OSError, match="space"):
            writer.append(made(2))
        monkeypatch.setattr(os, "write", really)
    writer.append(made(3))
    writer.close()
    assert read(tmp_path) == [made(1), made(3)]


def test_that_the_state_is_kept_whole(tmp_path: Path) -> None:
    assert load_state(tmp_path) == State()
    state = State(Place(3, 4), {"k": made(1, BEGUN).call})
    save_state(tmp_path, state)
    assert load_state(tmp_path) == state
    assert (tmp_path / "booked.json").stat().st_mode & 0o077 == 0

"""The least that an import in Python can be, for ``import_speed`` to show beside the program's.

    python -m benchmarks.import_prototype TREE LEDGER

Two processes look for the lines with usage, decode them and keep the largest copy of each call;
one insertion with a unique index follows, committed to the disk. There are no prices, no sums, no
cursors, no refused lines, no library between it and SQLite: what lies between it and the program
is what those cost.
"""

from __future__ import annotations

import gc
import marshal
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import sqlcipher3.dbapi2 as sqlite

MARKER = b'"input_tokens"'
PROCESSES = 2
COLUMNS = (
    "message, request, model, at, session, is_sidechain, input_tokens, cache_read_tokens,"
    " cache_write_5m_tokens, cache_write_1h_tokens, output_tokens"
)
FIRST_COUNT = 6

Row = tuple[Any, ...]
Key = tuple[str | None, str | None]


class Split(msgspec.Struct, gc=False):
    """Cache writes by how long they stay."""

    ephemeral_5m_input_tokens: int = 0
    ephemeral_1h_input_tokens: int = 0


class Usage(msgspec.Struct, gc=False):
    """What a message used."""

    input_tokens: int
    output_tokens: int = 0
    cache_read_input_tokens: int | None = None
    cache_creation: Split = msgspec.field(default_factory=Split)


class Message(msgspec.Struct, gc=False):
    """A message, as far as it is looked at."""

    usage: Usage | None = None
    id: str | None = None
    model: str | None = None


class Line(msgspec.Struct, gc=False, rename="camel"):
    """A line of a log."""

    message: Message | None = None
    timestamp: str | None = None
    session_id: str | None = None
    request_id: str | None = None
    is_sidechain: bool | None = None


def key_of(row: Row) -> Key:
    return row[0], None if row[5] else row[1]


def keep_largest(best: dict[Key, Row], rows: Iterable[Row]) -> None:
    for row in rows:
        key = key_of(row)
        known = best.get(key)
        if known is None or sum(row[FIRST_COUNT:]) > sum(known[FIRST_COUNT:]):
            best[key] = row


def rows_in(data: bytes) -> Iterator[Row]:
    decode = msgspec.json.Decoder(Line).decode
    start = 0
    while (stop := data.find(b"\n", start)) >= 0:
        if data.rfind(MARKER, start, stop) >= 0:
            try:
                line = decode(data[start:stop])
            except msgspec.DecodeError:
                line = Line()
            message = line.message
            if message is not None and (usage := message.usage) is not None:
                split = usage.cache_creation
                yield (
                    message.id,
                    line.request_id,
                    message.model,
                    line.timestamp,
                    line.session_id,
                    line.is_sidechain,
                    usage.input_tokens,
                    usage.cache_read_input_tokens or 0,
                    split.ephemeral_5m_input_tokens,
                    split.ephemeral_1h_input_tokens,
                    usage.output_tokens,
                )
        start = stop + 1


def read_apart(paths: Iterable[Path]) -> int:
    """Read *paths* in a process of its own; return where its rows can be read."""
    answer, ours = os.pipe()
    if os.fork():
        os.close(ours)
        return answer
    best: dict[Key, Row] = {}
    for path in paths:
        keep_largest(best, rows_in(path.read_bytes()))
    with os.fdopen(ours, "wb") as pipe:
        pipe.write(marshal.dumps(list(best.values())))
    os._exit(0)


def main() -> None:
    gc.disable()
    tree, ledger = map(Path, sys.argv[1:])
    paths = sorted(tree.rglob("*.jsonl"), key=lambda path: path.stat().st_size)
    pipes = [read_apart(paths[number::PROCESSES]) for number in range(PROCESSES)]
    best: dict[Key, Row] = {}
    with closing(sqlite.connect(str(ledger), isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"CREATE TABLE calls (id INTEGER PRIMARY KEY, {COLUMNS})")
        connection.execute("BEGIN IMMEDIATE")
        for pipe in pipes:
            with os.fdopen(pipe, "rb") as answer:
                keep_largest(best, marshal.loads(answer.read()))  # noqa: S302 - our own child
            os.wait()
        marks = ", ".join("?" for _ in COLUMNS.split(","))
        insert = f"INSERT INTO calls ({COLUMNS}) VALUES ({marks})"  # noqa: S608 - our names
        connection.executemany(insert, best.values())
        connection.execute("CREATE UNIQUE INDEX once ON calls (message, request, is_sidechain)")
        connection.execute("COMMIT")


if __name__ == "__main__":
    main()

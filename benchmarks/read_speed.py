"""Times the reading of a tree of logs in one process, without any ledger.

    python -m benchmarks.read_speed FOLDER [--source claude-code] [--profile]

Compares the result with ``FOLDER/truth.json`` when there is one (see make_tree.py).
"""

from __future__ import annotations

import argparse
import cProfile
import json
import time
from collections import defaultdict
from pathlib import Path

import msgspec

from alwrity_desktop.core.domain.identity import merge
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources.base import LogFile, LogSource, walk
from alwrity_desktop.core.sources.registry import source_named

NOW_MS = 1_800_000_000_000


def read_tree(source: LogSource, root: Path) -> tuple[list[Call], int, int, int]:
    """Return the calls, the rejects, the bytes read and the bytes of the encoded results."""
    encode = msgspec.msgpack.Encoder().encode
    calls: list[Call] = []
    rejects = bytes_read = encoded = 0
    for log in walk(root, source):
        if isinstance(log, LogFile):
            with Path(log.path).open("rb", buffering=0) as file:
                result = source.read(file, 0, b"", NOW_MS, log.path)
            encoded += len(encode(result))
            calls += result.calls
            rejects += len(result.rejects)
            bytes_read += result.bytes_read
    return calls, rejects, bytes_read, encoded


def sums(calls: list[Call]) -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for call in calls:
        model = totals[call.model]
        model["calls"] += 1
        for name in ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h"):
            model[f"{name}_tokens"] += getattr(call, f"{name}_tokens")
    return totals


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--source", default="claude-code")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    source = source_named(options.source)
    if options.profile:
        cProfile.runctx(
            "read_tree(source, root)",
            globals() | {"source": source},
            {"root": options.folder},
            sort="tottime",
        )
        return 0
    started, started_cpu = time.perf_counter(), time.process_time()
    calls, rejects, bytes_read, encoded = read_tree(source, options.folder)
    read_s, read_cpu = time.perf_counter() - started, time.process_time() - started_cpu
    merged = merge(calls)
    merge_s = time.perf_counter() - started - read_s
    print(
        f"read   {read_s:.3f} s ({read_cpu:.3f} CPU-s), {bytes_read / 1e6:.0f} MB, "
        f"{len(calls)} calls, {rejects} rejects, encoded to {encoded / 1e6:.1f} MB"
    )
    print(f"merge  {merge_s:.3f} s, {len(merged)} distinct calls")
    truth = options.folder / "truth.json"
    if not truth.exists():
        return 0
    is_right = json.loads(truth.read_text())["models"] == sums(merged)
    print("truth  " + ("equal" if is_right else "DIFFERENT"))
    return 0 if is_right else 1


if __name__ == "__main__":
    raise SystemExit(main())

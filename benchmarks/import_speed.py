"""Times the import of a tree of Claude Code logs, side by side with ccusage.

    python -m benchmarks.import_speed [--tree FOLDER] [--ccusage PROGRAM] [--rounds 5]
        [--usage-text-bytes 700 1700 2600]

Makes trees of 300 MB unless one is given (see make_tree.py): as many calls in as many lines each,
but with messages of different lengths, so that the lines with usage hold two fifths of the bytes,
three fifths, or nearly all. How long ccusage takes depends on that more than on anything else.

Runs the installed program as a person does, in a profile of its own each time. Before any time
counts, calls and token sums of each model are held against the tree's ``truth.json``. Both
programs take turns, so that both meet the same machine, and medians are shown. The second import,
and the one after a megabyte of new lines, are shown beyond the time that the program needs to
start and look at a single file.

The program is compiled before, as an installed one is: where PYTHONDONTWRITEBYTECODE is set, each
start would compile every file that was changed since, and take a tenth of a second longer. Beside
the times stand CPU seconds of all processes: they say more where other programs are at work.

A bare prototype (import_prototype.py) shows what reading and inserting alone take in Python.

ccusage is measured when it is there: ``npm install ccusage@20`` brings it, and its native program
lies in ``node_modules/@ccusage/ccusage-<system>/bin``.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from alwrity_desktop.core.sources.claude_code import MARKER
from benchmarks.make_tree import Sizes, make_tree

PROGRAM: Final = (sys.executable, "-m", "alwrity_desktop")
PACKAGE: Final = Path(__file__).parents[1] / "alwrity_desktop"
NEW_BYTES: Final = 1_000_000
KINDS: Final = ("input_tokens", "output_tokens", "cache_read_tokens")
#: What the times are held against, as parts of another one.
GOALS: Final = {"import / ccusage": 1.0, "second import / first": 0.1, "after 1 MB / first": 0.2}


class Taken(NamedTuple):
    """What a run of a program took, seconds."""

    wall_s: float
    #: Of the program and its workers.
    cpu_s: float


def run(words: Sequence[str | Path], **environ: str | Path) -> tuple[Taken, str]:
    """Run a program to its end; return what it took and what it printed."""
    places = {name: str(place) for name, place in environ.items()}
    started, started_cpu = time.perf_counter(), cpu_of_children()
    done = subprocess.run(
        words, env={**os.environ, **places}, stdout=subprocess.PIPE, text=True, check=True
    )
    wall_s = time.perf_counter() - started
    return Taken(wall_s, cpu_of_children() - started_cpu), done.stdout


@dataclass(frozen=True)
class Times:
    """Medians of each part; None where a program was not there."""

    start: Taken
    first: Taken
    second: Taken
    grown: Taken
    prototype: Taken
    ccusage: Taken | None


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def profile() -> Iterator[Path]:
    """Yield an empty profile folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="import-speed-") as folder:
        yield Path(folder)


def import_tree(tree: Path, home: Path) -> tuple[Taken, dict[str, Any]]:
    """Import *tree*; return what it took and what the program says of it."""
    words = (*PROGRAM, "import", "claude-code", tree, "--json")
    taken, answer = run(words, ALWRITY_DESKTOP_HOME=home)
    return taken, json.loads(answer)["sources"][0]


def check_truth(tree: Path) -> None:
    """Import *tree* once and hold every sum against the truth; exits where one differs."""
    truth = json.loads((tree / "truth.json").read_text())
    with profile() as home:
        added = import_tree(tree, home)[1]["calls_added"]
        words = (*PROGRAM, "report", "--period", "all", "--by", "model", "--json")
        report = json.loads(run(words, ALWRITY_DESKTOP_HOME=home)[1])
    found = {group["key"]: group for group in report["groups"]["model"]}
    differences = [] if added == truth["calls"] else [f"{added} calls, not {truth['calls']}"]
    for model, sums in truth["models"].items():
        writes = sums["cache_write_5m_tokens"] + sums["cache_write_1h_tokens"]
        expected = {name: sums[name] for name in ("calls", *KINDS)} | {"cache_write_tokens": writes}
        differences += [
            f"{model}: {name} is {found.get(model, {}).get(name)}, not {count}"
            for name, count in expected.items()
            if found.get(model, {}).get(name) != count
        ]
    if differences:
        sys.exit("The import is wrong:\n" + "\n".join(differences))
    print(f"Every sum is right: {added:,} distinct calls, {len(truth['models'])} models.")


def usage_percent(tree: Path) -> int:
    """Return how many percent of the bytes of *tree* lie in lines with usage."""
    whole = used = 0
    for path in tree.rglob("*.jsonl"):
        with path.open("rb") as log:
            for line in log:
                whole += len(line)
                used += len(line) if MARKER in line else 0
    return round(100 * used / whole)


def ccusage_time(program: Path, tree: Path) -> Taken:
    words = (program, "daily", "--json", "--offline")
    return run(words, CLAUDE_CONFIG_DIR=tree)[0]


def prototype_time(tree: Path) -> Taken:
    """Return what the least that an import can be takes; see import_prototype.py."""
    with profile() as home:
        words = (sys.executable, "-m", "benchmarks.import_prototype", tree, home / "ledger.sqlite3")
        return run(words)[0]


def start_time(home: Path) -> Taken:
    """Return what the program's start takes: an import that has one empty log to look at."""
    log = home / "empty" / "projects" / "x" / "a.jsonl"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    return import_tree(home / "empty", home)[0]


@contextmanager
def grown(tree: Path) -> Iterator[Callable[[], None]]:
    """Lengthen some logs of *tree* by a megabyte of calls when called; undo it afterwards."""
    with tempfile.TemporaryDirectory(prefix="import-speed-") as folder:
        sizes = Sizes(megabytes=1, files=4, calls=200, usage_lines=280, torn_lines=0, seed=7)
        make_tree(Path(folder), sizes)
        added = b"".join(path.read_bytes() for path in Path(folder).rglob("*.jsonl"))[:NEW_BYTES]
    added = added[: added.rindex(b"\n") + 1]
    log = max(tree.rglob("*.jsonl"), key=lambda path: path.stat().st_size)
    size = log.stat().st_size

    def lengthen() -> None:
        with log.open("ab") as file:
            file.write(added)

    try:
        yield lengthen
    finally:
        os.truncate(log, size)


def measure_once(tree: Path) -> tuple[Taken, Taken, Taken, Taken]:
    """Return what was taken by a start, of a first, a second and a grown import."""
    with profile() as home, grown(tree) as lengthen:
        first, _ = import_tree(tree, home)
        second, again = import_tree(tree, home)
        if again["calls_added"] or again["bytes_read"]:
            sys.exit("The second import read or added something.")
        lengthen()
        after, more = import_tree(tree, home)
        if not 0 < more["bytes_read"] <= NEW_BYTES:
            sys.exit("The import after new lines did not read just them.")
        start_time(home)
        return start_time(home), first, second, after


def measure(tree: Path, ccusage: Path | None, rounds: int) -> Times:
    """Return medians over some rounds in which the programs take turns."""
    ours, theirs, least = [], [], []
    for _ in range(rounds):
        least.append(prototype_time(tree))
        if ccusage is not None:
            theirs.append(ccusage_time(ccusage, tree))
        ours.append(measure_once(tree))
    start, first, second, after = map(median, zip(*ours, strict=True))
    named = median(theirs) if theirs else None
    return Times(start, first, second, after, median(least), named)


def median(runs: Iterable[Taken]) -> Taken:
    return Taken(*map(statistics.median, zip(*runs, strict=True)))


def table(times: Times) -> Iterator[str]:
    parts = {
        "start": times.start,
        "first import": times.first,
        "second import": times.second,
        "import after 1 MB": times.grown,
        "bare prototype": times.prototype,
        "ccusage": times.ccusage,
    }
    for name, taken in parts.items():
        if taken is not None:
            yield f"{name:24}{taken.wall_s:8.2f} s{taken.cpu_s:8.2f} CPU-s"
    start, first = times.start.wall_s, times.first.wall_s
    ratios = {
        "second import / first": max(0.0, times.second.wall_s - start) / first,
        "after 1 MB / first": max(0.0, times.grown.wall_s - start) / first,
    }
    if times.ccusage is not None:
        ratios = {"import / ccusage": first / times.ccusage.wall_s, **ratios}
    yield ""
    for name, ratio in ratios.items():
        yield f"{name:24}{ratio:8.2f}    at most {GOALS[name]:.2f}: {verdict(ratio, name)}"


def verdict(ratio: float, name: str) -> str:
    return "held" if ratio <= GOALS[name] else "NOT held"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=Path, help="a tree of make_tree.py, left as it was")
    parser.add_argument("--ccusage", type=Path, default=shutil.which("ccusage"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--usage-text-bytes", type=int, nargs="+", default=[700, 1700, 2600], metavar="BYTES"
    )
    options = parser.parse_args()
    compileall.compile_dir(PACKAGE, quiet=1)
    for length in [None] if options.tree else options.usage_text_bytes:
        with tempfile.TemporaryDirectory(prefix="import-speed-") as folder:
            tree = Path(folder) / "tree"
            if length is None:
                shutil.copytree(options.tree, tree)
            else:
                make_tree(tree, Sizes(usage_text_bytes=length))
            print(f"\nLines with usage hold {usage_percent(tree)} % of the bytes.")
            check_truth(tree)
            print("\n".join(table(measure(tree, options.ccusage, options.rounds))))
    if options.ccusage is None:
        print("\nccusage is not here to compare with: npm install ccusage@20")


if __name__ == "__main__":
    main()

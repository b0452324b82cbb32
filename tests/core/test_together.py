"""Several programs on one ledger, and a disk that is full."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.results import ImportProgress
from benchmarks.make_tree import Sizes, make_tree
from tests.core.trees import import_claude, line, log_in, refused, totals

COMMAND: Final = (sys.executable, "-m", "alwrity_desktop")
RECORD: Final = ("record", "--provider", "gemini", "--model", "gemini-2.5-pro")
SIZES: Final = Sizes(megabytes=9, files=60, calls=6000, usage_lines=8000, torn_lines=20)
ROUNDS: Final = 2

pytestmark = pytest.mark.usefixtures("clock")


def started(*words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (*COMMAND, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a tree whose ledger outgrows a megabyte, and that is worth worker processes."""
    folder = tmp_path_factory.mktemp("tree")
    make_tree(folder, SIZES)
    return folder


@pytest.mark.parametrize("number", range(ROUNDS))
def test_that_two_imports_at_once_and_a_script_end_as_one(
    context: Context, tree: Path, number: int
) -> None:
    imports = [started("import", "claude-code", tree, "--json") for _ in range(2)]
    scripts = [started(*RECORD, "--id", f"{each}", "--input-tokens", "60") for each in range(4)]
    ended = [(each, *each.communicate(timeout=60)) for each in (*imports, *scripts)]

    assert [(each.returncode, err) for each, _, err in ended] == [(0, "")] * 6
    added = sum(json.loads(out)["sources"][0]["calls_added"] for _, out, _ in ended[:2])
    assert added == SIZES.calls
    figures = totals(context)
    assert figures.calls == SIZES.calls + 4
    assert import_claude(context, tree).calls_added == 0
    assert totals(context) == figures


def test_that_a_log_that_two_read_at_once_counts_once(context: Context, tmp_path: Path) -> None:
    path = log_in(tmp_path, "a", [line(1)])
    read_by_two(context, path, line(2))

    assert totals(context).calls == 3
    assert refused(context) == {}


def test_that_a_line_that_two_refuse_at_once_is_counted_once(
    context: Context, tmp_path: Path
) -> None:
    path = log_in(tmp_path, "a", [line(1)])
    read_by_two(context, path, line(2, usage={"input_tokens": -1, "output_tokens": 1}))

    assert sum(refused(context).values()) == 1


def read_by_two(context: Context, path: Path, more: bytes) -> None:
    """Let another program read and book the same new lines between our reading and booking."""
    import_claude(context, path)
    with path.open("ab") as log:
        log.write(more + line(3))
    other = Context(context.profile, context.clock, os.environ)
    done: list[int] = []

    def meanwhile(_progress: ImportProgress) -> None:
        if not done:
            done.append(import_claude(other, path).files)

    context.import_logs("claude-code", [path], meanwhile)
    other.close()
    assert done == [1]


FULL_DISK: Final = """
set -u
mount -t tmpfs -o size=1m tmpfs "$1"
export ALWRITY_DESKTOP_HOME="$1"
say() { echo "$1 $?"; }
python="$2"
"$python" -m alwrity_desktop record --provider gemini --model gemini-2.5-pro --id kept >/dev/null
say recorded
"$python" -m alwrity_desktop import claude-code "$3" >/dev/null; say full
"$python" -m alwrity_desktop report --period all --json >"$4/full.json"; say reported
dd if=/dev/zero of="$1/rest" bs=1k 2>/dev/null
"$python" -m alwrity_desktop status; say crammed
rm "$1/rest"
mount -o remount,size=64m "$1"
"$python" -m alwrity_desktop import claude-code "$3" >/dev/null; say imported
"$python" -m alwrity_desktop report --period all --json >"$4/free.json"; say told
"""


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    words = ("unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt")
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="Small disks cannot be made here.")
def test_that_a_full_disk_is_one_sentence_and_goes_on_once_there_is_space(
    tree: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ("unshare", "-rm", "sh", "-c", FULL_DISK, "sh", disk, sys.executable, tree, tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.stdout.split("\n")[:-1] == [
        "recorded 0",
        "full 1",
        "reported 0",
        "crammed 1",
        "imported 0",
        "told 0",
    ]
    assert [line.partition(": ")[2][:16] for line in done.stderr.splitlines()] == [
        "The disk is full"
    ] * 2
    assert calls_in(tmp_path / "full.json") == 1
    assert calls_in(tmp_path / "free.json") == SIZES.calls + 1


def calls_in(report: Path) -> int:
    return int(json.loads(report.read_text())["totals"]["calls"])


LIMITED: Final = (
    "import resource, sys\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
    "from alwrity_desktop.__main__ import main\n"
    "sys.exit(main())\n"
)


@pytest.mark.skipif(os.name != "posix", reason="Limits as POSIX has them")
def test_that_a_write_that_the_system_refuses_is_one_sentence_and_loses_nothing(
    context: Context, tree: Path
) -> None:
    with started(*RECORD, "--id", "kept") as recorded:
        recorded.communicate(timeout=60)
    done = subprocess.run(
        (sys.executable, "-c", LIMITED, "import", "claude-code", tree),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert totals(context).calls == 1
    assert import_claude(context, tree).calls_added == SIZES.calls

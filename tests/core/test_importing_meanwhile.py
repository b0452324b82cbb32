"""Imports: what is booked while the rest is read, and logs whose names are no text."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from alwrity_desktop.core import importing, log_workers
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from benchmarks.make_tree import Sizes, make_tree
from tests.core.trees import EVER, assert_sums, import_claude, line, log_in, streamed, totals
from tests.logs import claude_line, usage

SMALL = Sizes(megabytes=2, files=12, calls=400, usage_lines=600, torn_lines=9)


@pytest.mark.parametrize("soon_s", [-1.0, 0.0, 1e9], ids=["after", "between", "meanwhile"])
def test_that_it_does_not_matter_whether_calls_are_booked_while_others_are_read(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soon_s: float
) -> None:
    monkeypatch.setattr(importing, "SOON_S", soon_s)
    truth = make_tree(tmp_path, SMALL)

    done = import_claude(context, tmp_path)

    assert (done.calls_added, totals(context).calls) == (truth["calls"], truth["calls"])
    assert_sums(context, truth["models"])


def test_that_a_call_gives_way_to_a_better_copy_that_is_read_after_it_was_booked(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "SOON_S", 1e9)
    log_in(tmp_path, "a", [streamed(1), line(2)])
    log_in(tmp_path, "b", [line(3)])
    log_in(tmp_path, "c", [line(1)])

    done = import_claude(context, tmp_path)

    assert (done.calls_added, done.calls_merged) == (3, 1)
    figures = totals(context)
    assert (figures.calls, figures.output_tokens) == (3, 60)


@pytest.mark.parametrize("workers_from", [0, 1 << 40], ids=["workers", "alone"])
def test_that_a_copy_without_a_request_belongs_to_the_best_call_of_all_logs(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers_from: int
) -> None:
    monkeypatch.setattr(log_workers, "LARGE_BYTES", workers_from)
    monkeypatch.setattr(log_workers, "_CHUNK_FILES", 1)
    small, unknown, large = (
        claude_line("msg_1", request, usage=usage(output))
        for request, output in (("req_2", 7), (None, 9), ("req_1", 1217))
    )
    log_in(tmp_path, "a", [small, unknown, line(2)])
    log_in(tmp_path, "b", [large])

    import_claude(context, tmp_path)

    figures = totals(context)
    assert (figures.calls, figures.output_tokens) == (3, 7 + 1217 + 20)


@pytest.mark.skipif(sys.platform != "linux", reason="names are text on other systems")
def test_that_a_name_that_is_no_text_stops_nothing(context: Context, tmp_path: Path) -> None:
    odd_folder = tmp_path / os.fsdecode(b"caf\xe9")
    odd = log_in(odd_folder, os.fsdecode(b"x\xff"), [line(1), b"{torn\n"])
    log_in(odd_folder, "plain", [line(2)])

    first = import_claude(context, odd_folder)
    again = import_claude(context, odd_folder)
    odd.unlink()
    gone = import_claude(context, odd_folder)

    assert (first.calls_added, first.files, first.lines_rejected) == (2, 2, 1)
    assert (again.calls_added, again.bytes_read, again.files_unchanged) == (0, 0, 2)
    assert (gone.files, gone.calls_added) == (1, 0)
    (source,) = context.report(LOCAL_ACCOUNT, EVER).health.sources
    assert [each.example_path.rpartition("/")[2] for each in source.rejections] == [r"x\xff.jsonl"]

"""Imports: every call once, whatever happens to the logs meanwhile, and nothing refused unsaid."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from alwrity_desktop.core import importing, log_workers, settings
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import NotFoundError
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.log_reading import UNREADABLE
from alwrity_desktop.core.results import ImportProgress
from alwrity_desktop.core.sources import base
from benchmarks.make_tree import Sizes, make_tree
from tests.core.conftest import Powerless
from tests.core.trees import (
    EVER,
    assert_sums,
    import_claude,
    line,
    log_in,
    refused,
    streamed,
    totals,
)
from tests.logs import NOW_MS, claude_line, counts, session_meta, token_count, turn_context, usage

SMALL = Sizes(megabytes=2, files=12, calls=400, usage_lines=600, torn_lines=9)


def test_that_a_second_import_reads_and_adds_nothing(context: Context, tmp_path: Path) -> None:
    log_in(tmp_path, "a", [line(1), line(2)])
    first = import_claude(context, tmp_path)
    before = totals(context)

    second = import_claude(context, tmp_path)

    assert (first.calls_added, first.files, first.files_unchanged) == (2, 1, 0)
    assert (second.calls_added, second.bytes_read, second.files_unchanged) == (0, 0, 1)
    assert totals(context) == before
    assert before.tokens == 60


def test_that_a_copy_of_the_tree_from_another_place_adds_nothing(
    context: Context, tmp_path: Path
) -> None:
    truth = make_tree(tmp_path / "tree", SMALL)
    import_claude(context, tmp_path / "tree")
    before = totals(context)
    shutil.copytree(tmp_path / "tree", tmp_path / "elsewhere")

    copied = import_claude(context, tmp_path / "elsewhere")

    assert copied.calls_added == 0
    assert copied.calls_merged > 0
    assert totals(context) == before
    assert before.calls == truth["calls"]


def test_that_deleted_logs_change_nothing(context: Context, tmp_path: Path) -> None:
    log_in(tmp_path, "a", [line(1), line(2)])
    kept = log_in(tmp_path, "b", [line(3)])
    import_claude(context, tmp_path)
    before = totals(context)
    (kept.parent / "a.jsonl").unlink()

    import_claude(context, tmp_path)

    assert totals(context) == before


def test_that_a_growing_log_is_read_on_from_where_it_ended(
    context: Context, tmp_path: Path
) -> None:
    path = log_in(tmp_path, "a", [line(number) for number in range(50)])
    import_claude(context, tmp_path)
    more = line(50) + line(51)
    with path.open("ab") as log:
        log.write(more)

    grown = import_claude(context, tmp_path)

    assert (grown.calls_added, grown.bytes_read) == (2, len(more))
    assert totals(context).calls == 52


def test_that_a_torn_last_line_waits_for_its_rest(context: Context, tmp_path: Path) -> None:
    whole = line(2)
    path = log_in(tmp_path, "a", [line(1), whole[:80]])
    torn = import_claude(context, tmp_path)
    assert (torn.calls_added, torn.lines_rejected) == (1, 0)

    with path.open("ab") as log:
        log.write(whole[80:])
    completed = import_claude(context, tmp_path)

    assert (completed.calls_added, completed.lines_rejected) == (1, 0)
    assert totals(context).calls == 2


def test_that_a_streamed_copy_is_corrected_when_the_rest_is_written(
    context: Context, tmp_path: Path
) -> None:
    path = log_in(tmp_path, "a", [streamed(1)])
    import_claude(context, tmp_path)
    assert totals(context).output_tokens == 1

    with path.open("ab") as log:
        log.write(line(1))
    import_claude(context, tmp_path)

    assert (totals(context).calls, totals(context).output_tokens) == (1, 20)


def rewritten(path: Path) -> None:
    """Put other lines of the same length into the same file."""
    path.write_bytes(line(3) + line(4))


def shrunk(path: Path) -> None:
    path.write_bytes(line(3))


def replaced(path: Path) -> None:
    """Put a longer file in its place, as editors and synchronisers do."""
    beside = path.with_suffix(".new")
    beside.write_bytes(line(3) + line(4) + line(5))
    beside.replace(path)


def emptied_and_refilled(path: Path) -> None:
    path.write_bytes(b"")
    path.write_bytes(b"".join(line(number) for number in (6, 7, 8, 9)))


@pytest.mark.parametrize(
    ("change", "calls"),
    [(rewritten, 4), (shrunk, 3), (replaced, 5), (emptied_and_refilled, 6)],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_that_a_log_that_was_written_anew_is_read_from_its_start(
    context: Context, tmp_path: Path, change: object, calls: int
) -> None:
    path = log_in(tmp_path, "a", [line(1), line(2)])
    import_claude(context, tmp_path)
    first = path.stat()
    assert callable(change)

    change(path)
    # A rewrite within the clock's grain still shows by its time.
    os.utime(path, ns=(first.st_atime_ns, first.st_mtime_ns + 1_000_000))
    import_claude(context, tmp_path)

    assert totals(context).calls == calls


BAD_LINES = {
    base.NOT_JSON: b'{"message":{"usage":{"input_tokens":1}\n',
    base.BAD_COUNT: line(9, usage=usage(20, input_tokens="many")),  # type: ignore[arg-type]
    base.NEGATIVE_COUNT: line(9, usage=usage(-20)),
    base.ABSURD_COUNT: line(9, usage=usage(1_000_000_001)),
    base.BAD_TIME: line(9, timestamp="yesterday"),
    base.EARLY_TIME: line(9, at_ms=1_000),
    base.FUTURE_TIME: line(9, at_ms=NOW_MS + 10 * 86_400_000),
    base.BAD_MODEL: line(9, model=7),
    base.BAD_FIELD: line(9, sessionId=7),
}


@pytest.mark.parametrize(("reason", "bad"), BAD_LINES.items(), ids=list(BAD_LINES))
def test_that_a_bad_line_is_counted_and_named_and_stops_nothing(
    context: Context, tmp_path: Path, reason: str, bad: bytes
) -> None:
    path = log_in(tmp_path, "a", [line(1), bad, line(2)])

    done = import_claude(context, tmp_path)

    assert (done.calls_added, done.lines_rejected) == (2, 1)
    assert totals(context).tokens == 60
    (source,) = context.report(LOCAL_ACCOUNT, EVER).health.sources
    (rejection,) = source.rejections
    assert (rejection.reason, rejection.lines) == (reason, 1)
    assert (rejection.example_path, rejection.example_offset) == (str(path), len(line(1)))


def test_that_refused_lines_are_counted_once_however_often_they_are_met(
    context: Context, tmp_path: Path
) -> None:
    bad = BAD_LINES[base.NEGATIVE_COUNT]
    path = log_in(tmp_path, "a", [bad, bad, line(1)])
    import_claude(context, tmp_path)
    import_claude(context, tmp_path)
    assert refused(context) == {base.NEGATIVE_COUNT: 2}

    with path.open("ab") as log:
        log.write(bad)
    import_claude(context, tmp_path)
    assert refused(context) == {base.NEGATIVE_COUNT: 3}

    path.write_bytes(bad)
    import_claude(context, tmp_path)
    assert refused(context) == {base.NEGATIVE_COUNT: 1}


def test_that_a_binary_file_is_named_and_stops_nothing(context: Context, tmp_path: Path) -> None:
    log_in(tmp_path, "a", [bytes(range(256)) * 100 + b'"input_tokens"'])
    log_in(tmp_path, "b", [line(1)])

    import_claude(context, tmp_path)

    assert totals(context).calls == 1
    assert refused(context) == {base.NOT_TEXT: 1}


def test_that_an_unreadable_log_is_named_and_read_once_it_can_be(
    guest: Context, open_folder: Path, powerless: Powerless
) -> None:
    closed = log_in(open_folder, "a", [line(1)])
    log_in(open_folder, "b", [line(2)])
    closed.chmod(0)
    with powerless():
        done = import_claude(guest, open_folder)
    assert (done.calls_added, done.lines_rejected) == (1, 1)
    assert refused(guest) == {UNREADABLE: 1}

    closed.chmod(0o600)
    import_claude(guest, open_folder)

    assert totals(guest).calls == 2
    assert refused(guest) == {}


def test_that_a_log_that_was_read_and_is_then_unreadable_keeps_its_calls(
    guest: Context, open_folder: Path, powerless: Powerless
) -> None:
    path = log_in(open_folder, "a", [line(1)])
    import_claude(guest, open_folder)
    with path.open("ab") as log:
        log.write(line(2))
    path.chmod(0)
    with powerless():
        import_claude(guest, open_folder)
    assert totals(guest).calls == 1

    path.chmod(0o600)
    import_claude(guest, open_folder)

    assert totals(guest).calls == 2


def test_that_a_folder_that_becomes_readable_is_no_longer_named(
    guest: Context, open_folder: Path, powerless: Powerless
) -> None:
    folder = log_in(open_folder, "a", [line(1)]).parent
    beside = folder.with_name("-home-ada-other")
    beside.mkdir()
    (beside / "b.jsonl").write_bytes(line(2))
    folder.chmod(0)
    with powerless():
        import_claude(guest, open_folder)
    assert refused(guest) == {UNREADABLE: 1}

    folder.chmod(0o700)
    import_claude(guest, open_folder)

    assert totals(guest).calls == 2
    assert refused(guest) == {}


def test_that_a_closed_folder_of_one_tool_stops_no_other(
    guest: Context, open_folder: Path, powerless: Powerless, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = log_in(open_folder / ".claude", "a", [line(1)]).parents[2]
    spent = counts(100, 40, 10)
    codex = open_folder / ".codex" / "sessions" / "rollout-1.jsonl"
    codex.parent.mkdir(parents=True)
    codex.write_bytes(session_meta() + turn_context() + token_count(spent, spent))
    places = {"CLAUDE_CONFIG_DIR": str(closed), "CODEX_HOME": str(codex.parents[1])}
    context = Context(guest.profile, guest.clock, {**os.environ, **places})
    closed.chmod(0)
    with powerless():
        context.import_logs()
        assert totals(context).tokens == 110
        assert refused(context) == {UNREADABLE: 1}

    closed.chmod(0o700)
    context.import_logs()

    assert totals(context).tokens == 140
    assert refused(context) == {}
    context.close()


def test_that_workers_read_the_same_as_one_process(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = make_tree(tmp_path, SMALL)
    monkeypatch.setattr(log_workers, "LARGE_BYTES", 0)
    monkeypatch.setattr(log_workers, "_CHUNK_BYTES", 100_000)
    monkeypatch.setattr(importing, "CALLS_PER_COMMIT", 100)

    done = import_claude(context, tmp_path)

    assert done.lines_rejected == SMALL.torn_lines
    assert (done.calls_added, totals(context).calls) == (truth["calls"], truth["calls"])
    assert_sums(context, truth["models"])


def test_that_an_import_that_is_cancelled_keeps_what_was_read(
    context: Context, tmp_path: Path
) -> None:
    for number in range(5):
        log_in(tmp_path, f"{number}", [line(number)])
    seen: list[ImportProgress] = []

    context.import_logs("claude-code", [tmp_path], seen.append, lambda: len(seen) == 2)
    assert totals(context).calls == 2

    import_claude(context, tmp_path)
    assert totals(context).calls == 5


def test_that_progress_rises_to_everything(context: Context, tmp_path: Path) -> None:
    for number in range(3):
        log_in(tmp_path, f"{number}", [line(number)])
    seen: list[ImportProgress] = []

    context.import_logs("claude-code", [tmp_path], seen.append)

    assert [each.files_done for each in seen] == [1, 2, 3]
    assert [each.calls for each in seen] == [1, 2, 3]
    assert seen[-1].bytes_done == seen[-1].bytes_total
    assert {each.files_total for each in seen} == {3}


def test_that_usual_folders_are_read_unless_a_source_is_left_out(
    context: Context, home: Path
) -> None:
    log_in(home / ".claude", "a", [line(1)])
    codex = home / ".codex" / "sessions" / "rollout-1.jsonl"
    codex.parent.mkdir(parents=True)
    spent = counts(100, 40, 10)
    codex.write_bytes(session_meta() + turn_context() + token_count(spent, spent))
    assert {each.source: each.files for each in context.find_logs()} == {
        "claude-code": 1,
        "codex": 1,
    }
    kept = context.settings
    settings.change(context.profile.settings, kept, disabled_sources=("codex",))

    assert "codex" not in {each.source for each in context.import_logs()}
    settings.change(context.profile.settings, kept)
    added = {each.source: each.calls_added for each in context.import_logs()}
    assert (added["claude-code"], added["codex"], sum(added.values())) == (0, 1, 1)
    assert totals(context).tokens == 30 + 110


def test_that_folders_of_the_settings_are_read_too(context: Context, tmp_path: Path) -> None:
    log_in(tmp_path / "laptop", "a", [line(1)])
    kept = context.settings
    settings.change(context.profile.settings, kept, log_folders=(str(tmp_path / "laptop"),))

    context.import_logs()

    assert totals(context).calls == 1


def test_that_an_unknown_source_and_a_foreign_path_are_told(
    context: Context, tmp_path: Path
) -> None:
    with pytest.raises(NotFoundError, match=r'no source "cursor".*claude-code, codex'):
        context.import_logs("cursor")
    with pytest.raises(NotFoundError, match="no logs of a known tool"):
        context.import_logs(None, [tmp_path])


def test_that_a_call_without_a_request_id_is_one_with_its_copy(
    context: Context, tmp_path: Path
) -> None:
    log_in(tmp_path, "a", [claude_line("msg_1", None)])
    import_claude(context, tmp_path)
    log_in(tmp_path, "b", [claude_line("msg_1", "req_1")])
    import_claude(context, tmp_path)

    assert totals(context).calls == 1

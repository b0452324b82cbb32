"""Tests of walking through folders of logs, and of finding the sources."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from alwrity_desktop.core.sources.base import (
    LogFile,
    WalkProblem,
    distinct_folders,
    has_logs,
    last_folder,
    walk,
)
from alwrity_desktop.core.sources.claude_code import SOURCE
from alwrity_desktop.core.sources.registry import all_sources, source_named


def names(root: Path) -> list[str]:
    found = list(walk(root, SOURCE))
    assert all(isinstance(item, LogFile) for item in found)
    return [Path(item.path).name for item in found]


def make(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"{}\n")


def test_that_sources_are_found_by_being_there() -> None:
    assert [source.name for source in all_sources()] == [
        "claude-code",
        "codex",
        "copilot-cli",
        "gemini-cli",
        "litellm",
        "opencode",
    ]
    assert source_named("codex").title == "Codex"
    assert all(source_named(source.name) is source for source in all_sources())


@pytest.mark.parametrize("name", ["nothing", "registry", "base", "claude_code", "os.path", ""])
def test_that_only_a_source_is_found_by_its_name(name: str) -> None:
    with pytest.raises(KeyError):
        source_named(name)


def test_that_logs_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    make(tmp_path, "b/2.jsonl", "a/3.jsonl", "a/1.jsonl", "a/notes.txt", "c.jsonl")
    assert names(tmp_path) == ["1.jsonl", "3.jsonl", "2.jsonl", "c.jsonl"]


def test_that_a_log_is_told_by_what_the_system_knows_of_it(tmp_path: Path) -> None:
    make(tmp_path, "1.jsonl")
    signs = (tmp_path / "1.jsonl").stat()
    expected = LogFile(str(tmp_path / "1.jsonl"), 3, signs.st_ino, signs.st_dev, signs.st_mtime_ns)
    assert list(walk(tmp_path, SOURCE)) == [expected]
    assert list(walk(tmp_path / "1.jsonl", SOURCE)) == [expected]


def test_that_links_in_a_circle_end_and_files_come_once(tmp_path: Path) -> None:
    make(tmp_path, "a/1.jsonl")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a" / "self")
    (tmp_path / "again.jsonl").symlink_to(tmp_path / "a" / "1.jsonl")
    (tmp_path / "copy").symlink_to(tmp_path / "a")
    assert names(tmp_path) == ["1.jsonl"]


def test_that_a_broken_link_is_a_problem_with_its_reason(tmp_path: Path) -> None:
    make(tmp_path, "1.jsonl")
    (tmp_path / "0.jsonl").symlink_to(tmp_path / "gone")
    problem, log = walk(tmp_path, SOURCE)
    assert problem == WalkProblem(str(tmp_path / "0.jsonl"), "No such file or directory")
    assert isinstance(log, LogFile)


def test_that_an_unreadable_folder_is_a_problem_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a/1.jsonl", "b/2.jsonl")
    real = os.scandir

    def scandir(path: str) -> os.ScandirIterator[str]:  # type: ignore[name-defined]
        if path.endswith("a"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    # Root may read any folder, so that taking the permission away would test nothing.
    monkeypatch.setattr(os, "scandir", scandir)
    problem, log = walk(tmp_path, SOURCE)
    assert problem == WalkProblem(str(tmp_path / "a"), "Permission denied")
    assert isinstance(log, LogFile)


def test_that_a_missing_root_is_a_problem(tmp_path: Path) -> None:
    (problem,) = walk(tmp_path / "missing", SOURCE)
    assert isinstance(problem, WalkProblem)
    assert not has_logs(tmp_path / "missing", SOURCE)


def test_that_a_folder_named_like_a_log_is_a_folder(tmp_path: Path) -> None:
    make(tmp_path, "odd.jsonl/1.jsonl")
    assert names(tmp_path) == ["1.jsonl"]


def test_that_a_folder_under_two_names_is_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").symlink_to(tmp_path / "a")
    folders = [tmp_path / "a", tmp_path / "b", tmp_path / "c"]
    assert distinct_folders(folders) == (tmp_path / "a",)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/home/ada/engine", "engine"),
        ("/home/ada/engine/", "engine"),
        ("C:\\a\\b c\\", "b c"),
        ("/", ""),
    ],
)
def test_that_a_path_of_any_system_has_a_last_name(path: str, name: str) -> None:
    assert last_folder(path) == name

"""Tests that a made tree of logs is read exactly: calls and token sums of each model."""

from __future__ import annotations

from pathlib import Path

import pytest

from alwrity_desktop.core.domain.identity import merge
from alwrity_desktop.core.sources.claude_code import SOURCE
from benchmarks.make_tree import Sizes, make_tree
from benchmarks.read_speed import read_tree, sums

SIZES = Sizes(megabytes=2, files=20, calls=600, usage_lines=900, torn_lines=12)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_that_a_made_tree_holds_what_its_truth_says(tmp_path: Path, seed: int) -> None:
    sizes = Sizes(**{**vars(SIZES), "seed": seed})
    truth = make_tree(tmp_path, sizes)
    calls, rejects, bytes_read, _ = read_tree(SOURCE, tmp_path / "projects")
    assert sums(merge(calls)) == truth["models"]
    assert rejects == sizes.torn_lines
    assert bytes_read == truth["bytes"]
    assert truth["usage_lines"] == sizes.usage_lines


def test_that_the_same_seed_makes_the_same_tree(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_tree(tmp_path / name, SIZES)
    one, other = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.jsonl")}
        for name in ("a", "b")
    )
    assert one == other
    assert len(one) == SIZES.files

"""Figures and tables for a terminal."""

from __future__ import annotations

import pytest

from alwrity_desktop.cli import words


@pytest.mark.parametrize(
    ("pico", "text"),
    [
        (None, "—"),
        (0, "$0.0000"),
        (1, "<$0.0001"),
        (75_000_000, "$0.0001"),
        (1_234_567_850_000_000, "$1,234.5678"),
        (-75_000_000, "-$0.0001"),
        (-1, "$0.0000"),
    ],
)
def test_that_the_cost_of_a_call_has_four_decimals(pico: int | None, text: str) -> None:
    assert words.call_money(pico) == text


def test_that_a_table_is_aligned_for_wide_signs_too() -> None:
    table = words.table(("Name", "Cost"), [("日本", "$1.00"), ("a", "$10.00")])
    assert table.split("\n") == ["Name    Cost", "日本   $1.00", "a     $10.00"]


@pytest.mark.parametrize(
    "sign", ["\x1b", "\n", "\r", "\x9b", "\u202e", "\u200f", "\u2028", "\ud800"]
)
def test_that_signs_that_steer_a_terminal_are_taken_out(sign: str) -> None:
    assert words.plain(f"a{sign}b") == "a b"


def test_that_one_call_is_one_call() -> None:
    assert [words.calls(each) for each in (0, 1, 1200)] == ["0 calls", "1 call", "1,200 calls"]


def test_that_what_is_not_known_is_a_dash() -> None:
    assert words.percent(None) == words.count(None) == "—"

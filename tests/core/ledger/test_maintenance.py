"""Looking after the ledger: backups that were opened, checks that find what they should."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlite

from alwrity_desktop.core.domain.errors import LedgerUnavailableError
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.ledger.ledger import Ledger
from tests.core.ledger.calls import DAY_MS, NOW_MS, a_call, a_log, from_logs, totals


@pytest.fixture
def filled(ledger: Ledger, book: PriceBook) -> Ledger:
    """Fill a ledger with calls of two models, one of them corrected once and once more."""
    calls = [
        a_call(f"msg_{number}", occurred_at_ms=NOW_MS - number * DAY_MS, duration_ms=number)
        for number in range(20)
    ]
    odd = a_call("msg_odd", model="no-price-1", provider="acme", output_tokens=1)
    ledger.record(from_logs(a_log([*calls, odd])), book)
    for output in (10, 20):
        better = a_call("msg_5", output_tokens=1000 + output, occurred_at_ms=NOW_MS - output)
        ledger.record(from_logs(a_log([better])), book)
    return ledger


def change(ledger: Ledger, statement: str) -> None:
    """Change the file behind the program's back."""
    connection = sqlite.connect(str(ledger.path), isolation_level=None)
    connection.execute(statement)
    connection.close()


def test_that_sums_and_calls_agree_after_corrections(filled: Ledger) -> None:
    assert filled.rollup_differences() == 0
    assert filled.damage() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rollups SET calls = calls + 1",
        "UPDATE rollups SET cost_micro = cost_micro - 1 WHERE cost_micro > 0",
        "UPDATE rollups SET duration_calls = 0 WHERE duration_calls = 1",
        "DELETE FROM rollups WHERE quarter = (SELECT min(quarter) FROM rollups)",
        "INSERT INTO rollups VALUES (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)",
        "DELETE FROM corrections",
        "DELETE FROM calls WHERE id = 3",
    ],
)
def test_that_any_difference_is_found(filled: Ledger, statement: str) -> None:
    change(filled, statement)

    assert filled.rollup_differences() > 0


def test_that_a_backup_is_a_ledger_with_the_same_sums(filled: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite3"
    filled.backup(path)
    before = totals(filled)

    opened = Ledger(path)

    assert totals(opened) == before
    assert opened.rollup_differences() == 0
    opened.close()
    assert path.stat().st_mode & 0o077 == 0


def test_that_a_backup_while_others_write_is_one_state(
    filled: Ledger, book: PriceBook, tmp_path: Path
) -> None:
    other = Ledger(filled.path)
    path = tmp_path / "kept.sqlite3"
    filled.backup(path)
    other.record(from_logs(a_log([a_call("msg_later")], "/logs/b.jsonl")), book)
    other.close()

    opened = Ledger(path)

    assert totals(opened).calls == totals(filled).calls - 1
    opened.close()


def test_that_a_backup_that_cannot_be_verified_leaves_the_old_one(
    filled: Ledger, tmp_path: Path
) -> None:
    path = tmp_path / "kept.sqlite3"
    filled.backup(path)
    before = path.read_bytes()
    filled.close()
    damage_a_page(filled.path)

    with pytest.raises(LedgerUnavailableError, match="could not be verified"):
        filled.backup(path)

    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.glob("kept*")] == ["kept.sqlite3"]


def damage_a_page(path: Path) -> None:
    """Overwrite the index of the calls by time, which no sum is read from."""
    connection = sqlite.connect(str(path), isolation_level=None)
    query = "SELECT rootpage FROM sqlite_master WHERE name = 'calls_by_time'"
    (root,) = connection.execute(query).fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)


def test_that_a_leftover_of_a_backup_is_no_obstacle(filled: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite3"
    path.with_name("kept.sqlite3.unfinished").write_bytes(b"half")

    filled.backup(path)

    assert [each.name for each in tmp_path.glob("kept*")] == ["kept.sqlite3"]

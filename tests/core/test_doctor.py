"""The doctor: names what is wrong and what to do, and never falls over it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlite

from alwrity_desktop.core import doctor, profile
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.results import Check
from alwrity_desktop.core.sources import base
from tests.core.conftest import Powerless
from tests.core.test_importing import BAD_LINES
from tests.core.trees import NOW_MS, import_claude, line, log_in, one_call

DAY_MS = 86_400_000


def named(context: Context, name: str) -> list[Check]:
    """Return the checks of one name."""
    return [each for each in context.doctor() if each.name == name]


def one(context: Context, name: str) -> Check:
    (found,) = named(context, name)
    return found


def test_that_a_new_profile_is_well_and_says_what_comes_next(context: Context) -> None:
    checks = context.doctor()

    assert [each.name for each in checks if not each.is_ok] == []
    assert {each.name for each in checks} >= {"Folders", "Settings", "Clock", "Disk", "Sums"}
    assert str(context.profile.data) in one(context, "Folders").detail
    assert "2026-11-20 13:32 in UTC" in one(context, "Clock").detail
    assert "alwrity-desktop import PATH" in one(context, "Claude Code").detail
    assert "budget set" in one(context, "Budgets").detail
    assert all(each.detail for each in checks)


def test_that_logs_that_lie_unread_are_told(context: Context, home: Path) -> None:
    log_in(home / ".claude", "a", [line(1)])
    before = one(context, "Claude Code").detail
    assert "1 log, " in before
    assert "Not read yet. Run: alwrity-desktop import" in before

    context.import_logs()

    assert "1 call, last read 2026-11-20 13:32" in one(context, "Claude Code").detail


def test_that_a_source_that_is_left_out_is_told(context: Context) -> None:
    context.profile.settings.write_text('disabled_sources = ["codex"]\n')

    assert "Left out" in one(context, "Codex").detail


@pytest.mark.parametrize("reason", BAD_LINES)
def test_that_every_refused_line_is_named_with_its_place(
    context: Context, tmp_path: Path, reason: str
) -> None:
    path = log_in(tmp_path, "a", [line(1), BAD_LINES[reason]])
    import_claude(context, tmp_path)

    check = one(context, "Claude Code, lines")

    assert check.detail.startswith(f"1 line refused: {reason}.")
    assert f"{path} at byte {len(line(1)):,}" in check.detail
    assert not check.is_ok


def test_that_a_torn_line_among_many_is_told_and_is_no_alarm(
    context: Context, tmp_path: Path
) -> None:
    log_in(tmp_path, "a", [*map(line, range(200)), BAD_LINES[base.NOT_JSON]])
    import_claude(context, tmp_path)

    check = one(context, "Claude Code, lines")

    assert check.is_ok
    assert "1 line refused" in check.detail


def test_that_a_file_that_cannot_be_read_is_told_with_what_to_do(
    guest: Context, open_folder: Path, powerless: Powerless
) -> None:
    closed = log_in(open_folder, "a", [line(1)])
    log_in(open_folder, "b", [line(2)])
    closed.chmod(0)
    with powerless():
        import_claude(guest, open_folder)
        check = one(guest, "Claude Code, files")

    assert not check.is_ok
    assert f"chmod -R u+rX '{closed}'" in check.detail


def test_that_a_model_without_a_price_is_named(context: Context) -> None:
    context.record([one_call(), one_call(identity="record:2", provider="acme", model="x1")])

    check = one(context, "Unpriced models")

    assert not check.is_ok
    assert "1 call of 2 have no price" in check.detail
    assert "x1 (acme)" in check.detail
    assert "prices set" in check.detail


def test_that_a_model_without_a_price_among_many_calls_is_no_alarm(context: Context) -> None:
    context.record(
        [
            *(one_call(identity=f"record:{number}") for number in range(200)),
            one_call(identity="record:x", model="x1", provider="acme"),
        ]
    )

    check = one(context, "Unpriced models")

    assert check.is_ok
    assert "x1 (acme)" in check.detail


def test_that_settings_that_cannot_be_taken_are_named_each(context: Context) -> None:
    context.profile.settings.write_text('theme = "pink"\nweek_starts = 7\n')

    found = named(context, "Settings")

    assert [each.is_ok for each in found] == [False, False]
    assert "theme" in found[0].detail
    assert "week_starts" in found[1].detail
    assert str(context.profile.settings) in found[0].detail


def test_that_a_folder_that_others_can_read_is_told(context: Context) -> None:
    context.profile.logs.chmod(0o755)

    check = one(context, "Folders")

    assert not check.is_ok
    assert f"chmod 700 '{context.profile.logs}'" in check.detail


def test_that_a_ledger_that_others_can_read_is_told(context: Context) -> None:
    context.record([one_call()])
    context.profile.ledger.chmod(0o644)

    assert "chmod 600" in named(context, "Ledger")[1].detail


def test_that_a_folder_that_is_gone_stops_no_other_check(context: Context) -> None:
    context.profile.cache.rmdir()

    checks = context.doctor()

    (lost,) = (each for each in checks if not each.is_ok)
    assert lost.name == "Folders"
    assert str(context.profile.cache) in lost.detail


def test_that_a_folder_that_cannot_be_written_is_told(
    guest: Context, open_folder: Path, powerless: Powerless
) -> None:
    guest.profile.cache.chmod(0o500)
    with powerless():
        check = one(guest, "Folders")

    assert not check.is_ok
    assert "cannot be written" in check.detail


@pytest.mark.parametrize("content", [b"this is no ledger" * 1000, b"\0" * 5000])
def test_that_a_file_that_is_no_ledger_is_told_once(context: Context, content: bytes) -> None:
    context.profile.ledger.write_bytes(content)

    checks = context.doctor()

    assert {each.name for each in checks if each.is_ok} >= {"Folders", "Settings", "Disk"}
    (told,) = (each for each in checks if not each.is_ok)
    assert told.name == "Ledger"
    assert str(context.profile.ledger) in told.detail
    assert context.profile.ledger.read_bytes() == content


def test_that_sums_that_differ_from_the_calls_are_found(context: Context) -> None:
    context.record([one_call()])
    context.close()
    connection = sqlite.connect(str(context.profile.ledger), isolation_level=None)
    connection.execute("UPDATE rollups SET input_tokens = input_tokens + 1")
    connection.close()

    check = one(context, "Sums")

    assert not check.is_ok
    assert "4 rows" in check.detail


def test_that_a_damaged_page_is_found(context: Context) -> None:
    context.record(one_call(identity=f"record:{number}") for number in range(2000))
    context.close()
    connection = sqlite.connect(str(context.profile.ledger), isolation_level=None)
    (root,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'calls_by_time'"
    ).fetchone()
    connection.close()
    with context.profile.ledger.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)

    checks = [each for each in context.doctor() if each.name in {"Ledger's file", "Sums"}]

    assert [each.is_ok for each in checks] == [False]
    assert "damaged" in checks[0].detail


def test_that_a_clock_behind_the_newest_call_is_told(home: Path) -> None:
    found = profile.find(os.environ)
    profile.prepare(found)
    today = Context(found, Clock(NOW_MS), os.environ)
    today.record([one_call()])
    today.close()

    class Behind(Clock, frozen=True):
        """A running clock that is a day behind."""

        def now_ms(self) -> int:
            return NOW_MS - DAY_MS

    late = Context(found, Behind(), os.environ)
    check = one(late, "Clock")
    late.close()

    assert not check.is_ok
    assert "Set the computer's clock" in check.detail


def test_that_an_old_price_list_is_said_and_is_no_alarm(home: Path) -> None:
    found = profile.find(os.environ)
    profile.prepare(found)
    later = Context(found, Clock(NOW_MS + 100 * DAY_MS), os.environ)
    check = one(later, "Prices")
    later.close()

    assert check.is_ok
    assert "days old and may lack newer models: alwrity-desktop prices update" in check.detail


def test_that_own_prices_and_budgets_are_told(context: Context) -> None:
    context.set_price(PriceOverride(provider="acme", model="x", input_usd_per_million="1"))
    context.set_budget(Budget(0, "Monthly budget", LimitKind.COST, 10**12, "month"))

    assert [each.detail for each in named(context, "Prices")][1] == "1 price of your own."
    assert one(context, "Budgets").detail == '1 budget watched: "Monthly budget".'


def test_that_a_disk_that_is_nearly_full_is_told(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = SimpleNamespace(total=10**9, used=9 * 10**8, free=10**8)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    check = one(context, "Disk")

    assert not check.is_ok
    assert check.detail.startswith("Only 100 MB are free")


def test_that_an_error_of_the_system_is_one_sentence(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Any) -> None:  # noqa: ANN401 - any path
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(shutil, "disk_usage", refuse)

    check = one(context, "Disk")

    assert not check.is_ok
    assert check.detail == f"The system refused {context.profile.data}: Permission denied."


def test_that_no_line_of_a_log_is_ever_told(context: Context, tmp_path: Path) -> None:
    secret = b'{"message":{"usage":{"input_tokens":"canary-secret"}}}\n'
    log_in(tmp_path, "a", [secret, b'canary-secret "input_tokens" {\n', line(1)])
    import_claude(context, tmp_path)

    assert len(named(context, "Claude Code, lines")) == 2
    assert "canary-secret" not in repr(context.doctor())
    for path in context.profile.data.iterdir():
        if path.is_file():
            assert b"canary-secret" not in path.read_bytes()


def test_that_each_check_can_be_asked_for_alone(context: Context) -> None:
    for look in doctor._CHECKS.values():
        assert list(look(context))

"""The program as a person runs it: a process of its own, a profile of its own, real files."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from alwrity_desktop.core.clock import Clock

COMMAND = (sys.executable, "-m", "alwrity_desktop")

pytestmark = pytest.mark.usefixtures("clock")


def run(*words: str, stdin: str = "", status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the program and check its status and that it shows no traceback."""
    done = subprocess.run(
        (*COMMAND, *words), input=stdin, capture_output=True, text=True, check=False, timeout=120
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == status, done.stderr
    return done


def document(*words: str, stdin: str = "", status: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """Return the one JSON document that a command prints."""
    return json.loads(run(*words, "--json", stdin=stdin, status=status).stdout)


def claude_line(message: int, output: int = 10, day: int = 20) -> str:
    usage = {
        "input_tokens": 100,
        "cache_creation_input_tokens": 20,
        "cache_read_input_tokens": 30,
        "output_tokens": output,
    }
    body = {"id": f"msg_{message}", "model": "claude-sonnet-4-5-20250929", "usage": usage}
    line = {
        "type": "assistant",
        "timestamp": f"2026-11-{day:02d}T10:00:00.000Z",
        "sessionId": "s1",
        "requestId": f"req_{message}",
        "cwd": "/home/someone/blog",
        "message": {**body, "role": "assistant", "type": "message"},
    }
    return json.dumps(line) + "\n"


@pytest.fixture
def logs(home: Path) -> Path:
    """Lay two logs of Claude Code in the usual place: 5 calls, one of them in both."""
    folder = home / ".claude" / "projects" / "-home-someone-blog"
    folder.mkdir(parents=True)
    (folder / "a.jsonl").write_text("".join(claude_line(each) for each in (1, 2, 3)))
    (folder / "b.jsonl").write_text("".join(claude_line(each) for each in (3, 4, 5)) + "{torn\n")
    return home / ".claude"


RECORD = ("record", "--provider", "gemini", "--model", "gemini-2.5-pro")


def test_that_a_recorded_call_is_in_the_report_to_the_last_pico_dollar() -> None:
    booked = document(*RECORD, "--input-tokens", "60", "--id", "a1")
    assert booked["cost_usd"] == "0.000075"
    assert booked["price_status"] == "priced"
    again = document(*RECORD, "--input-tokens", "60", "--id", "a1")
    assert again["call"] == booked["call"]
    report = document("report", "--by", "provider,model,day,status")
    assert report["totals"]["calls"] == 1
    assert report["totals"]["cost_usd"] == "0.000075"
    assert report["groups"]["provider"][0]["key"] == "gemini"
    for groups in report["groups"].values():
        assert sum(group["calls"] for group in groups) == 1


def test_that_a_call_without_a_price_is_counted_beside_the_sum() -> None:
    booked = document("record", "--provider", "acme", "--model", "x", "--input-tokens", "5")
    assert booked["cost_usd"] is None
    totals = document("report")["totals"]
    assert (totals["calls"], totals["unpriced_calls"], totals["cost_usd"]) == (1, 1, "0.00")
    assert totals["priced_percent"] == 0.0


def test_that_an_own_price_holds_for_the_next_call() -> None:
    run("prices", "set", "--provider", "acme", "--model", "x", "--input", "2", "--output", "4")
    booked = document("record", "--provider", "acme", "--model", "x", "--input-tokens", "1000000")
    assert booked["cost_usd"] == "2.00"
    assert document("prices", "show", "--provider", "acme", "--model", "x")["origin"]


def test_that_logs_are_read_once_wherever_they_lie(logs: Path, tmp_path: Path) -> None:
    (first,) = (each for each in document("import")["sources"] if each["files"])
    assert (first["source"], first["files"], first["calls_added"]) == ("claude-code", 2, 5)
    assert first["lines_rejected"] == 1
    before = document("report")["totals"]
    assert before["calls"] == 5
    assert before["tokens"] == 5 * 160
    second = document("import", "claude-code")["sources"][0]
    assert (second["calls_added"], second["bytes_read"]) == (0, 0)
    shutil.copytree(logs, tmp_path / "copy")
    copied = document("import", "claude-code", str(tmp_path / "copy"))["sources"][0]
    assert copied["calls_added"] == 0
    shutil.rmtree(logs)
    run("import")
    assert document("report")["totals"] == before


def test_that_progress_ends_with_everything_done(logs: Path) -> None:
    done = run("import", "--progress", "--json")
    last = json.loads(done.stderr.splitlines()[-1])
    assert last["files_done"] == last["files_total"] == 2
    assert json.loads(done.stdout)["sources"]


@pytest.mark.skipif(os.name != "posix", reason="Signals reach a whole group on POSIX only.")
def test_that_an_import_that_is_stopped_goes_on_later_with_nothing_lost(home: Path) -> None:
    folder = home / ".claude" / "projects" / "-home-someone-blog"
    folder.mkdir(parents=True)
    for part in range(40):
        first = part * 500
        lines = "".join(claude_line(each) for each in range(first, first + 500))
        (folder / f"{part}.jsonl").write_text(lines)
    with subprocess.Popen(
        (*COMMAND, "import", "--progress", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as started:
        assert started.stderr is not None
        first_line = started.stderr.readline()
        # As a terminal does it: the signal reaches the workers too.
        os.killpg(started.pid, signal.SIGINT)
        _, rest = started.communicate(timeout=60)
    assert started.returncode in {0, 130}
    assert "Traceback" not in first_line + rest
    run("import")
    totals = document("report")["totals"]
    assert (totals["calls"], totals["tokens"]) == (20_000, 20_000 * 160)


def test_that_a_budget_warns_once_with_the_highest_threshold() -> None:
    run("budget", "set", "--limit", "1", "--period", "month")
    first = document(*RECORD, "--output-tokens", "95000", "--id", "a1")
    assert max(alert["threshold_percent"] for alert in first["alerts"]) == 90
    repeated = document(*RECORD, "--output-tokens", "95000", "--id", "a1")
    assert repeated["alerts"] == []
    (limit,) = document("report")["limits"]
    assert (limit["used"], limit["limit"], limit["percent"]) == ("0.95", "1.00", 95.0)
    assert run("status").stdout.startswith("$0.95 of $1.00 (95 %)")
    alerts = document("alerts", "--unread")["alerts"]
    assert alerts
    run("alerts", "read", "--all")
    assert document("alerts", "--unread")["alerts"] == []


def test_that_good_lines_are_booked_and_bad_ones_named() -> None:
    lines = [
        {"provider": "tavily", "model": "search", "requests": 3, "id": "1"},
        {"provider": "tavily", "model": "search", "requests": -3, "id": "2"},
    ]
    told = document("record", "--stdin", stdin="\n".join(map(json.dumps, lines)), status=1)
    assert [call["cost_usd"] for call in told["calls"]] == ["0.003"]
    assert told["rejected"][0]["line"] == 2
    assert document("report")["totals"]["calls"] == 1


def test_that_scripts_may_record_at_the_same_time() -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: run(*RECORD, "--id", f"{each // 2}"), range(8)))
    assert document("report")["totals"]["calls"] == 4


def test_that_an_export_holds_what_the_report_says(logs: Path, tmp_path: Path) -> None:
    run("import")
    run("export", str(tmp_path / "calls.csv"), "--format", "csv")
    run("export", str(tmp_path / "all.json"), "--format", "json")
    run("export", str(tmp_path / "days.csv"), "--format", "csv", "--by", "day")
    total = Decimal(document("report")["totals"]["cost_usd"])
    assert total > 0
    exported = json.loads((tmp_path / "all.json").read_text())
    assert sum(Decimal(call["cost_usd"]) for call in exported["calls"]) == total
    for name, rows in (("calls.csv", 5), ("days.csv", 1)):
        with (tmp_path / name).open(newline="") as file:
            costs = [Decimal(row["cost_usd"]) for row in csv.DictReader(file)]
        assert (len(costs), sum(costs)) == (rows, total)


def test_that_days_are_those_of_the_zone_that_is_asked_for() -> None:
    run(*RECORD, "--input-tokens", "1", "--at", "2026-11-19T23:30:00Z")
    days = {
        zone: document("report", "--by", "day", "--timezone", zone)["groups"]["day"][0]["key"]
        for zone in ("UTC", "Europe/Berlin")
    }
    assert days == {"UTC": "2026-11-19", "Europe/Berlin": "2026-11-20"}


def test_that_everything_kept_is_closed_to_others(home: Path, logs: Path) -> None:
    run("import")
    run("budget", "set", "--limit", "1")
    profile = home / "profile"
    kept = [profile, *profile.rglob("*")]
    assert any(path.suffix == ".sqlite3" for path in kept)
    for path in kept:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_that_a_home_that_cannot_be_made_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ALWRITY_DESKTOP_HOME", str(tmp_path / "file" / "home"))
    done = run("report", "--json", status=1)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "ALWRITY_DESKTOP_HOME" in done.stderr


def test_that_a_clock_that_is_no_time_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALWRITY_DESKTOP_NOW", "soon")
    assert run("report", status=1).stderr.count("\n") == 1


def test_that_a_ledger_that_is_none_is_one_line_and_is_left_alone(home: Path) -> None:
    (home / "profile").mkdir(mode=0o700)
    ledger = home / "profile" / "ledger.sqlite3"
    ledger.write_bytes(b"this is no ledger" * 1000)
    assert run("report", "--json", status=1).stderr.count("\n") == 1
    assert ledger.read_bytes() == b"this is no ledger" * 1000


def test_that_a_doctor_names_what_was_refused(logs: Path) -> None:
    run("import")
    done = subprocess.run(
        (*COMMAND, "doctor", "--json"), capture_output=True, text=True, check=False
    )
    told = json.loads(done.stdout)
    assert done.returncode == (0 if told["ok"] else 1)
    assert any("not valid JSON" in check["detail"] for check in told["checks"])


def test_that_no_command_loads_a_window_library(clock: Clock) -> None:
    program = (
        "import sys; from alwrity_desktop.cli import main\n"
        "for words in (['report'], ['status'], ['import'], ['alerts'], ['budget', 'list'],\n"
        "              ['prices', 'list'], ['doctor']):\n"
        "    main(words)\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "sys.exit(' '.join(loaded & {'PySide6', 'shiboken6', 'pyqtgraph'}) or 0)\n"
    )
    done = subprocess.run(
        (sys.executable, "-c", program), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_that_a_reader_who_leaves_early_hears_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as broken:
        done = subprocess.run(
            (*COMMAND, "prices", "list"),
            stdout=broken,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")

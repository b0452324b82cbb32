"""The logs of all tools on one machine: found, booked once, and read no further than needed."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from alwrity_desktop.core.context import Context
from tests.core.trees import import_claude, line, log_in, totals
from tests.logs import START_MS, iso, json_line


def write_gemini(home: Path) -> None:
    chats = home / ".gemini" / "tmp" / "engine" / "chats"
    chats.mkdir(parents=True)
    start = {"sessionId": "s", "projectHash": "f" * 64}
    tokens = {"input": 100, "output": 10, "cached": 0, "thoughts": 5, "tool": 0}
    answer = {"id": "m", "timestamp": iso(START_MS), "type": "gemini", "model": "gemini-2.5-pro"}
    log = json_line(start) + json_line({**answer, "tokens": tokens})
    (chats / "session-1.jsonl").write_bytes(log)


def write_opencode(home: Path) -> None:
    data = home / ".local" / "share" / "opencode"
    copies = data / "storage" / "message" / "ses_1"
    copies.mkdir(parents=True)
    message = {
        "role": "assistant",
        "modelID": "gpt-5",
        "providerID": "openai",
        "time": {"created": START_MS},
        "cost": 0.5,
        "tokens": {"input": 200, "output": 20},
    }
    copy = {"id": "msg_1", "sessionID": "ses_1", **message, "tokens": {"input": 9999}}
    (copies / "msg_1.json").write_bytes(json_line(copy))
    with closing(sqlite.connect(str(data / "opencode.db"), isolation_level=None)) as database:
        database.execute(
            "CREATE TABLE message (id TEXT, session_id TEXT, time_created INTEGER, "
            "time_updated INTEGER, data TEXT)"
        )
        row = ("msg_1", "ses_1", START_MS, START_MS, json.dumps(message))
        database.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?)", row)


def test_that_every_tool_is_read_once_and_copies_count_once(context: Context, home: Path) -> None:
    write_gemini(home)
    write_opencode(home)
    log_in(home / ".claude", "a", [line(1)])

    first = {each.source: each for each in context.import_logs()}
    assert {name: each.calls_added for name, each in first.items() if each.files} == {
        "claude-code": 1,
        "gemini-cli": 1,
        "opencode": 1,
    }
    assert totals(context).tokens == 30 + 115 + 220
    assert totals(context).cost_pico > 500_000_000_000

    again = context.import_logs()
    assert sum(each.calls_added + each.bytes_read for each in again) == 0
    assert totals(context).calls == 3


def test_that_a_folder_of_one_tool_is_not_read_by_another(context: Context, home: Path) -> None:
    write_gemini(home)
    done = {each.source: each.files for each in context.import_logs(None, [home / ".gemini"])}
    assert done == {"gemini-cli": 1}
    log_in(home / "claude", "a", [line(1)])
    assert import_claude(context, home / "claude").calls_added == 1

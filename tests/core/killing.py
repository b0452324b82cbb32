"""A program that imports and is killed, once at each statement and commit of the whole way.

    python -m tests.core.killing TREE FOLDER MODE

Each line that it prints is one kill, in a profile of its own under FOLDER: what the ledger holds
when it is opened right after it, and what it holds after the next import. The last line is the
import that no kill met. MODE is "whole" for the program as it is, or "torn" for one that commits
how far logs were read apart from their calls, which is the fault that a judge must find.
A process of its own, since only one without threads may fork.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from alwrity_desktop.core import clock, importing, profile
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.ledger import cursors, ledger
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.engine import writing as write_transaction
from tests.core.trees import totals

CALLS_PER_COMMIT: Final = 60
"""So that a small tree takes several commits."""


def kill_at(statement: int) -> None:
    """End this process without warning before its *statement*-th statement, or commit."""
    seen = 0

    def count() -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("execute", "execute_many", "commit"):
        counted(Connection, name, count)


def counted(owner: type, name: str, count: Callable[[], None]) -> None:
    """Let *count* run before each call of a method."""
    method = getattr(owner, name)

    def with_count(*arguments: Any) -> Any:  # noqa: ANN401 - any method's
        count()
        return method(*arguments)

    setattr(owner, name, with_count)


def tear() -> None:
    """Commit how far the logs were read before their calls are booked: the fault to be found."""
    save = cursors.save

    def save_apart(connection: Any, source: str, readings: Any, now_ms: int) -> list[int]:  # noqa: ANN401
        saved = known.pop(id(readings), None)
        return save(connection, source, readings, now_ms) if saved is None else saved

    known: dict[int, list[int]] = {}

    record = ledger.Ledger.record

    def torn(self: ledger.Ledger, batch: Any, *rest: Any) -> Any:  # noqa: ANN401
        with write_transaction(self._file) as connection:
            saved = save(connection, batch.door, batch.readings, batch.now_ms)
            known[id(batch.readings)] = saved
        return record(self, batch, *rest)

    setattr(cursors, "save", save_apart)  # noqa: B010 - mypy refuses an assignment
    setattr(ledger.Ledger, "record", torn)  # noqa: B010


def opened() -> Context:
    """Open the parts in the profile that the environment names."""
    found = profile.find(os.environ)
    profile.prepare(found)
    return Context(found, clock.clock_from_environment(), os.environ)


def import_all(tree: Path, mode: str, statement: int) -> None:
    """Import *tree*; the kill may come before the end."""
    setattr(importing, "CALLS_PER_COMMIT", CALLS_PER_COMMIT)  # noqa: B010
    if mode == "torn":
        tear()
    kill_at(statement)
    context = opened()
    context.import_logs("claude-code", [tree])
    context.close()


def judge_and_finish(tree: Path, is_killed: bool) -> None:
    """Print what the ledger holds now, and what it holds after an import that is left alone."""
    context = opened()
    after = holding(context)
    context.import_logs("claude-code", [tree])
    answer = {"killed": is_killed, "after": after, "end": holding(context)}
    context.close()
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()


def holding(context: Context) -> list[int | bool]:
    """Return calls, tokens and cost, once the sums were held against the calls."""
    figures = totals(context)
    is_whole = context.ledger(LOCAL_ACCOUNT).damage() is None
    return [figures.calls, figures.tokens, figures.cost_pico, is_whole]


def is_killed(work: Callable[..., None], *arguments: Any) -> bool:  # noqa: ANN401 - any work's
    """Run *work* in a fork; return whether it was killed. Any other end than its own is ours."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work(*arguments)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit("A part ended with an error.")
    return os.WIFSIGNALED(status)


def main() -> None:
    """Kill at one statement later each time, until an import ends by itself."""
    tree, folder, mode = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    for statement in itertools.count(1):
        os.environ[profile.HOME_VARIABLE] = str(folder / f"{statement}")
        was_killed = is_killed(import_all, tree, mode, statement)
        is_killed(judge_and_finish, tree, was_killed)
        if not was_killed:
            return


if __name__ == "__main__":
    main()

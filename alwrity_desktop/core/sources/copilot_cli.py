"""Copilot CLI: a database with a row for each request, its cached tokens inside the input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from alwrity_desktop.core.domain.identity import lone_identity
from alwrity_desktop.core.domain.providers import OTHER, provider_of
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL, Call
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.base import Cell, Table
from alwrity_desktop.core.sources.cells import count_of, duration_of, text_of, time_of
from alwrity_desktop.core.sources.decoding import FaultError

NAME: Final = "copilot-cli"
PROVIDER: Final = "github"
"""Who is billed for a model that no rule knows."""

DATABASE: Final = "session-store.db"
SESSIONS: Final = Table("sessions", ("id", "cwd"))
EVENTS: Final = Table(
    "assistant_usage_events",
    (
        "id",
        "session_id",
        "created_at",
        "model",
        "input_tokens",
        "output_tokens",
        "cache_read_tokens",
        "cache_write_tokens",
        "reasoning_tokens",
        "duration_ms",
        "copilot_usage_model",
    ),
    "id",
)


class CopilotCli:
    """The session store of GitHub Copilot's command line."""

    name = NAME
    title = "Copilot CLI"
    tables = (SESSIONS, EVENTS)

    def folders(self, environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
        """Return ``.copilot`` if it exists; COPILOT_HOME replaces it."""
        configured = environ.get("COPILOT_HOME", "").strip()
        return base.distinct_folders(
            (Path(configured).expanduser() if configured else home / ".copilot",)
        )

    def accept(self, path: Path) -> tuple[Path, ...]:
        """Return *path* when it is the session store, or the folder that holds it."""
        if path.is_file():
            return (path,) if self.is_log(path.name) else ()
        return tuple(root for root in (path, path / ".copilot") if (root / DATABASE).is_file())

    def is_log(self, name: str) -> bool:
        """Return whether *name* is the session store."""
        return name == DATABASE

    def enters(self, name: str) -> bool:  # noqa: ARG002 - the contract's
        """Return False: the session store lies beside folders that hold none."""
        return False

    def read(
        self,
        file: BinaryIO,  # noqa: ARG002 - the contract's, here and below
        offset: int,  # noqa: ARG002
        state: bytes,  # noqa: ARG002
        now_ms: int,  # noqa: ARG002
        path: str,
    ) -> base.ReadResult:
        """Raise OSError: this source's logs are databases."""
        raise OSError(path)

    def read_rows(
        self, tables: Mapping[str, Iterable[Sequence[Cell]]], now_ms: int
    ) -> tuple[list[Call], list[base.Reject]]:
        """Return the calls in the rows of requests; see the contract."""
        folders = {text_of(row[0]): base.last_folder(text_of(row[1])) for row in tables["sessions"]}
        calls, rejects = [], []
        for row in tables[EVENTS.name]:
            try:
                call = _call(row, folders, now_ms + base.LATEST_AHEAD_MS)
                if call.tokens:
                    calls.append(call)
            except FaultError as fault:
                rejects.append(base.Reject(str(fault), row[0] if isinstance(row[0], int) else 0))
        return calls, rejects


SOURCE: Final = CopilotCli()


def _call(row: Sequence[Cell], folders: Mapping[str, str], latest_ms: int) -> Call:
    number, session_id, created_at, model, *figures, duration_ms, billed_model = row
    given, output, cache_read, cache_write, reasoning = map(count_of, figures)
    session = text_of(session_id)
    name = text_of(billed_model) or text_of(model)
    if not name:
        raise FaultError(base.BAD_MODEL)
    if given + output > MAX_TOKENS_PER_CALL:
        raise FaultError(base.ABSURD_COUNT)
    provider = provider_of(name)
    cache_read = min(cache_read, given)
    cache_write = min(cache_write, given - cache_read)
    return Call(
        identity=lone_identity(NAME, f"{session}:{text_of(number)}"),
        occurred_at_ms=time_of(created_at, latest_ms),
        source=NAME,
        provider=PROVIDER if provider == OTHER else provider,
        model=name,
        input_tokens=given - cache_read - cache_write,
        cache_read_tokens=cache_read,
        cache_write_5m_tokens=cache_write,
        output_tokens=output,
        reasoning_tokens=min(reasoning, output),
        duration_ms=duration_of(duration_ms),
        project=folders.get(session, ""),
        conversation=session,
        # A subscription pays: what a request would have cost is no bill.
        is_flat_rate=True,
    )

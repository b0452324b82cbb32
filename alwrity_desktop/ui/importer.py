"""Reads logs beside the window: small additions in a thread, much in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, Final

import msgspec
from msgspec.structs import fields

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import AlwrityError, WorldError
from alwrity_desktop.core.program_log import stack_of
from alwrity_desktop.core.results import ImportProgress, SourceImport
from alwrity_desktop.ui.events import (
    Crashed,
    Failed,
    ImportCancelled,
    ImportFinished,
    ImportProgressed,
    ImportStarted,
    Topic,
)
from alwrity_desktop.ui.jobs import Post
from alwrity_desktop.ui.pollers import now_ms

SMALL_BYTES: Final = 8_000_000
"""More unread bytes than this would make the window stutter: another process reads them."""

IMPORT_COMMAND: Final = (sys.executable, "-m", "alwrity_desktop", "import", "--progress", "--json")
_KILL_AFTER_S: Final = 5
_NICENESS: Final = 5
_MS_BETWEEN: Final = 100


class ImportRequest(msgspec.Struct, frozen=True):
    """What to read: these files, or everything where there are none."""

    paths: tuple[Path, ...] = ()
    #: How many bytes are unread at most; None when nobody knows.
    unread_bytes: int | None = None
    #: Whether a person asked, who then sees a beginning and an end.
    is_asked_for: bool = True


class CancelledError(Exception):
    """The person stopped the reading."""


class ImportProcess:
    """One run of the command ``import`` in a process of its own."""

    def __init__(self, command: Sequence[str] = IMPORT_COMMAND) -> None:
        self._command = tuple(command)
        self._process: subprocess.Popen[str] | None = None
        self._is_cancelled = threading.Event()

    def run(self, progressed: Callable[[ImportProgress], None]) -> tuple[SourceImport, ...]:
        """Run to the end and return what was read.

        Raises CancelledError, and WorldError with the command's own sentence.
        """
        with subprocess.Popen(  # noqa: S603 - our own program, by its own path
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        ) as process:
            self._process = process
            _lower_priority(process.pid)
            if self._is_cancelled.is_set():
                process.terminate()
            assert process.stderr is not None  # noqa: S101 - PIPE above
            assert process.stdout is not None  # noqa: S101 - PIPE above
            sentence = _follow(process.stderr, progressed)
            answer = process.stdout.read()
        if self._is_cancelled.is_set():
            raise CancelledError
        if process.returncode:
            raise WorldError(sentence or "The logs could not be read. Try again.")
        return imports_from(answer)

    def cancel(self) -> None:
        """Stop the process; what it committed stays. May be called from any thread."""
        self._is_cancelled.set()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_KILL_AFTER_S)
            return
        process.kill()


def _lower_priority(pid: int) -> None:
    """Let the window have a core first; the process hands this on to its workers."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, _NICENESS)


def _follow(stream: IO[str], progressed: Callable[[ImportProgress], None]) -> str:
    """Report each line of progress; return the last line that was something else."""
    sentence = ""
    for line in stream:
        progress = progress_from(line)
        if progress is not None:
            progressed(progress)
        elif line.strip():
            sentence = line.strip().removeprefix("alwrity-desktop: ")
    return sentence


def progress_from(line: str) -> ImportProgress | None:
    """Return the progress that *line* tells, or None when it is something else."""
    if not line.startswith("{"):
        return None
    try:
        found: dict[str, Any] = json.loads(line)
        return ImportProgress(**{field.name: found[field.name] for field in fields(ImportProgress)})
    except (ValueError, KeyError, TypeError):
        return None


def imports_from(answer: str) -> tuple[SourceImport, ...]:
    """Return what the command's JSON document says.

    Raises WorldError when it is no such document.
    """
    try:
        found: list[dict[str, Any]] = json.loads(answer)["sources"]
        names = [field.name for field in fields(SourceImport)]
        return tuple(SourceImport(**{name: each[name] for name in names}) for each in found)
    except (ValueError, KeyError, TypeError) as error:
        raise WorldError("The logs were read, but the answer makes no sense. Try again.") from error


class ImportLoop:
    """Reads one request after another; those that wait become one."""

    def __init__(
        self,
        context: Context,
        post: Post,
        process: Callable[[], ImportProcess] = ImportProcess,
    ) -> None:
        self._context = context
        self._post = post
        self._make_process = process
        self._requests: queue.SimpleQueue[ImportRequest | None] = queue.SimpleQueue()
        self._running: ImportProcess | None = None
        self._is_cancelled = threading.Event()
        self._is_stopping = False
        self._next_word_ms = 0

    def submit(self, request: ImportRequest) -> None:
        """Have *request* read; may be called from any thread."""
        self._requests.put(request)

    def cancel(self) -> None:
        """Stop the reading at hand; may be called from any thread."""
        self._is_cancelled.set()
        running = self._running
        if running is not None:
            running.cancel()

    def stop(self) -> None:
        """End the loop; may be called from any thread."""
        self._is_stopping = True
        self.cancel()
        self._requests.put(None)

    def run(self) -> None:
        """Read until asked to stop."""
        while not self._is_stopping:
            self.step()

    def step(self) -> None:
        """Wait for a request and read it, together with those that came meanwhile."""
        requests = [self._requests.get()]
        with contextlib.suppress(queue.Empty):
            while True:
                requests.append(self._requests.get_nowait())
        wanted = [request for request in requests if request is not None]
        if wanted and not self._is_stopping:
            self._is_cancelled.clear()
            self._read(merged(wanted))

    def _read(self, request: ImportRequest) -> None:
        if request.is_asked_for:
            self._post(ImportStarted())
        try:
            self._post(ImportFinished(self._imports(request)))
        except CancelledError:
            self._post(ImportCancelled())
        except AlwrityError as error:
            self._post(Failed(Topic.IMPORT, str(error)))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._post(Failed(Topic.IMPORT, f"The logs could not be read ({reason})."))
        except Exception as error:  # noqa: BLE001 - our bug must not end the thread unseen
            self._post(Crashed(stack_of(error)))

    def _imports(self, request: ImportRequest) -> tuple[SourceImport, ...]:
        if request.unread_bytes is not None and request.unread_bytes <= SMALL_BYTES:
            done = self._context.import_logs(
                paths=request.paths,
                progress=self._progressed,
                is_cancelled=self._is_cancelled.is_set,
            )
            if self._is_cancelled.is_set():
                raise CancelledError
            return done
        self._running = self._make_process()
        try:
            if self._is_cancelled.is_set():
                raise CancelledError
            return self._running.run(self._progressed)
        finally:
            self._running = None

    def _progressed(self, progress: ImportProgress) -> None:
        """Tell the window, ten times a second at most: a small file takes a millisecond."""
        if now_ms() >= self._next_word_ms or progress.files_done == progress.files_total:
            self._next_word_ms = now_ms() + _MS_BETWEEN
            self._post(ImportProgressed(progress))


def merged(requests: Sequence[ImportRequest]) -> ImportRequest:
    """Return one request that reads what all *requests* ask for."""
    unread = [request.unread_bytes for request in requests]
    is_all = any(not request.paths for request in requests)
    paths = dict.fromkeys(path for request in requests for path in request.paths)
    known = [size for size in unread if size is not None]
    return ImportRequest(
        paths=() if is_all else tuple(paths),
        unread_bytes=sum(known) if len(known) == len(unread) else None,
        is_asked_for=any(request.is_asked_for for request in requests),
    )

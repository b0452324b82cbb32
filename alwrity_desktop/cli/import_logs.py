"""`import`: reads the logs that lie on this computer."""

from __future__ import annotations

import gc
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Self

from alwrity_desktop.cli import import_table, parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, calls, print_document
from alwrity_desktop.core.answers import import_document, progress_document
from alwrity_desktop.core.domain.errors import NotFoundError, UsageError
from alwrity_desktop.core.results import ImportProgress, SourceImport

_SECONDS_BETWEEN: Final = 0.1
_MEGABYTE: Final = 1_000_000

_HELD: Final[list[object]] = []
"""What was imported: it goes with the process, which ends as soon as the answer is printed."""


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "Read local logs. Without SOURCE every source that is found here, without PATH the\n"
        "usual folders. A PATH is a file, a folder of logs, or the tool's own folder. Reading\n"
        "goes on where it stopped, and a call that is known already is never counted twice.\n\n"
        "Sources: claude-code, codex, copilot-cli, gemini-cli, litellm, opencode. Or table, for a\n"
        "CSV or JSON file of any kind, whose columns are mapped by their headers.",
        (
            "import",
            "import claude-code",
            "import codex ~/backup/.codex",
            "import ./logs --json",
            "import litellm spend.csv",
            "import table usage.csv --preview",
            'import table usage.csv --map model=Model,input_tokens="Prompt Tokens",at=Date',
        ),
    )
    parser.add_argument(
        "words", nargs="*", metavar="[SOURCE] [PATH …]", help="a source or table, and paths"
    )
    parser.add_argument(
        "--progress", action="store_true", help="JSON lines on standard error while it reads"
    )
    import_table.configure(parser)
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Read the logs and print what was read."""
    if "" in arguments.words:
        # What a shell makes of a variable that is not set: never the folder one stands in.
        raise UsageError("A path is empty. Name a file or a folder, or leave it out.")
    if import_table.is_asked_for(arguments):
        return import_table.run(arguments, session)
    source, paths = _source_and_paths(arguments.words)
    report_progress = _progress_printer(arguments)
    try:
        with _Interruption() as interruption, _unsearched():
            imports = session.context().import_logs(
                source, paths, report_progress, interruption.is_asked_for, _HELD.append
            )
    finally:
        if report_progress is not None and not arguments.progress:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
    if arguments.json:
        print_document(import_document(imports))
    else:
        print("\n".join(_sentences(imports)))
    return 0


@contextmanager
def _unsearched() -> Iterator[None]:
    """Keep Python from searching what was imported for cycles, now and later.

    All that was made while it did not search would be searched at once when it may again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _source_and_paths(words: list[str]) -> tuple[str | None, tuple[Path, ...]]:
    from alwrity_desktop.core.sources.registry import all_sources, source_named

    source = None
    with suppress(KeyError):
        source = source_named(words[0]).name if words else None
    paths = tuple(Path(word).expanduser() for word in words[1 if source else 0 :])
    for path in paths:
        if not path.exists():
            known = ", ".join(each.name for each in all_sources())
            message = f"{path} is neither a path that exists nor a source ({known})."
            raise NotFoundError(message)
    return source, paths


def _progress_printer(arguments: Arguments) -> Callable[[ImportProgress], None] | None:
    """Return what tells the progress: JSON lines, one line on a terminal, or nothing."""
    if arguments.progress:
        return _Throttled(_json_line)
    if not arguments.json and sys.stderr is not None and sys.stderr.isatty():
        return _Throttled(_human_line)
    return None


class _Interruption:
    """Turns the first Ctrl+C into a request to stop between two logs, the second into an end.

    An interruption at any place would leave workers that wait for one another.
    """

    def __init__(self) -> None:
        self._is_asked_for = False
        self._before: Any = signal.SIG_DFL

    def is_asked_for(self) -> bool:
        """Return whether the person wants to stop."""
        return self._is_asked_for

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        place: TracebackType | None,
    ) -> None:
        """Put the old answer back, and end as interrupted when that was asked for."""
        signal.signal(signal.SIGINT, self._before)
        if self._is_asked_for and kind is None:
            raise KeyboardInterrupt

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        if self._is_asked_for:
            raise KeyboardInterrupt
        self._is_asked_for = True


class _Throttled:
    """Passes on the first and the last progress, and between them one every tenth second."""

    def __init__(self, say: Callable[[ImportProgress], None]) -> None:
        self._say = say
        self._next = 0.0

    def __call__(self, progress: ImportProgress) -> None:
        """Tell *progress* if it is time, or if it is the last."""
        now = time.monotonic()
        if now >= self._next or progress.files_done == progress.files_total:
            self._next = now + _SECONDS_BETWEEN
            self._say(progress)


def _json_line(progress: ImportProgress) -> None:
    print(json.dumps(progress_document(progress)), file=sys.stderr, flush=True)


def _human_line(progress: ImportProgress) -> None:
    done, total = progress.bytes_done / _MEGABYTE, progress.bytes_total / _MEGABYTE
    text = (
        f"\r\033[KReading {progress.files_done:,} of {progress.files_total:,} files, "
        f"{done:,.0f} of {total:,.0f} MB, {calls(progress.calls)}"
    )
    print(text, end="", file=sys.stderr, flush=True)


def _sentences(imports: tuple[SourceImport, ...]) -> list[str]:
    if not any(each.files for each in imports):
        return [
            "No logs of a known tool were found in the usual folders.",
            f"If they lie elsewhere, name the folder: {PROGRAM} import PATH",
        ]
    lines = [_sentence(each) for each in imports if each.files]
    if any(each.lines_rejected for each in imports):
        lines.append(f"{PROGRAM} doctor tells which lines were refused, and why.")
    return lines


def _sentence(each: SourceImport) -> str:
    files = "1 file" if each.files == 1 else f"{each.files:,} files"
    refused = ""
    if each.lines_rejected:
        refused = f", {each.lines_rejected:,} lines refused"
    return (
        f"{each.source}: {calls(each.calls_added)} added, {each.calls_merged:,} known already"
        f"{refused} ({files}, {each.files_unchanged:,} unchanged, "
        f"{each.bytes_read / _MEGABYTE:,.1f} MB read in {each.seconds:.1f} s)"
    )

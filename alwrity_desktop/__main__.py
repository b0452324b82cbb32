"""The program: `python -m alwrity_desktop`, and the script that the package installs."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from contextlib import suppress

INTERRUPTED = 130

RARELY = (50_000, 20, 20)
"""How many new values a command makes between two searches for cycles; Python's own is 700.

A command ends soon, and most of what it makes are modules and rows, which stay or form no cycle:
searching through them, again and again and once more at the end, took a fifth of its time.
"""


def main() -> int:
    """Run the command line, and return its exit status; an interruption is quiet from the start."""
    is_command = len(sys.argv) > 1
    if is_command:
        gc.set_threshold(*RARELY)
    try:
        from alwrity_desktop.cli import main as run

        status = run()
    except KeyboardInterrupt:
        status = INTERRUPTED
    # Qt's objects have to be gone in order, and threads to be waited for.
    if is_command and "PySide6" not in sys.modules and threading.active_count() == 1:
        _end(status)
    return status


def _end(status: int) -> None:
    """End at once, with everything written and closed.

    All that is left to do is to take every value apart, and the process that holds them ends.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - what ends a process early owes to those who asked
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()
    os._exit(status)


if __name__ == "__main__":
    sys.exit(main())

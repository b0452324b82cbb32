"""The program: `python -m alwrity_desktop`, and the script that the package installs."""

from __future__ import annotations

import gc
import sys

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
    if is_command and "PySide6" not in sys.modules:
        # Nothing is searched at the end. Qt's objects alone have to be gone in order.
        gc.freeze()
    return status


if __name__ == "__main__":
    sys.exit(main())

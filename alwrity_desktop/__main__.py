"""The program: `python -m alwrity_desktop`, and the script that the package installs."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """Run the command line, and return its exit status; an interruption is quiet from the start."""
    try:
        from alwrity_desktop.cli import main as run

        return run()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())

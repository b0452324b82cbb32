"""The program: `python -m alwrity_desktop`, and the script that the package installs."""

from __future__ import annotations

import sys

from alwrity_desktop.cli import main

if __name__ == "__main__":
    sys.exit(main())

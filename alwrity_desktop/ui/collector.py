"""When Python looks for reference cycles: not while the window opens, and never at length."""

from __future__ import annotations

import gc


def hold() -> None:
    """Look for none: loading makes a hundred thousand objects that stay for good."""
    gc.disable()


def settle() -> None:
    """Look again, but no more at what is there now: all of it took 50 ms at each full look."""
    gc.freeze()
    gc.enable()

"""Paths as text that can be kept and shown, whatever bytes a name on a disk is made of."""

from __future__ import annotations

import os


def path_text(path: str) -> str:
    r"""Return *path* as text: bytes that are no UTF-8 are written like \xff.

    Systems let names be any bytes. Python passes them on as halves of characters, which no
    database, no JSON and no terminal takes.
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")

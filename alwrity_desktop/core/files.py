"""Files that are whole or absent: written beside, flushed to disk, then put in place."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

_OWNER_ONLY: Final = 0o600


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Open a text file that takes the place of *path* when the block ends without an error.

    Until then *path* stays as it was, and an error leaves nothing behind. The file is
    UTF-8, readable by its owner alone, and lines end as they are written.
    Raises OSError when the folder cannot be written or the disk is full.
    """
    beside = path.parent / f".{path.name[:40]}.{os.urandom(4).hex()}"
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - fd
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise

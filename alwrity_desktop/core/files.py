"""Files that are whole or absent: written beside, flushed to disk, then put in place."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

_OWNER_ONLY: Final = 0o600


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Open a text file that takes the place of *path* when the block ends without an error.

    Until then *path* stays as it was, and an error leaves nothing behind. The file is
    UTF-8, readable by its owner alone, and lines end as they are written. Links are followed:
    the file that they lead to is replaced. A pipe, a device and standard output stay what
    they are, and are written into at once.
    Raises OSError when the folder cannot be written or the disk is full.
    """
    descriptor = _descriptor_of_stream(path)
    if descriptor is not None:
        with _text_file(descriptor) as file:
            yield file
        return
    real = Path(os.path.realpath(path))
    beside = real.parent / f".{real.name[:40]}.{os.urandom(4).hex()}"
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY)
    try:
        with _text_file(descriptor) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(real)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def is_stream(path: Path) -> bool:
    """Return whether at *path* stands what takes text in but is no file: a pipe, a device."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def is_standard_output(path: Path) -> bool:
    """Return whether *path* leads to where this program's own words go."""
    if sys.stdout is None:
        return False
    # A stream that stands in for standard output may have no descriptor, or be closed.
    with contextlib.suppress(OSError, ValueError):
        return os.path.samestat(path.stat(), os.fstat(sys.stdout.fileno()))
    return False


def _descriptor_of_stream(path: Path) -> int | None:
    """Return what to write to where *path* is no file that could be replaced."""
    if is_standard_output(path):
        # Opened anew it would begin at the start of what the shell appends to.
        return os.dup(sys.stdout.fileno())
    return os.open(path, os.O_WRONLY) if is_stream(path) else None


def _text_file(descriptor: int) -> TextIO:
    return open(descriptor, "w", encoding="utf-8", newline="")

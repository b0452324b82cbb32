"""Tells whether anything was committed, in microseconds, and never waits for a lock."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlite


class LedgerWatch:
    """Watches the ledger file at a path, also one that is put in its place. For one thread.

    The file's time and size would not do: they change before a commit can be read.
    """

    def __init__(self, path: Path) -> None:
        """Watch *path*; nothing is opened yet, and nothing is ever made."""
        self._path = str(path)
        self._address = f"{path.absolute().as_uri()}?mode=rw"
        self._file: tuple[int, int] | None = None
        self._connection: Any = None

    def version(self) -> tuple[object, ...]:
        """Return what changes with each commit of any program.

        While the ledger cannot be asked it is another one each time.
        """
        try:
            status = os.stat(self._path)  # noqa: PTH116 - asked for with each call of the gateway
        except OSError:
            self.close()
            return ()
        file = (status.st_dev, status.st_ino)
        try:
            if file != self._file:
                self.close()
                self._connection = sqlite.connect(self._address, uri=True, check_same_thread=False)
                self._connection.execute("PRAGMA busy_timeout=0")
                self._file = file
            return (file, self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite.Error:
            self.close()
            return (file, object())

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            with contextlib.suppress(sqlite.Error):
                self._connection.close()
        self._connection = self._file = None

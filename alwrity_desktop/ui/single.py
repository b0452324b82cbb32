"""One window for each profile: a second start raises the first."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_RAISE: Final = b"raise\n"
_TIMEOUT_MS: Final = 1_000


def server_name(folder: Path) -> str:
    """Return where the program of the profile *folder* listens.

    On Unix a socket in the profile itself, which nobody else may open; its path has to be
    short, so a profile that lies deep gets a name in the system's folder instead.
    """
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    path = folder / "window.socket"
    # The system's limit is 108 bytes on Linux, 104 on macOS.
    if sys.platform != "win32" and len(str(path).encode()) < 100:  # noqa: PLR2004 - see above
        return str(path)
    return f"alwrity-desktop-{digest}"


def raise_first(folder: Path) -> bool:
    """Ask the program that has this profile open to show its window; False if there is none."""
    client = QLocalSocket()
    client.connectToServer(server_name(folder))
    if not client.waitForConnected(_TIMEOUT_MS):
        return False
    client.write(_RAISE)
    client.waitForBytesWritten(_TIMEOUT_MS)
    client.disconnectFromServer()
    return True


class SingleInstance(QObject):
    """Holds the profile for this program, and hears when a second one starts."""

    #: Another start asks for the window.
    raise_asked = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """Hold nothing yet."""
        super().__init__(parent)
        self._folder = folder
        self._lock = QLockFile(str(folder / "window.lock"))
        # The lock of a program that was killed is taken over at once.
        self._lock.setStaleLockTime(0)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def hold(self) -> bool:
        """Take the profile; return False when another program has it."""
        if not self._lock.tryLock(0):
            return False
        name = server_name(self._folder)
        # The lock is ours, so a socket that is still there belongs to nobody.
        QLocalServer.removeServer(name)
        self._server.listen(name)
        return True

    def release(self) -> None:
        """Let another program have the profile."""
        self._server.close()
        self._lock.unlock()

    @Slot()
    def _on_connection(self) -> None:
        while (client := self._server.nextPendingConnection()) is not None:
            client.disconnected.connect(client.deleteLater)
            self.raise_asked.emit()

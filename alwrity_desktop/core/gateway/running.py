"""Runs the gateway in the foreground, until a signal ends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, Final

from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.core.gateway.config import GatewayConfig
from alwrity_desktop.core.gateway.door import LedgerDoor
from alwrity_desktop.core.gateway.server import Gateway

SWITCH_S: Final = 0.001
"""The thread that books lets go of the interpreter after so long: calls come first."""

_LOCK: Final = "lock"


def serve(config: GatewayConfig, door: LedgerDoor, tell: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM, then book what is under way.

    *tell* gets the address when it is ready. Raises WorldError when the port is taken, and
    when another gateway uses the folder.
    """
    _leave_no_core()
    with _only_one(config.folder):
        _run(_serve(config, door, tell))


async def _serve(config: GatewayConfig, door: LedgerDoor, tell: Callable[[str], None]) -> None:
    sys.setswitchinterval(SWITCH_S)
    stopped = asyncio.Event()
    _listen_to_signals(stopped)
    gateway = Gateway(config, door)
    await gateway.start()
    try:
        tell(gateway.url)
        await stopped.wait()
    finally:
        await gateway.stop()


def _leave_no_core() -> None:
    """Keep the keys that pass through memory out of any picture of it on the disk."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - there is none on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _listen_to_signals(stopped: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:
            # Windows: the handler runs between two steps of the interpreter.
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run *main* in the fastest loop that there is for the system."""
    if sys.platform == "win32":
        asyncio.run(main)
    else:
        import uvloop  # noqa: PLC0415 - there is none for Windows

        uvloop.run(main)


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system lets go when the process ends in any way."""
    path = folder / _LOCK
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"The folder {folder} cannot be written ({reason})."
        raise WorldError(message) from error
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - Windows only

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - everywhere but Windows

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        message = "A gateway runs already with this profile. Stop it, or use that one."
        raise WorldError(message) from error

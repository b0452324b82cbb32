"""Where an account's token comes from: one that is kept, or a command that prints a fresh one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shlex
import signal
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol

from alwrity_desktop.core.asking.pauses import Pauses, RealPauses
from alwrity_desktop.core.domain.errors import AuthRefusedError, PersonError

COMMAND_DEADLINE_S: Final = 20.0
COMMAND_PAUSE_S: Final = 60.0
"""A command that failed, or printed the refused token again, is left alone for so long."""

_MAX_LINE_BYTES: Final = 65_536
#: Nothing that could end a header line, or stand beside the token in it.
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,16384}")


class TokenForm(NamedTuple):
    """In which header a server wants the token."""

    header: str = "Authorization"
    #: What stands before the token.
    prefix: str = "Bearer "
    #: Headers that the server wants beside it.
    others: tuple[tuple[str, str], ...] = ()

    def headers(self, token: str) -> dict[str, str]:
        """Return the headers that carry *token*."""
        return {self.header: f"{self.prefix}{token}", **dict(self.others)}


BEARER: Final = TokenForm()


class TokenSource(Protocol):
    """Gives the token that a request carries, and a fresh one when it was refused."""

    async def token(self) -> str:
        """Return the present token. Raises AuthRefusedError when there is none."""
        ...

    async def renewed(self, refused: str) -> str | None:
        """Return a token other than *refused*; None when there is no other one now."""
        ...


def sound_token(text: str) -> str:
    """Return *text* without the space around it; PersonError when it cannot be a token."""
    token = text.strip()
    if not _TOKEN.fullmatch(token):
        raise PersonError(
            "This is no token: a token is one word of plain letters, digits and signs."
        )
    return token


class FixedToken:
    """A token that is kept until the person replaces it."""

    def __init__(self, token: str) -> None:
        """Hold *token*, or "" where there is none yet. Raises PersonError for what is none."""
        self._token = sound_token(token) if token else ""

    def replace(self, token: str) -> None:
        """Use *token* from the next request on. Raises PersonError for what is none."""
        self._token = sound_token(token)

    async def token(self) -> str:
        """Return the present token. Raises AuthRefusedError when there is none."""
        if not self._token:
            raise AuthRefusedError("The account has no token. Give it one.")
        return self._token

    async def renewed(self, refused: str) -> str | None:
        """Return the token when it was replaced meanwhile, else None."""
        return self._token if self._token not in {"", refused} else None


class CommandToken:
    """A command that prints a fresh token on its first line, run once for all who wait."""

    def __init__(
        self,
        command: str | Sequence[str],
        *,
        pauses: Pauses | None = None,
        deadline_s: float = COMMAND_DEADLINE_S,
    ) -> None:
        """Take the command as one line or as arguments; no shell reads it.

        Raises PersonError when there is no command in it.
        """
        self._deadline_s = deadline_s
        self._arguments = command_arguments(command)
        self._elapsed_s: Callable[[], float] = (pauses or RealPauses()).elapsed_s
        self._lock = asyncio.Lock()
        self._token = ""
        self._rests_until_s = float("-inf")

    async def token(self) -> str:
        """Return the present token, the first one included. Raises AuthRefusedError."""
        # While the command runs for somebody else, its result is waited for.
        token = await self.renewed("")
        if token is None:
            raise AuthRefusedError(
                "The command that prints the account's token failed. "
                "Run it in a terminal to see why."
            )
        return token

    async def renewed(self, refused: str) -> str | None:
        """Return a token other than *refused*, from the command or from one that just ran it."""
        async with self._lock:
            if self._token not in {"", refused}:
                return self._token
            if self._elapsed_s() < self._rests_until_s:
                return None
            printed = await _first_line(self._arguments, self._deadline_s)
            if not _TOKEN.fullmatch(printed) or printed == refused:
                self._rests_until_s = self._elapsed_s() + COMMAND_PAUSE_S
                return None
            self._token = printed
            return printed


def command_arguments(command: str | Sequence[str]) -> tuple[str, ...]:
    """Return a command's arguments, divided as a shell would; PersonError when there are none."""
    try:
        arguments = tuple(shlex.split(command) if isinstance(command, str) else command)
    except ValueError:
        arguments = ()
    if not arguments or not arguments[0]:
        raise PersonError("This is no command. Write the program and its arguments.")
    return arguments


async def _first_line(arguments: Sequence[str], deadline_s: float) -> str:
    """Return the first line that the command prints, or "" when it fails in any way."""
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            # It may quote the token or the person's name.
            stderr=asyncio.subprocess.DEVNULL,
            limit=_MAX_LINE_BYTES,
            start_new_session=True,
        )
    except (OSError, ValueError):
        return ""
    try:
        async with asyncio.timeout(deadline_s):
            line = await _read(process)
            is_good = await process.wait() == 0
    except (TimeoutError, ValueError):
        return ""
    finally:
        await _end(process)
    return line.decode("ascii", "replace").strip() if is_good else ""


async def _read(process: asyncio.subprocess.Process) -> bytes:
    if process.stdout is None:
        return b""
    line = await process.stdout.readline()
    # The rest is let go, so that the command can end.
    while await process.stdout.read(_MAX_LINE_BYTES):
        pass
    return line


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    await process.wait()

"""Starts, finds and stops the gateway: a process of its own that outlives the window."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.core.domain.live import BlockedCall, GatewayState, HeldBudget, UnderWay
from alwrity_desktop.core.files import replacing
from alwrity_desktop.core.profile import Profile
from alwrity_desktop.core.settings import Settings

FOLDER: Final = "gateway"
"""Within the profile's data: the queue, the lock, and the note of who runs."""

KEY_VARIABLE: Final = "ALWRITY_DESKTOP_GATEWAY_KEY"
KEY_HEADER: Final = "X-Gateway-Key"

GATEWAY_COMMAND: Final = (sys.executable, "-m", "alwrity_desktop", "gateway", "--json")

_NOTE: Final = "running.json"
_STARTED: Final = "gateway-start.log"
_LOOPBACK: Final = "127.0.0.1"
_ASK_S: Final = 1.0
_START_S: Final = 20.0
_STOP_S: Final = 20.0
_LOOK_S: Final = 0.05
_MAX_BYTES: Final = 262_144
_OK: Final = 200
_UNAUTHORIZED: Final = 401

_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Note(msgspec.Struct, frozen=True):
    """Who runs, as the gateway itself wrote it down."""

    pid: Annotated[int, msgspec.Meta(gt=0)]
    listening: str


class _Part(msgspec.Struct, frozen=True):
    ok: bool = True
    detail: str = ""


class _UnderWay(msgspec.Struct, frozen=True):
    provider: str = ""
    model: str = ""
    endpoint: str = ""
    since_ms: int = 0


class _Block(msgspec.Struct, frozen=True):
    at_ms: int = 0
    provider: str = ""
    model: str = ""
    code: str = ""
    message: str = ""
    budget: str = ""
    used: str = ""
    limit: str = ""
    resets_on: str = ""


class _Budget(msgspec.Struct, frozen=True):
    id: int
    used: int = 0
    held: int = 0


class _Health(msgspec.Struct, frozen=True):
    """The answer of ``/healthz``."""

    state: str
    listening: str
    pid: _Count = 0
    since_ms: int = 0
    in_flight: _Count = 0
    spooled: _Count = 0
    booked: _Count = 0
    blocked: _Count = 0
    ledger: _Part = _Part()
    spool: _Part = _Part()
    providers: tuple[str, ...] = ()
    calls_in_flight: tuple[_UnderWay, ...] = ()
    blocks: tuple[_Block, ...] = ()
    budgets: tuple[_Budget, ...] = ()


@contextlib.contextmanager
def noted(folder: Path) -> Iterator[Callable[[str], None]]:
    """Give what notes in *folder* that this process listens at an address, until it ends.

    A note that cannot be written is left out: the gateway is then found by its port alone.
    """
    path = folder / _NOTE
    written: list[Path] = []

    def note(url: str) -> None:
        with contextlib.suppress(OSError), replacing(path) as file:
            file.write(json.dumps({"pid": os.getpid(), "listening": url}))
        written.append(path)

    try:
        yield note
    finally:
        # The note of another gateway stays: this one may have ended because that one runs.
        for each in written:
            with contextlib.suppress(OSError):
                each.unlink(missing_ok=True)


class GatewayControl:
    """Looks after the gateway of one profile. For one thread, but for ``close``."""

    def __init__(
        self,
        profile: Profile,
        settings: Callable[[], Settings],
        environ: Mapping[str, str] | None = None,
        command: Sequence[str] = GATEWAY_COMMAND,
    ) -> None:
        """Start nothing; *command* runs the gateway in the foreground."""
        self._folder = profile.data / FOLDER
        self._started = profile.logs / _STARTED
        self._settings = settings
        self._environ = os.environ if environ is None else environ
        self._command = tuple(command)
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = threading.Event()

    def close(self) -> None:
        """Wait for nothing any more; may be called from any thread. The gateway goes on."""
        self._closed.set()

    @property
    def url(self) -> str:
        """Where the gateway listens unless it was told another port."""
        return f"http://{_LOOPBACK}:{self._settings().gateway_port}"

    def state(self) -> GatewayState:
        """Return how the gateway stands now; waits for no longer than a second."""
        self._reap()
        note = self._note()
        for url in dict.fromkeys(([note.listening] if note else []) + [self.url]):
            found = self._ask(url)
            if found is not None:
                return found
        return GatewayState(url=self.url)

    def start(self) -> GatewayState:
        """Start the gateway unless it runs, and wait until it listens.

        Raises WorldError with the gateway's own sentence where it does not start.
        """
        found = self.state()
        if found.is_running:
            return found
        self._started.parent.mkdir(parents=True, exist_ok=True)
        with self._started.open("wb") as words:
            self._child = subprocess.Popen(  # noqa: S603 - our own program, by its own path
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                env=dict(self._environ),
                **_detached(),
            )
        return self._wait_until_listening(self._child)

    def stop(self) -> GatewayState:
        """Let the gateway book what is under way and end; return how it stands then.

        Raises WorldError where it cannot be ended from here.
        """
        found = self.state()
        if not found.is_running:
            return found
        note = self._note()
        if note is None or found.pid != note.pid:
            message = (
                f"The gateway at {found.url} was started by another profile or program. "
                "Stop it where it was started."
            )
            raise WorldError(message)
        with contextlib.suppress(ProcessLookupError):
            os.kill(note.pid, signal.SIGTERM)
        end = time.monotonic() + _STOP_S
        while time.monotonic() < end:
            if self._closed.wait(_LOOK_S):
                break
            self._reap()
            if self._note() is None and not self.state().is_running:
                return GatewayState(url=self.url)
        raise WorldError("The gateway still books what is under way. Look again in a moment.")

    def _wait_until_listening(self, child: subprocess.Popen[bytes]) -> GatewayState:
        end = time.monotonic() + _START_S
        while time.monotonic() < end:
            if self._closed.wait(_LOOK_S):
                break
            if child.poll() is not None:
                raise WorldError(self._last_words())
            note = self._note()
            found = None if note is None else self._ask(note.listening)
            if found is not None and note is not None and found.pid == note.pid:
                return found
        raise WorldError("The gateway did not come up in time. Try again in a moment.")

    def _last_words(self) -> str:
        """Return the last line that the gateway wrote before it ended."""
        with contextlib.suppress(OSError):
            lines = self._started.read_text("utf-8", "replace").split("\n")
            said = [line.strip() for line in lines if line.strip() and line.isprintable()]
            if said:
                return said[-1][:400]
        return "The gateway ended as soon as it was started."

    def _reap(self) -> None:
        """Take note of the end of a gateway that was started here."""
        if self._child is not None and self._child.poll() is not None:
            self._child = None

    def _note(self) -> _Note | None:
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            note = msgspec.json.decode((self._folder / _NOTE).read_bytes(), type=_Note)
            if _port_of(note.listening):
                return note
        return None

    def _ask(self, url: str) -> GatewayState | None:
        """Return the state of the gateway at *url*; None where there is none."""
        answer = _answer_of(url, self._environ.get(KEY_VARIABLE, ""))
        if answer is None:
            return None
        status, body = answer
        if status == _UNAUTHORIZED:
            sentence = f"A gateway runs at {url}, and asks for another key than {KEY_VARIABLE}."
            return GatewayState(url=url, trouble=sentence)
        if status != _OK:
            return None
        try:
            return _state_of(msgspec.json.decode(body, type=_Health), url)
        except msgspec.MsgspecError:
            return GatewayState(url=url, trouble=f"Something else listens at {url}.")


def _answer_of(url: str, key: str) -> tuple[int, bytes] | None:
    """Return the status and body with which *url* tells its state; None without an answer."""
    from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 - loads e-mail and TLS: not for the window's start

    connection = HTTPConnection(_LOOPBACK, _port_of(url), timeout=_ASK_S)
    try:
        connection.request("GET", "/healthz", headers={KEY_HEADER: key} if key else {})
        answer = connection.getresponse()
        return answer.status, answer.read(_MAX_BYTES)
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _port_of(url: str) -> int:
    """Return the port of an address on loopback; 0 for any other address."""
    start = f"http://{_LOOPBACK}:"
    port = url.removeprefix(start)
    return int(port) if url.startswith(start) and port.isdecimal() and len(port) < 6 else 0  # noqa: PLR2004 - digits of a port


def _detached() -> dict[str, Any]:
    """Return how a process is started that goes on when this one ends."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
        return {"creationflags": flags}
    return {"start_new_session": True}


def _state_of(health: _Health, url: str) -> GatewayState:
    reasons = [part.detail for part in (health.ledger, health.spool) if not part.ok]
    return GatewayState(
        is_running=True,
        url=url,
        pid=health.pid or None,
        since_ms=health.since_ms,
        in_flight=health.in_flight,
        waiting=health.spooled,
        waiting_reason=" ".join(reasons),
        booked=health.booked,
        blocked=health.blocked,
        under_way=tuple(
            UnderWay(each.provider, each.model, each.endpoint, each.since_ms)
            for each in health.calls_in_flight
        ),
        blocks=tuple(map(_blocked, reversed(health.blocks))),
        budgets=tuple(HeldBudget(each.id, each.used, each.held) for each in health.budgets),
        providers=health.providers,
    )


def _blocked(block: _Block) -> BlockedCall:
    return BlockedCall(
        at_ms=block.at_ms,
        provider=block.provider,
        model=block.model,
        code=block.code,
        reason=block.message,
        budget=block.budget,
        used=block.used,
        limit=block.limit,
        resets_on=block.resets_on,
    )

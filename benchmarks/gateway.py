"""Times calls through the gateway beside the same calls without it, and through its peers.

    python -m benchmarks.gateway [--calls 4000] [--memory-calls 100000]
        [--litellm VENV/bin/litellm] [--portkey FOLDER/node_modules/@portkey-ai/gateway]

One upstream, one client, on this computer; every call through the gateway is booked. To have the
peers in the same run:

    python -m venv litellm && litellm/bin/pip install "litellm[proxy]"
    npm install @portkey-ai/gateway

Then name them with --litellm litellm/bin/litellm and
--portkey node_modules/@portkey-ai/gateway.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

Result = TypeVar("Result")

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 16
READY_S = 120.0
MAX_MB = 120
LITELLM_SHARE = 1 / 15
PORTKEY_SHARE = 1 / 3
PORTKEY_TIMES = 4
#: What the peers had where they were measured first; they stand in for those not installed.
KNOWN_ADDED_MS = {"litellm": 19.8, "portkey": 3.1}
KNOWN_PORTKEY_PER_S = 499

MODEL = "gpt-4o-mini"
ASKED = json.dumps(
    {"model": MODEL, "messages": [{"role": "user", "content": "Tell me a story. " * 30}]}
).encode()
ANSWER = json.dumps(
    {
        "id": "chatcmpl-benchmark",
        "object": "chat.completion",
        "created": 1795000000,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": "Once upon a time. " * 25},
            }
        ],
        "usage": {"prompt_tokens": 180, "completion_tokens": 100, "total_tokens": 280},
    }
).encode()
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(ANSWER),
    ANSWER,
)


class Upstream(asyncio.Protocol):
    """Answers every request at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection."""
        self._transport = cast("asyncio.Transport", transport)
        self._data = b""

    def data_received(self, data: bytes) -> None:
        """Answer the requests that are whole."""
        self._data += data
        while (end := self._end()) and len(self._data) >= end:
            self._data = self._data[end:]
            self._transport.write(REPLY)

    def _end(self) -> int:
        """Return where the first request ends, 0 while that is not known."""
        head, found, body = self._data.partition(b"\r\n\r\n")
        if not found:
            return 0
        start = len(head) + len(found)
        _, has_length, rest = head.lower().partition(b"content-length:")
        if has_length:
            return start + int(rest.partition(b"\r\n")[0])
        if b"chunked" not in head:
            return start
        last = body.find(b"0\r\n\r\n")
        return start + last + 5 if last >= 0 else 0


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port)
    await server.serve_forever()


@dataclass(frozen=True)
class Target:
    """Where calls go."""

    name: str
    port: int
    path: str
    headers: tuple[str, ...] = ()
    pid: int = 0
    key: str = "sk-canary"

    def request(self) -> bytes:
        """Return the bytes of one call."""
        lines = [f"POST {self.path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"Authorization: Bearer {self.key}", "Content-Type: application/json"]
        lines += [*self.headers, f"Content-Length: {len(ASKED)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + ASKED


async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    first, _, _ = head.partition(b"\r\n")
    if b" 200" not in first:
        message = f"The answer was {first.decode()}."
        raise RuntimeError(message)
    _, has_length, rest = head.partition(b"content-length:")
    if has_length:
        await reader.readexactly(int(rest.partition(b"\r\n")[0]))
        return
    while size := int((await reader.readline()).strip(), 16):
        await reader.readexactly(size + 2)
    await reader.readline()


async def load(target: Target, calls: int, connections: int) -> tuple[float, list[float]]:
    """Return the seconds that all took, and the milliseconds of each call."""
    request = target.request()
    times: list[float] = []

    async def caller() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
        for _ in range(calls // connections):
            start = time.perf_counter()
            await call(reader, writer, request)
            times.append((time.perf_counter() - start) * 1000)
        writer.close()

    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(caller())
    return time.perf_counter() - start, times


def fast(main: Coroutine[object, object, Result]) -> Result:
    """Run *main* in the gateway's own loop."""
    import uvloop  # noqa: PLC0415 - not on Windows

    return uvloop.run(main)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def running(command: Sequence[str], port: int, **environ: str) -> Iterator[int]:
    """Run a server until the block ends; yield its process id once it answers."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_S
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        connection.close()
        time.sleep(0.1)
    message = f"Nothing answers at port {port}."
    raise RuntimeError(message)


def memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def start_all(options: argparse.Namespace, stack: contextlib.ExitStack) -> list[Target]:
    """Start the upstream and everything that stands before it."""
    port = free_port()
    own = (sys.executable, "-m", "benchmarks.gateway", "--serve", str(port))
    stack.enter_context(running(own, port))
    targets = [Target("direct", port, "/v1/chat/completions")]
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="alwrity-gateway-"))
    targets.append(start_ours(port, folder, stack))
    if options.litellm:
        targets.append(start_litellm(options.litellm, port, folder, stack))
    if options.portkey:
        targets.append(start_portkey(options.portkey, port, stack))
    return targets


def start_ours(upstream: int, folder: str, stack: contextlib.ExitStack) -> Target:
    port = free_port()
    command = (sys.executable, "-m", "alwrity_desktop", "gateway", "--port", str(port))
    address = f"openai=http://127.0.0.1:{upstream}"
    pid = stack.enter_context(
        running((*command, "--upstream", address), port, ALWRITY_DESKTOP_HOME=folder)
    )
    return Target("ours", port, "/openai/v1/chat/completions", pid=pid)


def start_litellm(program: Path, upstream: int, folder: str, stack: contextlib.ExitStack) -> Target:
    port = free_port()
    api = f"api_base: http://127.0.0.1:{upstream}/v1, api_key: sk-canary"
    config = Path(folder, "litellm.yaml")
    model = f"{{model_name: {MODEL}, litellm_params: {{model: openai/{MODEL}, {api}}}}}"
    config.write_text(f"model_list: [{model}]\n")
    command = (str(program), "--config", str(config), "--port", str(port), "--host", "127.0.0.1")
    # It serves nobody without a key of its own.
    key = f"sk-{secrets.token_hex(32)}"
    pid = stack.enter_context(running(command, port, LITELLM_MASTER_KEY=key))
    return Target("litellm", port, "/v1/chat/completions", pid=pid, key=key)


def start_portkey(package: Path, upstream: int, stack: contextlib.ExitStack) -> Target:
    port = free_port()
    script = package.resolve() / "build" / "start-server.js"
    pid = stack.enter_context(running(("node", str(script), f"--port={port}", "--headless"), port))
    headers = (
        "x-portkey-provider: openai",
        f"x-portkey-custom-host: http://127.0.0.1:{upstream}/v1",
    )
    return Target("portkey", port, "/v1/chat/completions", headers, pid)


def measure(targets: Sequence[Target], calls: int) -> dict[str, tuple[float, float]]:
    """Return for each target the median in milliseconds of one caller, and calls a second."""
    medians: dict[str, list[float]] = {target.name: [] for target in targets}
    rates: dict[str, list[float]] = {target.name: [] for target in targets}
    for target in targets:
        fast(load(target, 200, CONNECTIONS))
    for _ in range(3):
        for target in targets:
            _, times = fast(load(target, calls // 4, 1))
            medians[target.name].append(statistics.median(times))
            seconds, times = fast(load(target, calls, CONNECTIONS))
            rates[target.name].append(len(times) / seconds)
    return {name: (statistics.median(medians[name]), max(rates[name])) for name in medians}


def judge(found: dict[str, tuple[float, float]]) -> bool:
    """Print each figure beside its target; return whether all are met."""
    direct = found["direct"][0]
    for name, (median, rate) in found.items():
        added = f"{median - direct:+7.3f} ms added" if name != "direct" else " " * 17
        print(f"{name:<8} {median:7.3f} ms, {added}, {rate:8,.0f} calls/s at {CONNECTIONS}")
    added_ms = found["ours"][0] - direct
    is_met = True
    for peer, share in (("litellm", LITELLM_SHARE), ("portkey", PORTKEY_SHARE)):
        is_here = peer in found
        peer_ms = found[peer][0] - direct if is_here else KNOWN_ADDED_MS[peer]
        is_met &= report(
            f"added at most {share:.2f} of {peer}'s {peer_ms:.2f} ms",
            is_met=added_ms <= share * peer_ms,
            is_here=is_here,
        )
    is_here = "portkey" in found
    rate = found["portkey"][1] if is_here else KNOWN_PORTKEY_PER_S
    words = f"at least {PORTKEY_TIMES} times portkey's {rate:,.0f} calls/s"
    is_fast = found["ours"][1] >= PORTKEY_TIMES * rate
    return is_met & report(words, is_met=is_fast, is_here=is_here)


def report(words: str, *, is_met: bool, is_here: bool = True) -> bool:
    where = "" if is_here else " (as measured elsewhere: not installed here)"
    print(f"target   {words}{where}: {'met' if is_met else 'MISSED'}")
    return is_met


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=4000)
    parser.add_argument("--memory-calls", type=int, default=100_000, help="0 leaves it out")
    parser.add_argument("--litellm", type=Path, help="the program litellm")
    parser.add_argument("--portkey", type=Path, help="the folder of @portkey-ai/gateway")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        fast(serve(options.serve))
        return 0
    with contextlib.ExitStack() as stack:
        targets = start_all(options, stack)
        is_met = judge(measure(targets, options.calls))
        ours = next(target for target in targets if target.name == "ours")
        if options.memory_calls:
            fast(load(ours, options.memory_calls, CONNECTIONS))
            used = memory_mb(ours.pid)
            words = f"under {MAX_MB} MB after {options.memory_calls:,} calls: {used:.0f} MB"
            is_met &= report(words, is_met=used < MAX_MB)
    return 0 if is_met else 1


if __name__ == "__main__":
    raise SystemExit(main())

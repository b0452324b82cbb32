"""Makes a tree of Claude Code logs with every hard case in it, and says what it truly holds.

    python -m benchmarks.make_tree FOLDER [--megabytes 300 --files 1300 --calls 62000 ...]

The same seed makes the same bytes. Beside ``FOLDER/projects`` lies ``FOLDER/truth.json``: the
distinct calls and the token sums of each model, worked out while writing and not by reading.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

WORDS = (  # noqa: SIM905 - a list of quoted words would fill a page
    "the file reads and writes a value that every caller of this function expects to be sorted "
    "before it returns so the test fails when two rows share one key and the index is rebuilt "
    "def class return import for while try raise with yield async await lambda None True False "
    "src tests docs build main config server client handler model view token cost report ledger"
).split()
MODELS = ("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001")
MODEL_WEIGHTS = (30, 55, 15)
#: 2026-08-01, in milliseconds; the tree covers the 100 days after it.
FIRST_MS = 1_785_542_400_000
DAY_MS = 86_400_000


@dataclass
class Sizes:
    """How large the tree is and how much of it is of which kind."""

    megabytes: int = 300
    files: int = 1300
    calls: int = 62_000
    usage_lines: int = 88_000
    #: Mean length of the message text in a line with usage; other lines hold the rest.
    usage_text_bytes: int = 700
    #: Of the calls: found only in a side conversation.
    sidechain_percent: int = 8
    #: Of the calls: no copy has a request id.
    without_request_percent: int = 3
    #: Of the copies: in another file than the call.
    elsewhere_percent: int = 20
    #: Of the copies: a side conversation's replay under a request id of its own.
    replay_percent: int = 8
    torn_lines: int = 200
    seed: int = 20261120


@dataclass
class Counts:
    """Token sums of one model."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0


@dataclass
class MadeCall:
    """One call that the tree holds, with its true counts."""

    message_id: str
    request_id: str
    model: str
    at_ms: int
    is_sidechain: bool
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int


@dataclass
class LogFile:
    """One session's log while it is put together."""

    session: str
    project: str
    #: Lines with usage, in the order of writing.
    lines: list[bytes] = field(default_factory=list)


def letters(chance: random.Random, length: int) -> str:
    return f"{chance.getrandbits(length * 4):0{length}x}"


def texts(chance: random.Random) -> list[str]:
    """Return a pool of JSON-escaped message texts, from a few words to tens of kilobytes."""
    pool = []
    for _ in range(400):
        words = min(6000, int(chance.lognormvariate(4.3, 1.1)))
        breaks = (" ", " ", " ", " ", "\\n", "\\n    ", ' \\"', '\\" ', ", ")
        pool.append("".join(chance.choice(WORDS) + chance.choice(breaks) for _ in range(words)))
    return pool


def iso(at_ms: int) -> str:
    days, ms = divmod(at_ms - FIRST_MS, DAY_MS)
    month, day = next(
        (month, days - first + 1)
        for month, first in ((11, 92), (10, 61), (9, 31), (8, 0))
        if days >= first
    )
    seconds, ms = divmod(ms, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"2026-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}.{ms:03d}Z"


def make_call(chance: random.Random, at_ms: int, sizes: Sizes) -> MadeCall:
    is_third_party = chance.randrange(100) < sizes.without_request_percent
    writes = int(chance.lognormvariate(7, 1.2))
    is_one_hour = chance.randrange(100) < 40
    return MadeCall(
        message_id=f"msg_01{letters(chance, 22)}",
        request_id="" if is_third_party else f"req_011C{letters(chance, 20)}",
        model=chance.choices(MODELS, MODEL_WEIGHTS)[0],
        at_ms=at_ms,
        is_sidechain=chance.randrange(100) < sizes.sidechain_percent,
        input_tokens=chance.randint(1, 40),
        output_tokens=chance.randint(12, 1800),
        cache_read_tokens=chance.randint(8_000, 160_000),
        cache_write_5m_tokens=0 if is_one_hour else writes,
        cache_write_1h_tokens=writes if is_one_hour else 0,
    )


def usage_line(
    call: MadeCall,
    log: LogFile,
    text: str,
    *,
    output_tokens: int | None = None,
    earlier_ms: int = 0,
    replay: str = "",
) -> bytes:
    """Return a line; *replay* is the request id under which a side conversation repeats it."""
    output = call.output_tokens if output_tokens is None else output_tokens
    request = replay or call.request_id
    is_last = output == call.output_tokens
    time = iso(call.at_ms - earlier_ms)
    writes = call.cache_write_5m_tokens + call.cache_write_1h_tokens
    return (
        f'{{"parentUuid":"{call.message_id[6:]}","isSidechain":'
        f'{"true" if replay or call.is_sidechain else "false"},"userType":"external",'
        f'"cwd":"/home/dev/{log.project}","sessionId":"{log.session}","version":"2.0.44",'
        f'"gitBranch":"main","message":{{"model":"{call.model}","id":"{call.message_id}",'
        '"type":"message","role":"assistant","content":[{"type":"text","text":"'
        f'{text}"}}],"stop_reason":{chr(34) + "end_turn" + chr(34) if is_last else "null"},'
        f'"stop_sequence":null,"usage":{{"input_tokens":{call.input_tokens},'
        f'"cache_creation_input_tokens":{writes},'
        f'"cache_read_input_tokens":{call.cache_read_tokens},"cache_creation":'
        f'{{"ephemeral_5m_input_tokens":{call.cache_write_5m_tokens},'
        f'"ephemeral_1h_input_tokens":{call.cache_write_1h_tokens}}},'
        f'"output_tokens":{output},"service_tier":"standard"}}}},'
        + (f'"requestId":"{request}",' if request else "")
        + f'"type":"assistant","uuid":"{call.message_id[4:]}","timestamp":"{time}"}}\n'
    ).encode()


def short_text(chance: random.Random, pool: list[str], mean_bytes: int) -> str:
    length = int(chance.expovariate(1 / mean_bytes))
    text = chance.choice(pool)
    while len(text) < length:
        text += chance.choice(pool)
    return text[:length].rsplit(" ", 1)[0].rstrip("\\")


class Writer:
    """Puts calls and their copies into logs."""

    def __init__(
        self, chance: random.Random, logs: list[LogFile], pool: list[str], sizes: Sizes
    ) -> None:
        self._chance = chance
        self._logs = logs
        self._pool = pool
        self._sizes = sizes

    def write(self) -> dict[str, Counts]:
        """Put every call and its copies into the logs; return the truth."""
        truth: dict[str, Counts] = defaultdict(Counts)
        chance, sizes = self._chance, self._sizes
        copies = Counter(chance.choices(range(sizes.calls), k=sizes.usage_lines - sizes.calls))
        step_ms = 100 * DAY_MS // sizes.calls
        for number in range(sizes.calls):
            log = self._logs[number * len(self._logs) // sizes.calls]
            at_ms = FIRST_MS + number * step_ms + chance.randrange(step_ms)
            call = make_call(chance, at_ms, sizes)
            add(truth[call.model], call)
            self._write_call(call, log, copies[number])
        return truth

    def _write_call(self, call: MadeCall, log: LogFile, copies: int) -> None:
        """Write the copies that were streamed before the whole call, then it, then the others."""
        chance, sizes = self._chance, self._sizes
        text = short_text(chance, self._pool, sizes.usage_text_bytes)
        later = []
        for _ in range(copies):
            kind = chance.randrange(100)
            if kind < sizes.elsewhere_percent:
                elsewhere = chance.choice(self._logs)
                elsewhere.lines.append(usage_line(call, elsewhere, text))
            elif kind < sizes.elsewhere_percent + sizes.replay_percent and not call.is_sidechain:
                later.append(usage_line(call, log, text, replay=f"req_011D{letters(chance, 20)}"))
            else:
                part = chance.choice((1, 2, call.output_tokens))
                log.lines.append(usage_line(call, log, text, output_tokens=part, earlier_ms=900))
        log.lines += [usage_line(call, log, text), *later]


def add(counts: Counts, call: MadeCall) -> None:
    counts.calls += 1
    counts.input_tokens += call.input_tokens
    counts.output_tokens += call.output_tokens
    counts.cache_read_tokens += call.cache_read_tokens
    counts.cache_write_5m_tokens += call.cache_write_5m_tokens
    counts.cache_write_1h_tokens += call.cache_write_1h_tokens


def filler_lines(
    chance: random.Random, log: LogFile, pool: list[str], size_bytes: int
) -> Iterator[bytes]:
    """Yield questions, tool results and snapshots that carry no usage, about *size_bytes*."""
    left = size_bytes
    while left > 0:
        text = "".join(chance.choices(pool, k=chance.choice((1, 1, 2, 6))))
        if chance.randrange(20) == 0:
            line = (
                f'{{"type":"file-history-snapshot","messageId":"{letters(chance, 32)}",'
                f'"snapshot":{{"trackedFileBackups":{{"a.py":"{text}"}}}}}}\n'
            ).encode()
        else:
            line = (
                f'{{"parentUuid":"{letters(chance, 32)}","isSidechain":false,"userType":"external",'
                f'"cwd":"/home/dev/{log.project}","sessionId":"{log.session}","version":"2.0.44",'
                '"gitBranch":"main","type":"user","message":{"role":"user","content":[{'
                f'"tool_use_id":"toolu_01{letters(chance, 22)}","type":"tool_result",'
                f'"content":"{text}"}}]}},"uuid":"{letters(chance, 32)}",'
                '"timestamp":"2026-08-01T00:00:00.000Z","toolUseResult":{"stdout":"",'
                '"stderr":"","interrupted":false}}\n'
            ).encode()
        left -= len(line)
        yield line


def write_log(
    chance: random.Random, folder: Path, log: LogFile, pool: list[str], filler_bytes: int
) -> int:
    """Write one log with its filler spread between the lines with usage; return its size."""
    fillers = list(filler_lines(chance, log, pool, filler_bytes))
    lines = log.lines
    out = []
    place = 0
    for index, line in enumerate(lines):
        until = len(fillers) * (index + 1) // len(lines)
        out += fillers[place:until]
        out.append(line)
        place = until
    out += fillers[place:]
    data = b"".join(out)
    path = folder / "projects" / f"-home-dev-{log.project}" / f"{log.session}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return len(data)


def make_tree(folder: Path, sizes: Sizes) -> dict[str, object]:
    """Write the tree under *folder* and return what ``truth.json`` says."""
    chance = random.Random(sizes.seed)
    pool = texts(chance)
    logs = [
        LogFile(f"{letters(chance, 8)}-{letters(chance, 24)}", f"project-{number % 23}")
        for number in range(sizes.files)
    ]
    truth = Writer(chance, logs, pool, sizes).write()
    usage_lines = sum(len(log.lines) for log in logs)
    for _ in range(sizes.torn_lines):
        log = chance.choice(logs)
        if log.lines:
            line = chance.choice(log.lines)
            log.lines.append(line[: line.find(b'"output_tokens"')] + b"\n")
    used = sum(sum(map(len, log.lines)) for log in logs)
    filler = max(0, sizes.megabytes * 1_000_000 - used) // sizes.files
    written = sum(write_log(chance, folder, log, pool, filler) for log in logs)
    answer = {
        "sizes": asdict(sizes),
        "bytes": written,
        "usage_lines": usage_lines,
        "calls": sizes.calls,
        "models": {model: asdict(counts) for model, counts in sorted(truth.items())},
    }
    (folder / "truth.json").write_text(json.dumps(answer, indent=2) + "\n")
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    for name, value in asdict(Sizes()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value)
    arguments = vars(parser.parse_args())
    answer = make_tree(arguments.pop("folder"), Sizes(**arguments))
    print(json.dumps(answer, indent=2))


if __name__ == "__main__":
    main()

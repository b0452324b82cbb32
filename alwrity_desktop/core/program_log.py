"""The program's own log: small, rotating, and without keys or text from people's logs."""

from __future__ import annotations

import copy
import logging
import re
import traceback
from pathlib import Path
from typing import Final

LOGGER_NAME: Final = "alwrity_desktop"
MAX_LOG_BYTES: Final = 1_000_000

#: Python's own words here name types, attributes and modules, never values.
_ERRORS_ABOUT_CODE: Final = frozenset(
    {AttributeError, ImportError, ModuleNotFoundError, NameError, RecursionError, TypeError}
)

_REDACTED: Final = "[redacted]"
#: A named secret keeps its name, so that a reader sees what was there.
_NAMED_SECRET: Final = re.compile(
    r"(?i)((?:authorization|api[-_]?key|x-api-key|x-goog-api-key|token|secret|password|key)"
    r"[\"']?\s*[:=]\s*[\"']?(?:bearer\s+|basic\s+)?)([^\s\"'&,;)}\]]{6,})"
)
_BARE_SECRET: Final = re.compile(
    r"\b(?:sk|pk|rk|tvly|fc|xai|gsk|ghp|gho|hf|glpat|whsec)[-_][A-Za-z0-9_-]{8,}"
    r"|\bAIza[A-Za-z0-9_-]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)?"
    r"|(?i:\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}"
    r"|\b[A-Fa-f0-9]{40,}\b"
)


def redact(text: str) -> str:
    """Return *text* with everything that looks like a key or token replaced."""
    return _BARE_SECRET.sub(_REDACTED, _NAMED_SECRET.sub(rf"\1{_REDACTED}", text))


def stack_of(error: BaseException) -> str:
    """Return the types and the stack of *error* and its causes, without what they quote.

    A foreign error's message may quote a line of someone's log, so only the operating
    system's own words are kept, and those of errors that speak of code alone.
    """
    chain = traceback.TracebackException.from_exception(error, capture_locals=False)
    lines: list[str] = []
    present: traceback.TracebackException | None = chain
    cause: BaseException | None = error
    while present is not None and cause is not None:
        words = _safe_words(cause)
        name = f"{type(cause).__module__}.{type(cause).__qualname__}"
        lines.append(f"{name}: {words}" if words else name)
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in present.stack]
        present = present.__cause__ or present.__context__
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines)


def _safe_words(error: BaseException) -> str:
    if isinstance(error, OSError):
        return error.strerror or ""
    return str(error) if type(error) in _ERRORS_ABOUT_CODE else ""


class _Formatter(logging.Formatter):
    def formatException(self, ei: object) -> str:  # noqa: N802 - the library's name
        """Return the stack alone."""
        error = ei[1] if isinstance(ei, tuple) else None
        return stack_of(error) if isinstance(error, BaseException) else ""

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole entry without secrets."""
        own = copy.copy(record)
        # Another handler may have kept the stack with its messages in the record.
        own.exc_text = None
        return redact(super().format(own))


class _ProgramLogHandler(logging.FileHandler):
    """Keeps the log and the one before it. Opens nothing until there is something to say."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", errors="backslashreplace", delay=True)
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        """Write one entry, after the log was put aside if it has grown too long."""
        try:
            if self._path.exists() and self._path.stat().st_size > MAX_LOG_BYTES:
                self.close()
                self._path.replace(self._path.with_suffix(".log.1"))
            super().emit(record)
        except OSError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Say nothing: a log that cannot be written must not stop or clutter the work."""


def start(path: Path) -> logging.Logger:
    """Send the program's own log to *path*, and return its logger. A second call moves it."""
    logger = logging.getLogger(LOGGER_NAME)
    for handler in [known for known in logger.handlers if isinstance(known, _ProgramLogHandler)]:
        logger.removeHandler(handler)
        handler.close()
    handler = _ProgramLogHandler(path)
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return logger

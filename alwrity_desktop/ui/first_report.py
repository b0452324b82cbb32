"""The first report, worked out in a second process while the window is being built.

Loading the database library and loading Qt take about as long as each other, and one Python
process does only one of them at a time. Where the system can fork, a child that has loaded
neither reads the ledger and hands the report over; elsewhere the ledger's thread does it.
"""

from __future__ import annotations

import copyreg
import os
import pickle
import sys
import threading
from types import MappingProxyType
from typing import Any, Final

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice

SHOWN_DIMENSIONS: Final = ("provider", "model", "source")
"""What a report is always grouped by; a dock in view may need more."""

_CHUNK: Final = 1 << 20


def shown_account(context: Context) -> str:
    """Return the account that the window shows first: the one that it showed last."""
    name = context.settings.account
    if name == LOCAL_ACCOUNT:
        return name
    try:
        return name if any(view.name == name for view in context.accounts()) else LOCAL_ACCOUNT
    except AlwrityError:
        # What is wrong with the accounts is said where they are looked after.
        return LOCAL_ACCOUNT


def _view(table: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(table)


def _reduce_mapping(mapping: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return _view, (dict(mapping),)


# A report's tables are read-only views, which pickle does not know by itself.
copyreg.pickle(MappingProxyType, _reduce_mapping)


class FirstReport:
    """One report from a child process, to be taken once."""

    def __init__(self, child: int, pipe: int) -> None:
        self._child = child
        self._pipe = pipe
        self._is_taken = False

    @classmethod
    def begin(cls, context: Context) -> FirstReport | None:
        """Start to work out this month's report; None where that brings nothing.

        To be called before any thread is started and before Qt is loaded.
        """
        if sys.platform != "linux" or threading.active_count() > 1:
            return None
        if not context.profile.ledger.exists():
            return None
        read_end, write_end = os.pipe()
        child = os.fork()
        if child:
            os.close(write_end)
            return cls(child, read_end)
        _work(context, write_end)
        return None

    def take(self) -> Report | None:
        """Wait for the report; None when the child has none or it was taken before."""
        if self._is_taken:
            return None
        self._is_taken = True
        with os.fdopen(self._pipe, "rb", buffering=_CHUNK) as pipe:
            data = pipe.read()
        os.waitpid(self._child, 0)
        # What is read was written by our own child into our own pipe.
        report = pickle.loads(data) if data else None  # noqa: S301
        return report if isinstance(report, Report) else None


def _work(context: Context, pipe: int) -> None:
    """Write the report into *pipe*, and end this process without a trace of the parent's work."""
    status = 1
    try:
        report = context.report(shown_account(context), PeriodChoice(), SHOWN_DIMENSIONS)
        data = memoryview(pickle.dumps(report, pickle.HIGHEST_PROTOCOL))
        while data:
            data = data[os.write(pipe, data) :]
        status = 0
    finally:
        # The parent asks again in its own thread, and says what is wrong then.
        os._exit(status)

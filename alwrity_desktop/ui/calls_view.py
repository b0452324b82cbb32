"""What the window knows of the dock that lists calls."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from alwrity_desktop.core.domain.report import CallPage, CallRow
from alwrity_desktop.ui.requests import OpenCalls


@runtime_checkable
class CallsView(Protocol):
    """The dock that lists calls."""

    def show_calls(self, page: CallPage) -> None:
        """Show one page."""

    def show_call(self, row: CallRow) -> None:
        """Show one call in detail."""

    def show_query(self, request: OpenCalls) -> None:
        """List the calls that are behind a figure."""

    def focus_search(self) -> None:
        """Let the person type what to look for."""

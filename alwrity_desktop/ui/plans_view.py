"""What the window knows of the dock that shows plans."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from alwrity_desktop.core.domain.plan_replay import Comparison


@runtime_checkable
class PlansView(Protocol):
    """The dock that shows plans."""

    def show_comparison(self, account: str, comparison: Comparison) -> None:
        """Show how the calls of *account* would have fared on each plan."""

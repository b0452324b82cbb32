"""What the window knows of the docks that show what goes on."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from alwrity_desktop.core.domain.live import LiveView


@runtime_checkable
class LiveDockView(Protocol):
    """A dock that shows what goes on, whatever else it does."""

    def show_live(self, view: LiveView) -> None:
        """Show what goes on now."""

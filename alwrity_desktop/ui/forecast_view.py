"""What the window knows of the dock that shows how far off the forecast was."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from alwrity_desktop.core.domain.forecast_check import ForecastCheck


@runtime_checkable
class ForecastView(Protocol):
    """The dock that shows how far off the forecast was."""

    def show_forecast_check(self, check: ForecastCheck) -> None:
        """Show the errors of the past periods."""

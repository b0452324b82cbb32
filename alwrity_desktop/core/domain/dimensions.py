"""What a report can be grouped by."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

DIMENSIONS: Final = MappingProxyType(
    {
        "provider": "Provider",
        "model": "Model",
        "day": "Day",
        "hour": "Hour",
        "weekday_hour": "Weekday and hour",
        "source": "Source",
        "project": "Project",
        "agent": "Agent",
        "conversation": "Conversation",
        "endpoint": "Endpoint",
        "status": "Status",
        "api_key": "API key",
    }
)
"""Every dimension with its title."""

TIME_DIMENSIONS: Final = frozenset({"day", "hour", "weekday_hour"})
"""Those that follow from when a call happened; the others are said by the call itself."""

SERIES_DIMENSIONS: Final = tuple(name for name in DIMENSIONS if name not in TIME_DIMENSIONS)

"""The tables that an export can be made of, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from alwrity_desktop.core.exports import call_parts, forecast_parts, insight_parts
from alwrity_desktop.core.exports.contents import Contents, Part

PARTS: Final[Mapping[str, Part]] = MappingProxyType(
    {
        part.name: part
        for part in (
            call_parts.TOTALS,
            call_parts.GROUPS,
            forecast_parts.FORECAST,
            forecast_parts.CURVE,
            forecast_parts.CHECKED,
            forecast_parts.LIMITS,
            forecast_parts.ALERTS,
            insight_parts.TIPS,
            insight_parts.PLAN_ROWS,
            insight_parts.SPENT,
            insight_parts.KINDS,
            insight_parts.MODELS,
            insight_parts.COMPARED,
            insight_parts.DEAREST,
            insight_parts.CONVERSATIONS,
            insight_parts.PATTERNS,
            insight_parts.UNUSUAL,
            call_parts.MONTHS,
            call_parts.DAYS,
            call_parts.CALLS,
        )
    }
)


def usual_part(contents: Contents) -> Part:
    """Return what is written where no table was asked for: groups if there are any, else calls."""
    return PARTS["groups" if contents.report.groups else "calls"]

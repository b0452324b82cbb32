"""Health of an ALwrity server: believed only where the server counted anything."""

from __future__ import annotations

from typing import Final

from alwrity_desktop.core.domain.errors import BrokenAnswerError
from alwrity_desktop.core.domain.server import ServerHealth
from alwrity_desktop.core.sources.servers.alwrity_shapes import (
    ApiStats,
    CacheStats,
    CheckAnswer,
    HealthAnswer,
)
from alwrity_desktop.core.sources.servers.fields import Place, read, text

HEALTHY: Final = "healthy"
WARNING: Final = "warning"
CRITICAL: Final = "critical"

_ORDER: Final = (HEALTHY, WARNING, CRITICAL)
#: Percent of requests that failed, above which the server's own rules judge.
_WARNING_ABOVE: Final = 5
_CRITICAL_ABOVE: Final = 10
_NO_DATA: Final = "The server counted no requests of its own lately: no data."


def health(data: object, response_ms: int | None, place: Place) -> ServerHealth:
    """Return what can be believed of an answer about health. Raises BrokenAnswerError.

    "Healthy" of a server that counted nothing says nothing. Where its own figures are worse
    than its word, by its own rules, the figures hold.
    """
    answer = read(HealthAnswer, data, place)
    said = (answer.system_health or answer.status or "").lower()
    figures = answer.api_performance or answer
    requests, errors = figures.recent_requests, figures.recent_errors
    percent = figures.error_rate
    if requests and errors is not None:
        percent = min(errors, requests) * 100 / requests
    is_known = bool(requests) or said in {WARNING, CRITICAL}
    status = _worse(said, percent) if is_known else None
    if status is None and not said and requests is None:
        message = f"The server has no data about {place.name}."
        raise BrokenAnswerError(message)
    return ServerHealth(
        status=status,
        requests=requests,
        errors=errors,
        error_rate_percent=percent if requests else None,
        response_ms=response_ms,
        reasons=_reasons(status, requests, errors),
    )


def _worse(said: str, percent: float | None) -> str | None:
    judged = HEALTHY
    if percent is not None and percent > _WARNING_ABOVE:
        judged = CRITICAL if percent > _CRITICAL_ABOVE else WARNING
    if said not in _ORDER:
        return None if percent is None else judged
    return max(said, judged, key=_ORDER.index)


def _reasons(status: str | None, requests: int | None, errors: int | None) -> tuple[str, ...]:
    if not requests:
        return (_NO_DATA,) if status is None else (f'The server says "{status}" without figures.',)
    failed = "an unknown number" if errors is None else f"{errors:,}"
    return (f"{failed} of the server's last {requests:,} requests failed.",)


def has_api_stats(data: object, place: Place) -> bool:
    """Return whether the server's statistics hold anything but zeros."""
    overview = read(ApiStats, data, place).overview
    return overview is not None and bool(overview.recent_requests or overview.recent_errors)


def has_cache_stats(data: object, place: Place) -> bool:
    """Return whether the server counts what its cache saves."""
    stats = read(CacheStats, data, place)
    return any(
        each is not None
        for each in (stats.hits, stats.misses, stats.cache_hits, stats.cache_misses)
    )


def checks(data: object, place: Place) -> tuple[tuple[str, str], ...]:
    """Return the server's checks of its parts: what each is called and what it says."""
    answer = read(CheckAnswer, data, place)
    found = [(_OVERALL, answer.status)] if answer.status else []
    for name, value in (answer.services or {}).items():
        if isinstance(value, dict):
            status = read(CheckAnswer, value, place).status
            if status:
                found.append((text(name), status))
    return tuple(found)


_OVERALL: Final = "overall"

"""What today's server says of its own health: constant, empty, or an error, as recorded."""

from __future__ import annotations

from datetime import datetime

from tests.servers.wire import Json


def health_document(now: datetime) -> Json:
    """Return the answer of `/health`, which asks for no token."""
    return {
        "status": "healthy",
        "message": "ALwrity backend is running",
        "timestamp": now.isoformat(),
        "uptime": "0:03:07.799780",
        "feature_mode": "full",
        "enabled_features": ["all"],
    }


def rate_document(seen: int, most: int = 200) -> Json:
    """Return the answer of `/api/rate-limit/status` after this many requests."""
    return {
        "client_ip": "127.0.0.1",
        "requests_in_window": seen,
        "max_requests": most,
        "remaining_requests": most - seen,
        "window_seconds": 60,
        "is_limited": seen >= most,
    }

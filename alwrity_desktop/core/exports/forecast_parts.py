"""Tables of where the period will end, of its limits, and of how far off such forecasts were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from alwrity_desktop.core.alert_documents import alert_document
from alwrity_desktop.core.document_values import Document
from alwrity_desktop.core.documents import forecast_document, limit_document
from alwrity_desktop.core.exports.contents import CHECK, Contents, Part
from alwrity_desktop.core.forecast_documents import forecast_check_document

_AMOUNTS: Final = ("amount", "low", "high", "naive")
_MEASURES: Final = ("cost", "calls", "tokens")


def _forecast(contents: Contents) -> Iterator[Document]:
    """Yield where cost, calls and tokens will end: in all, then by provider."""
    told = forecast_document(contents.report.forecast)
    cost = {"amount": told["cost_usd"], "refused": told["refused"]}
    cost |= {name: told[f"{name}_usd"] for name in ("low", "high", "naive")}
    whole: Document = {"cost": cost, "calls": told["calls"], "tokens": told["tokens"]}
    for provider, ends in ((None, whole), *((one["provider"], one) for one in told["providers"])):
        for measure in _MEASURES:
            end: Document = ends[measure] or {}
            yield {
                "provider": provider,
                "measure": measure,
                **{name: end.get(name) for name in (*_AMOUNTS, "refused")},
                "confidence_percent": told["confidence_percent"],
            }


def _curve(contents: Contents) -> Iterator[Document]:
    return iter(forecast_document(contents.report.forecast)["curve"])


def _check(contents: Contents) -> Iterator[Document]:
    """Yield what was told at each point of each past period, and what came."""
    if contents.check is None:
        return
    for period in forecast_check_document(contents.check)["periods"]:
        for point in period["points"]:
            yield {**period, **point}


def _limits(contents: Contents) -> Iterator[Document]:
    return map(limit_document, contents.report.limits)


def _alerts(contents: Contents) -> Iterator[Document]:
    return map(alert_document, contents.report.alerts)


FORECAST: Final = Part(
    "forecast",
    "Where cost, calls and tokens will end, by provider",
    ("provider", "measure", *_AMOUNTS, "confidence_percent", "refused"),
    _forecast,
    decimals=frozenset(_AMOUNTS),
)
CURVE: Final = Part(
    "forecast-days",
    "The cost expected at the end of each day to come",
    ("day", "cost_usd", "low_usd", "high_usd"),
    _curve,
)
CHECKED: Final = Part(
    "forecast-check",
    "How far off the forecast was in past periods",
    (
        "start",
        "end",
        "passed_percent",
        "cost_usd",
        "forecast_usd",
        "low_usd",
        "high_usd",
        "naive_usd",
        "error_percent",
        "naive_error_percent",
        "held",
    ),
    _check,
    needs=frozenset({CHECK}),
)
LIMITS: Final = Part(
    "limits",
    "Limits and budgets, and when each will be reached",
    (
        "name",
        "account",
        "scope",
        "kind",
        "provider",
        "model",
        "project",
        "period",
        "used",
        "limit",
        "percent",
        "status",
        "origin",
        "enforce",
        "resets_on",
        "reaches_on",
        "reaches_earliest",
        "expected",
    ),
    _limits,
    decimals=frozenset({"used", "limit", "expected"}),
)
ALERTS: Final = Part(
    "alerts",
    "The alert centre",
    (
        "id",
        "at",
        "kind",
        "severity",
        "threshold_percent",
        "title",
        "message",
        "read",
        "provider",
        "account",
    ),
    _alerts,
)

"""The forecast as a JSON document: cost, calls and tokens, in all and by provider, day by day."""

from __future__ import annotations

from itertools import groupby

from alwrity_desktop.core.document_values import Document, amount, estimate, expected
from alwrity_desktop.core.domain.forecast import Forecast
from alwrity_desktop.core.domain.forecast_check import BacktestRow, ForecastCheck
from alwrity_desktop.core.domain.projection import Projection


def forecast_document(forecast: Forecast) -> Document:
    """Return the forecast, or the reason why there is none."""
    return {
        "cost_usd": estimate(forecast.cost_pico),
        "low_usd": estimate(forecast.low_pico),
        "high_usd": estimate(forecast.high_pico),
        "naive_usd": None if forecast.cost is None else estimate(forecast.cost.naive),
        "confidence_percent": forecast.confidence_percent,
        "method": forecast.method,
        "refused": forecast.refused,
        "sentence": forecast.sentence or None,
        "calls": _projection_document(forecast.calls),
        "tokens": _projection_document(forecast.tokens),
        "providers": [
            {
                "provider": one.provider,
                "cost": _projection_document(one.cost),
                "calls": _projection_document(one.calls),
                "tokens": _projection_document(one.tokens),
            }
            for one in forecast.providers
        ],
        "curve": [
            {
                "day": point.day,
                "cost_usd": estimate(point.cost_pico),
                "low_usd": estimate(point.low_pico),
                "high_usd": estimate(point.high_pico),
            }
            for point in forecast.curve
        ],
    }


def forecast_check_document(check: ForecastCheck) -> Document:
    """Return how far off the forecast of cost was: by point, and of each past period."""
    return {
        "refused": check.refused,
        "timezone": check.timezone,
        "points": [
            {
                "passed_percent": one.passed_percent,
                "periods": one.periods,
                "median_error_percent": one.median_error_percent,
                "median_naive_error_percent": one.median_naive_error_percent,
                "held_percent": one.held_percent,
            }
            for one in check.summaries
        ],
        "periods": [
            {
                "start": start,
                "end": end,
                "cost_usd": amount(rows[0].actual),
                "points": [_point_document(row) for row in rows],
            }
            for (start, end), rows in (
                (key, tuple(found))
                for key, found in groupby(check.rows, lambda row: (row.start, row.end))
            )
        ],
    }


def _point_document(row: BacktestRow) -> Document:
    return {
        "passed_percent": row.passed_percent,
        "forecast_usd": estimate(row.told),
        "low_usd": estimate(row.low),
        "high_usd": estimate(row.high),
        "naive_usd": estimate(row.naive),
        "error_percent": row.error_percent,
        "naive_error_percent": row.naive_error_percent,
        "held": row.is_held,
    }


def _projection_document(told: Projection | None) -> Document | None:
    """Return where an amount will end: decimal dollars for cost, else whole numbers."""
    if told is None:
        return None
    amounts = {"amount": told.amount, "low": told.low, "high": told.high, "naive": told.naive}
    return {
        name: None if value is None else expected(told.kind, value)
        for name, value in amounts.items()
    } | {"refused": told.refused}

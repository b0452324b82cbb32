"""The forecast as the trend chart draws it: the band from now on, and its ends in words."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.projection import Projection
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.charts.trend_data import BandPoint


def _tr(text: str) -> str:
    return QCoreApplication.translate("Trends", text)


def _projection(report: Report, measure: str) -> Projection | None:
    """Return where calls or tokens will end; of cost the forecast itself tells."""
    return report.forecast.calls if measure == "calls" else report.forecast.tokens


def refusal(report: Report, measure: str) -> str:
    """Return why there is no forecast of *measure*; "" where there is one."""
    if measure == "cost":
        return report.forecast.refused or ""
    projection = _projection(report, measure)
    return "" if projection is None else projection.refused or ""


def _points(report: Report, measure: str) -> list[tuple[str, float, float, float]]:
    """Return day, middle, low and high of what is expected, as it is drawn."""
    if measure == "cost":
        return [
            (
                point.day,
                point.cost_pico / PICO_PER_USD,
                point.low_pico / PICO_PER_USD,
                point.high_pico / PICO_PER_USD,
            )
            for point in report.forecast.curve
            if report.forecast.cost_pico is not None
        ]
    projection = _projection(report, measure)
    if projection is None or projection.amount is None:
        return []
    return [
        (point.day, float(point.amount), float(point.low), float(point.high))
        for point in projection.curve
    ]


def band(
    report: Report, measure: str, first_day: str, now_x: float, so_far: float
) -> tuple[BandPoint, ...]:
    """Return the band from *now_x* on, in days after *first_day*; empty without a forecast."""
    first = date.fromisoformat(first_day)
    points = [BandPoint(now_x, so_far, so_far, so_far)]
    for day, middle, low, high in _points(report, measure):
        x = float((date.fromisoformat(day) - first).days + 1)
        if x > now_x:
            points.append(BandPoint(x, middle, low, high))
    return tuple(points) if len(points) > 1 else ()


def band_ends(report: Report, measure: str) -> tuple[str, ...]:
    """Return what stands beside the band's end: high, middle, low."""
    if measure == "cost":
        forecast = report.forecast
        amounts = (forecast.high_pico, forecast.cost_pico, forecast.low_pico)
        high, middle, low = map(formatting.money, amounts)
    else:
        projection = _projection(report, measure)
        if projection is None:
            return ()
        write = formatting.tokens if measure == "tokens" else formatting.count
        high, middle, low = map(write, (projection.high, projection.amount, projection.low))
    return (
        _tr("{amount} high").format(amount=high),
        middle,
        _tr("{amount} low").format(amount=low),
    )

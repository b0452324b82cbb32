"""Turns a report into what the trend chart draws, for each choice of range and view."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate

import msgspec
from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.budgets import Limit
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.periods import start_of_day
from alwrity_desktop.core.domain.report import Amounts, Report
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.charts.trend_data import (
    Column,
    Comparison,
    Curve,
    Level,
    Now,
    Peak,
    Readout,
    Tick,
    TrendData,
)
from alwrity_desktop.ui.docks._trend_axis import least_step, write_axis
from alwrity_desktop.ui.docks._trend_bins import (
    Bin,
    bins_of,
    leading_providers,
    measured,
    provider_amounts,
    provider_values,
    reached,
    weekly,
)
from alwrity_desktop.ui.docks._trend_forecast import band, band_ends

_MONTHS = {"3m": 3, "6m": 6, "12m": 12}
_MARKED_PEAKS = 3
_MAX_DAY_TICKS = 8
_MIN_PEAK_SHARE = 0.15
_FAR = 4


def _tr(text: str) -> str:
    return QCoreApplication.translate("Trends", text)


class View(msgspec.Struct, frozen=True):
    """What the person chose to see."""

    #: "days", "3m", "6m" or "12m".
    span: str = "days"
    #: "cost", "calls" or "tokens".
    measure: str = "cost"
    #: "cumulative", "each" or "provider".
    style: str = "cumulative"


def bins_for(report: Report, view: View) -> tuple[Bin, ...]:
    """Return the bins of the chosen range."""
    if view.span == "days":
        return bins_of(report.points)
    if not report.history_days:
        return ()
    return weekly(report.history_weeks, report.history_days[-1].start, _MONTHS[view.span])


def write_exact(measure: str, value: float) -> str:
    """Return *value* of *measure* as it stands beside a mark."""
    if measure == "cost":
        return formatting.money(round(value * PICO_PER_USD))
    return (
        formatting.tokens(round(value)) if measure == "tokens" else formatting.count(round(value))
    )


def write_amounts(measure: str, amounts: Amounts) -> str:
    """Return *amounts* as they are read: a cost without any price is not known."""
    if measure == "cost":
        return formatting.money(amounts.known_cost_pico)
    return write_exact(measure, measured(amounts, measure))


def trend_data(report: Report, view: View) -> TrendData:
    """Return the chart of *report* as *view* asks for it."""
    bins = bins_for(report, view)
    if not bins:
        return TrendData(1.0, write_axis(view.measure), _tr("No figures in this period"))
    if view.style == "provider":
        return _by_provider(bins, view)
    return _cumulative(report, bins, view) if view.style == "cumulative" else _each(bins, view)


def _ticks(bins: Sequence[Bin], offset: float) -> tuple[Tick, ...]:
    """Return the words below the axis: hours, days or months."""
    if "T" in bins[0].start:
        return tuple(
            Tick(index + offset, f"{item.start[11:13]}:00")
            for index, item in enumerate(bins)
            if index % 3 == 0
        )
    if _is_weekly(bins):
        return _month_ticks(bins, offset)
    return _day_ticks(bins, offset)


def _is_weekly(bins: Sequence[Bin]) -> bool:
    if len(bins) < 2 or "T" in bins[0].start:  # noqa: PLR2004 - a step needs two
        return False
    first, second = (date.fromisoformat(item.start[:10]) for item in bins[:2])
    return (second - first).days > 1


def _month_ticks(bins: Sequence[Bin], offset: float) -> tuple[Tick, ...]:
    found: list[Tick] = []
    month = ""
    for index, item in enumerate(bins):
        if item.last_day[:7] != month:
            month = item.last_day[:7]
            found.append(Tick(index + offset, formatting.month_short(item.last_day)))
    return tuple(found)


def _day_ticks(bins: Sequence[Bin], offset: float) -> tuple[Tick, ...]:
    if len(bins) > 2 * 31:
        return _month_ticks(bins, offset)
    today = len(reached(bins)) - 1
    step = 1 if len(bins) <= _MAX_DAY_TICKS else 5
    found: list[Tick] = []
    for index, item in enumerate(bins):
        day = int(item.start[8:10])
        is_today = index == today and item.is_unfinished
        if index == 0 or is_today or step == 1 or day % step == 0:
            text = formatting.day(item.start) if index == 0 or step == 1 else str(day)
            found.append(Tick(index + offset, text, is_bold=is_today and index > 0))
    return tuple(found)


def _bin_name(item: Bin, bins: Sequence[Bin]) -> str:
    if "T" in item.start:
        return f"{item.start[11:13]}:00"
    if _is_weekly(bins):
        return _tr("Week of {day}").format(day=formatting.day(item.start))
    return formatting.weekday_day(item.start)


def _own_amount(bins: Sequence[Bin]) -> str:
    """Return the template that tells what was used in one bin alone."""
    if "T" in bins[0].start:
        return _tr("{amount} in this hour")
    return _tr("{amount} in this week") if _is_weekly(bins) else _tr("{amount} on this day")


def _now_x(report: Report, bins: Sequence[Bin]) -> float:
    """Return where the present moment lies, in bins; inside the bin that is not over."""
    zone = report.period.timezone
    last = len(reached(bins))
    if not bins[last - 1].is_unfinished:
        return float(last)
    # The bins of a billing period may reach beyond its own bounds.
    after = date.fromisoformat(bins[-1].last_day) + timedelta(days=1)
    start_ms, end_ms = (start_of_day(day, zone) for day in (bins[0].start[:10], after.isoformat()))
    share = (report.as_of_ms - start_ms) / (end_ms - start_ms)
    return min(max(share * len(bins), last - 1 + 0.05), float(last))


def _cumulative(report: Report, bins: tuple[Bin, ...], view: View) -> TrendData:
    past = reached(bins)
    values = [measured(item.total, view.measure) for item in past]
    totals = list(accumulate(item.total for item in past))
    sums = [measured(total, view.measure) for total in totals]
    is_days = view.span == "days"
    now_x = _now_x(report, bins) if is_days else float(len(past))
    xs = (0.0, *(float(index + 1) for index in range(len(past) - 1)), now_x)
    # The curve starts at 0 with the first point, and only where that is known.
    unknown = _unknown((totals[0], *totals), view.measure)
    curve = Curve("", "", "", xs, (0.0, *sums), has_area=True, unknown=unknown)
    is_open = past[-1].is_unfinished
    first_day = bins[0].start[:10]
    forecast = band(report, view.measure, first_day, now_x, sums[-1]) if is_days else ()
    total = write_amounts(view.measure, totals[-1])
    text = _tr("{amount} today").format(amount=total) if is_days and is_open else total
    return TrendData(
        x_max=float(len(bins) if is_days else len(past)),
        write=write_axis(view.measure),
        least_step=least_step(view.measure),
        sentence=_sentence(_tr("Cumulative"), past, view, values),
        curves=(curve,),
        ticks=_ticks(bins, 0.0 if "T" in bins[0].start else 0.5),
        band=forecast,
        band_ends=band_ends(report, view.measure) if forecast else (),
        budget=_budget(report, view) if is_days else None,
        comparison=_comparison(report, view, len(bins)) if is_days else None,
        now=Now(now_x, sums[-1], text, is_known=_is_known(totals[-1], view.measure)),
        peaks=_single_peak(past, values, list(xs[1:]), sums, view),
        readouts=_sum_readouts(xs[1:], bins, totals, view),
    )


def _sum_readouts(
    xs: Sequence[float], bins: Sequence[Bin], totals: Sequence[Amounts], view: View
) -> tuple[Readout, ...]:
    """Return what is read at the end of each bin that is reached."""
    return tuple(
        Readout(
            x,
            _bin_name(item, bins),
            (
                _tr("{amount} so far").format(amount=write_amounts(view.measure, total)),
                _own_amount(bins).format(amount=write_amounts(view.measure, item.total)),
            ),
        )
        for x, item, total in zip(xs, reached(bins), totals, strict=True)
    )


def _is_known(amounts: Amounts, measure: str) -> bool:
    return measure != "cost" or amounts.known_cost_pico is not None


def _unknown(amounts: Sequence[Amounts], measure: str) -> frozenset[int]:
    return frozenset(place for place, one in enumerate(amounts) if not _is_known(one, measure))


def is_far(limit: Limit, report: Report) -> bool:
    """Return whether a server's limit lies so far above that its line would flatten the curve.

    A budget is the person's own wish, so its line is always drawn.
    """
    reached = max(report.totals.cost_pico, report.forecast.high_pico or 0)
    return limit.budget_id is None and reached * _FAR < limit.limit


def _budget(report: Report, view: View) -> Level | None:
    limit = report.cost_limit
    if limit is None or view.measure != "cost" or is_far(limit, report):
        return None
    template = _tr("Budget {amount}") if limit.budget_id is not None else _tr("Limit {amount}")
    text = template.format(amount=formatting.money(limit.limit))
    return Level(limit.limit / PICO_PER_USD, text)


def _comparison(report: Report, view: View, bins: int) -> Comparison | None:
    before = report.comparison
    if before is None or not before.days or len(before.days) <= 1:
        return None
    values = [measured(point.total, view.measure) for point in before.days[:bins]]
    if not any(values):
        return None
    sums = tuple(accumulate(values))
    if report.period.kind == "month":
        label = formatting.month_name(before.days[0].start)
    else:
        label = formatting.span(before.days[0].start[:10], before.days[-1].start[:10])
    xs = tuple(float(index) for index in range(len(sums) + 1))
    return Comparison(xs, (0.0, *sums), label)


def _single_peak(
    bins: Sequence[Bin], values: list[float], xs: list[float], ys: list[float], view: View
) -> tuple[Peak, ...]:
    """Return the mark of the largest bin, where it stands out from the rest."""
    top = max(range(len(values)), key=values.__getitem__)
    if len(values) < _MARKED_PEAKS or values[top] <= 0:
        return ()
    if top == len(values) - 1:
        return ()
    name = formatting.day(bins[top].start) if "T" not in bins[top].start else bins[top].start[11:16]
    note = _tr("Peak, {day}:").format(day=name)
    return (Peak(xs[top], ys[top], note, write_exact(view.measure, values[top])),)


def _each(bins: tuple[Bin, ...], view: View) -> TrendData:
    past = reached(bins)
    values = [measured(item.total, view.measure) for item in past]
    centres = [index + 0.5 for index in range(len(past))]
    columns = tuple(
        Column(x, value, is_unfinished=item.is_unfinished)
        for x, item, value in zip(centres, past, values, strict=True)
        if _is_known(item.total, view.measure)
    )
    readouts = tuple(
        Readout(x, _bin_name(item, bins), (write_amounts(view.measure, item.total),))
        for x, item in zip(centres, past, strict=True)
    )
    return TrendData(
        x_max=float(len(bins)),
        write=write_axis(view.measure),
        least_step=least_step(view.measure),
        sentence=_sentence(_tr("One by one"), past, view, values),
        columns=columns,
        ticks=_ticks(bins, 0.5),
        peaks=_single_peak(past, values, centres, values, view),
        readouts=readouts,
    )


def _by_provider(bins: tuple[Bin, ...], view: View) -> TrendData:
    past = reached(bins)
    providers = leading_providers(past, view.measure)
    amounts = provider_amounts(past, providers)
    values = provider_values(past, providers, view.measure)
    xs = tuple(index + 0.5 for index in range(len(past)))
    curves = tuple(
        Curve(
            provider,
            formatting.provider_label(provider),
            write_amounts(view.measure, amounts[provider][-1]),
            xs,
            values[provider],
            unfinished=int(past[-1].is_unfinished),
            unknown=_unknown(amounts[provider], view.measure),
        )
        for provider in providers
    )
    readouts = tuple(
        Readout(
            xs[index],
            _bin_name(item, bins),
            tuple(
                f"{curve.label}  {write_amounts(view.measure, amounts[curve.provider][index])}"
                for curve in curves
            ),
        )
        for index, item in enumerate(past)
    )
    totals = [measured(item.total, view.measure) for item in past]
    return TrendData(
        x_max=float(max(len(past), 1)),
        write=write_axis(view.measure),
        least_step=least_step(view.measure),
        sentence=_sentence(_tr("By provider"), past, view, totals),
        curves=curves,
        ticks=_ticks(past, 0.5),
        peaks=_provider_peaks(past, curves, view),
        readouts=readouts,
    )


def _provider_peaks(bins: Sequence[Bin], curves: Sequence[Curve], view: View) -> tuple[Peak, ...]:
    """Return the highest points of the leading curves, where they are worth a word."""
    found: list[Peak] = []
    highest = max((y for curve in curves for y in curve.ys), default=0.0)
    for curve in curves[:_MARKED_PEAKS]:
        finished = curve.ys[: len(curve.ys) - curve.unfinished]
        if len(finished) < _MARKED_PEAKS:
            continue
        top = max(range(len(finished)), key=finished.__getitem__)
        apart = all(abs(curve.xs[top] - peak.x) > len(bins) / 8 for peak in found)
        if apart and finished[top] > highest * _MIN_PEAK_SHARE:
            note = formatting.day(bins[top].start)
            if "T" in bins[top].start:
                note = bins[top].start[11:16]
            amount = write_exact(view.measure, finished[top])
            found.append(Peak(curve.xs[top], finished[top], note, amount, curve.provider))
    return tuple(found)


def _sentence(title: str, bins: Sequence[Bin], view: View, values: list[float]) -> str:
    """Return the chart in words."""
    top = max(range(len(values)), key=values.__getitem__)
    measure = {"cost": _tr("cost"), "calls": _tr("calls"), "tokens": _tr("tokens")}[view.measure]
    return _tr("{title}, {measure}: {total} in all, most {amount} on {day}").format(
        title=title,
        measure=measure,
        total=write_amounts(view.measure, sum((item.total for item in bins), Amounts())),
        amount=write_amounts(view.measure, bins[top].total),
        day=_bin_name(bins[top], bins),
    )

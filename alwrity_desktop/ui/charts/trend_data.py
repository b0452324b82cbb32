"""What the trend chart draws, as plain numbers and words."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import msgspec

from alwrity_desktop.ui.charts.scale import axis_steps


class Curve(msgspec.Struct, frozen=True):
    """One line."""

    #: A provider's name, or "" for the one series that is no provider's.
    provider: str
    label: str
    #: What stands after the label at the right end.
    amount: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    #: The last so many points belong to a time that is not over.
    unfinished: int = 0
    has_area: bool = False
    #: The places of points whose value is not known; their y is 0 and is not drawn.
    unknown: frozenset[int] = frozenset()

    @property
    def runs(self) -> tuple[range, ...]:
        """The places of the points, in stretches between which nothing is known."""
        borders = [-1, *sorted(self.unknown), len(self.xs)]
        stretches = (range(before + 1, after) for before, after in pairwise(borders))
        return tuple(stretch for stretch in stretches if stretch)

    @property
    def lonely(self) -> tuple[tuple[float, float], ...]:
        """Points with nothing known beside them, to which no line leads."""
        alone = (run[0] for run in self.runs if len(run) == 1)
        return tuple((self.xs[place], self.ys[place]) for place in alone)

    @property
    def end(self) -> tuple[float, float]:
        """The last point that is known."""
        place = self.runs[-1][-1] if self.runs else -1
        return self.xs[place], self.ys[place]


class Tick(msgspec.Struct, frozen=True):
    """A word below the horizontal axis."""

    x: float
    text: str
    is_bold: bool = False


class Column(msgspec.Struct, frozen=True):
    """One upright bar over a day or an hour."""

    x: float
    y: float
    is_unfinished: bool = False


class BandPoint(msgspec.Struct, frozen=True):
    """The forecast and its bounds at one place."""

    x: float
    middle: float
    low: float
    high: float


class Peak(msgspec.Struct, frozen=True):
    """The highest point of a curve."""

    x: float
    y: float
    #: The date, in quiet type.
    note: str
    #: The amount, in strong type.
    text: str
    provider: str = ""


class Level(msgspec.Struct, frozen=True):
    """A height with a word: a budget, or an end of the forecast."""

    y: float
    text: str


class Comparison(msgspec.Struct, frozen=True):
    """The curve of an earlier period."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    label: str


class Now(msgspec.Struct, frozen=True):
    """The present moment on the curve."""

    x: float
    y: float
    text: str
    #: False where the text says that the value is not known: there is no point then.
    is_known: bool = True


class Readout(msgspec.Struct, frozen=True):
    """What the pointer, or an arrow key, reads at one place."""

    x: float
    heading: str
    lines: tuple[str, ...]


class TrendData(msgspec.Struct, frozen=True):
    """Everything in one trend chart."""

    x_max: float
    #: Writes a value of the vertical axis whose ticks are so far apart.
    write: Callable[[float, float], str]
    #: The chart in one sentence, for screen readers.
    sentence: str
    curves: tuple[Curve, ...] = ()
    columns: tuple[Column, ...] = ()
    ticks: tuple[Tick, ...] = ()
    band: tuple[BandPoint, ...] = ()
    band_ends: tuple[str, ...] = ()
    budget: Level | None = None
    comparison: Comparison | None = None
    now: Now | None = None
    peaks: tuple[Peak, ...] = ()
    readouts: tuple[Readout, ...] = ()
    #: The least distance of two ticks: 1 for what is counted.
    least_step: float = 1.0

    @property
    def y_max(self) -> float:
        """The highest value that has to be in view."""
        values = [y for curve in self.curves for y in curve.ys]
        values += [column.y for column in self.columns]
        values += [point.high for point in self.band]
        values += list(self.comparison.ys) if self.comparison else []
        values += [self.budget.y] if self.budget else []
        return max(values, default=0.0)

    @property
    def axis(self) -> tuple[tuple[float, str], ...]:
        """The ticks of the vertical axis: value and text."""
        steps = axis_steps(self.y_max, self.least_step)
        step = steps[1] if len(steps) > 1 else 1.0
        return tuple((value, self.write(value, step)) for value in steps)

    @property
    def curve_lines(self) -> tuple[tuple[tuple[float, float], ...], ...]:
        """The known stretches of the curves, each as its points."""
        return tuple(
            tuple((curve.xs[place], curve.ys[place]) for place in run)
            for curve in self.curves
            for run in curve.runs
        )

    @property
    def lines(self) -> tuple[tuple[tuple[float, float], ...], ...]:
        """Every line as its points: curves, low, middle and high of the band, present moment."""
        low = tuple((point.x, point.low) for point in self.band)
        middle = tuple((point.x, point.middle) for point in self.band)
        high = tuple((point.x, point.high) for point in self.band)
        now = self.now
        drop = () if now is None or not now.is_known else ((now.x, now.y), (now.x, 0.0))
        return (*self.curve_lines, low, middle, high, drop)

    @property
    def past_line(self) -> tuple[tuple[float, float], ...]:
        """The points of the period before; empty where there is none."""
        past = self.comparison
        return () if past is None else tuple(zip(past.xs, past.ys, strict=True))

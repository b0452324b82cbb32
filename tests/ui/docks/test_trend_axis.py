"""What the trend chart's vertical axis says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.money import MAX_COST_PICO, PICO_PER_USD
from alwrity_desktop.ui.charts.trend_data import Column, TrendData
from alwrity_desktop.ui.docks._trend_axis import least_step, write_axis

UNITS = {"k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


def axis(measure: str, top: float) -> tuple[tuple[float, str], ...]:
    """Return the ticks of a chart whose largest value is *top*."""
    data = TrendData(
        1.0,
        write_axis(measure),
        "",
        columns=(Column(0.5, top),),
        least_step=least_step(measure),
    )
    return data.axis


def texts(measure: str, top: float) -> list[str]:
    return [text for _, text in axis(measure, top)]


def read(text: str) -> Decimal:
    """Return the number that a person reads in *text*."""
    plain = text.replace(",", "").lstrip("$")
    if plain[-1] in UNITS:
        return Decimal(plain[:-1]) * UNITS[plain[-1]]
    return Decimal(plain)


@pytest.mark.parametrize(
    ("measure", "top", "said"),
    [
        ("calls", 0, ["0"]),
        ("calls", 1, ["0", "1"]),
        ("calls", 2, ["0", "1", "2"]),
        ("calls", 5200, ["0", "2,000", "4,000", "6,000"]),
        ("tokens", 1, ["0", "1"]),
        ("tokens", 1234, ["0", "250", "500", "750", "1k", "1.25k"]),
        ("tokens", 126_000_000, ["0", "25M", "50M", "75M", "100M", "125M"]),
        ("cost", 0, ["$0"]),
        ("cost", 0.00043, ["$0.0000", "$0.0001", "$0.0002", "$0.0003", "$0.0004", "$0.0005"]),
        ("cost", 0.03, ["$0.00", "$0.01", "$0.02", "$0.03"]),
        ("cost", 2.0, ["$0.00", "$0.50", "$1.00", "$1.50", "$2.00"]),
        ("cost", 4800.0, ["$0", "$1,000", "$2,000", "$3,000", "$4,000", "$5,000"]),
    ],
)
def test_that_an_axis_says_whole_calls_and_fitting_decimals(
    measure: str, top: float, said: list[str]
) -> None:
    assert texts(measure, top) == said


@given(
    st.sampled_from(["calls", "tokens"]),
    st.one_of(st.integers(1, 1000), st.integers(1, 10**15)),
)
def test_that_counts_are_said_once_and_exactly(measure: str, most: int) -> None:
    found = axis(measure, float(most))
    assert len({text for _, text in found}) == len(found)
    assert [read(text) for _, text in found] == [Decimal(value) for value, _ in found]


@given(
    st.one_of(st.integers(1, 10**4), st.integers(1, PICO_PER_USD), st.integers(1, MAX_COST_PICO))
)
def test_that_amounts_are_said_once_and_exactly(pico: int) -> None:
    found = axis("cost", pico / PICO_PER_USD)
    assert len({text for _, text in found}) == len(found)
    assert [float(read(text)) for _, text in found] == [value for value, _ in found]
    decimals = {len(text.partition(".")[2]) for _, text in found}
    assert len(decimals) == 1


def test_that_a_chart_is_equal_to_itself_made_anew() -> None:
    # Else each refresh would draw it again.
    assert write_axis("cost") == write_axis("cost")

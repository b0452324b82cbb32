"""Cells of tables: read as they are written, or refused; never a figure that is not there."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.table_mapping import TableMapping
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.table_values import (
    BAD_CURRENCY,
    BAD_DURATION,
    BAD_STATUS,
    CellError,
    cost_pico_of,
    count_of,
    duration_ms_of,
    is_ambiguous_day,
    moment_ms_of,
    name_of,
    number_of,
    status_of,
)

PLAIN = TableMapping(())
GERMAN = TableMapping((), has_decimal_comma=True, is_day_first=True)
LATEST_MS = 1_795_000_000_000
NOON_MS = round(datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1200", 1200),
        (" 1,200 ", 1200),
        ("1,234,567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("1 234\u202f567", 1_234_567),
        ("1’200", 1200),
        ("1_000", 1000),
        ("12.0", 12),
        ("1e3", 1000),
        ("", 0),
    ],
)
def test_that_counts_are_read_with_their_thousands(text: str, count: int) -> None:
    assert count_of(text, PLAIN) == count


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("many", base.BAD_COUNT),
        ("=1+2", base.BAD_COUNT),
        ("1.5", base.BAD_COUNT),
        ("0x10", base.BAD_COUNT),
        ("NaN", base.BAD_COUNT),
        ("Infinity", base.BAD_COUNT),
        ("true", base.BAD_COUNT),
        ("-1", base.NEGATIVE_COUNT),
        ("1e300", base.ABSURD_COUNT),
        ("1" * 5000, base.ABSURD_COUNT),
        ("1000000001", base.ABSURD_COUNT),
    ],
)
def test_that_what_is_no_count_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CellError, match=f"^{reason}$"):
        count_of(text, PLAIN)


@pytest.mark.parametrize(
    ("text", "mapping", "usd"),
    [
        ("0.0125", PLAIN, "0.0125"),
        ("$1,234.50", PLAIN, "1234.5"),
        ("US$ 0.5", PLAIN, "0.5"),
        ("1.5 USD", PLAIN, "1.5"),
        ("1.234,50 $", GERMAN, "1234.5"),
        ("0,0125", GERMAN, "0.0125"),
        ("250", TableMapping((), cost_unit="cents"), "2.5"),
        ("1.25e-05", PLAIN, "0.0000125"),
        ("0", PLAIN, "0"),
    ],
)
def test_that_amounts_are_exact(text: str, mapping: TableMapping, usd: str) -> None:
    assert cost_pico_of(text, mapping) == int(Decimal(usd) * 10**12)


def test_that_no_amount_is_unknown_and_other_currencies_are_no_dollars() -> None:
    assert cost_pico_of(" ", PLAIN) is None
    assert cost_pico_of("3.20", TableMapping((), cost_unit="other")) is None
    for text in ("€3.20", "3.20 EUR", "£1", "12 gbp"):
        with pytest.raises(CellError, match=BAD_CURRENCY):
            cost_pico_of(text, PLAIN)
    for text in ("-3", "free", "1e9", "=SUM(A1)"):
        with pytest.raises(CellError, match=base.BAD_COST):
            cost_pico_of(text, PLAIN)


@given(st.decimals(min_value=0, max_value=10**6, allow_nan=False, places=12))
def test_that_every_amount_survives_to_the_unit(usd: Decimal) -> None:
    assert cost_pico_of(f"{usd:f}", PLAIN) == int(usd * 10**12)


@given(st.text(max_size=30))
def test_that_any_text_is_a_number_or_is_not(text: str) -> None:
    for comma in (True, False):
        number = number_of(text, has_decimal_comma=comma)
        assert number is None or number.is_finite()


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04T12:00:00Z",
        "2026-03-04 12:00:00",
        "2026-03-04 12:00:00 UTC",
        "2026-03-04T13:00:00+01:00",
        "2026-03-04 12:00:00.000000",
        "03/04/2026 12:00",
        "3/4/2026, 12:00:00 PM",
        "04.03.2026 12:00",
        "Mar 4, 2026 12:00:00",
        "March 4, 2026, 12:00 PM",
        "4 Mar 2026 12:00",
        "2026/03/04 12:00:00",
        "Wed, 04 Mar 2026 12:00:00 GMT",
        str(NOON_MS // 1000),
        f"{NOON_MS // 1000}.0",
        str(NOON_MS),
        str(NOON_MS * 1000),
        str(NOON_MS * 1_000_000),
    ],
)
def test_that_a_moment_is_read_however_it_is_written(text: str) -> None:
    assert moment_ms_of(text, PLAIN, LATEST_MS) == NOON_MS


def test_that_zone_and_order_are_the_mappings() -> None:
    berlin = TableMapping((), timezone="Europe/Berlin", is_day_first=True)
    assert moment_ms_of("04/03/2026 13:00", berlin, LATEST_MS) == NOON_MS
    assert moment_ms_of("2026-03-04 13:00", berlin, LATEST_MS) == NOON_MS
    assert moment_ms_of("2026-03-04", PLAIN, LATEST_MS) == NOON_MS - 12 * 3_600_000
    assert [is_ambiguous_day(text) for text in ("03/04/2026", "13/04/2026", "03.04.2026", "x")] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", base.BAD_TIME),
        ("yesterday", base.BAD_TIME),
        ("13/13/2026", base.BAD_TIME),
        ("31.02.2026", base.BAD_TIME),
        ("99999999999999999999", base.BAD_TIME),
        ("12", base.BAD_TIME),
        ("1970-01-01", base.EARLY_TIME),
        ("0001-01-01", base.EARLY_TIME),
        ("9999-12-31T23:59:59Z", base.FUTURE_TIME),
    ],
)
def test_that_what_is_no_moment_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CellError, match=f"^{reason}$"):
        moment_ms_of(text, PLAIN, LATEST_MS)


@given(st.text(max_size=40))
def test_that_any_text_is_a_moment_or_is_refused(text: str) -> None:
    with suppress(CellError):
        assert base.EARLIEST_MS <= moment_ms_of(text, GERMAN, LATEST_MS) <= LATEST_MS


def test_that_durations_and_statuses_are_taken_or_refused() -> None:
    assert duration_ms_of("1,500", PLAIN) == 1500
    assert duration_ms_of("1.5", TableMapping((), duration_unit="s")) == 1500
    assert duration_ms_of("", PLAIN) is None
    for text in ("long", "-1", "1e300"):
        with pytest.raises(CellError, match=BAD_DURATION):
            duration_ms_of(text, PLAIN)
    assert [status_of(text) for text in ("200", "429.0", "", "success")] == [200, 429, None, None]
    for text in ("99", "600", "20000"):
        with pytest.raises(CellError, match=BAD_STATUS):
            status_of(text)


def test_that_a_name_is_one_short_line_and_a_formula_stays_text() -> None:
    assert name_of(' =HYPERLINK("x")\n\u202eevil\0 ') == '=HYPERLINK("x") evil'
    assert len(name_of("x" * 999)) == 200

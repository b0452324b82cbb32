"""Guessing what columns are: the usual exports without help, and nothing where nothing is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.table_mapping import FIELDS, TableMapping
from alwrity_desktop.core.table_guess import guess_mapping


def guess(header: str, *rows: str, zone: str = "UTC") -> TableMapping:
    names = header.split(",")
    samples = [dict(zip(names, row.split(";"), strict=True)) for row in rows]
    return guess_mapping(names, samples, zone)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "Date,Model,Prompt Tokens,Completion Tokens,Cost (USD)",
            "at model input_tokens output_tokens cost",
        ),
        (
            "usage_date_utc,model_version,input_tokens_no_cache,output_tokens",
            "at model input_tokens output_tokens",
        ),
        (
            "created_at,model_permaslug,provider_name,tokens_prompt,tokens_completion,cost,id",
            "at provider model input_tokens output_tokens cost id",
        ),
        (
            "timestamp,response.model,usage.prompt_tokens,usage.completion_tokens,a.b.cached_tokens",
            "at model input_tokens output_tokens cache_read_tokens",
        ),
        (
            "startTime,modelId,inputTokens,outputTokens,cacheReadInputTokens,latencyMs",
            "at model input_tokens output_tokens cache_read_tokens duration",
        ),
        ("colour,weight", ""),
        ("", ""),
    ],
)
def test_that_usual_exports_are_understood(header: str, expected: str) -> None:
    assert [name for name, _ in guess(header).columns] == expected.split()


def test_that_units_are_read_from_the_header() -> None:
    assert guess("at,Cost (EUR)").cost_unit == "other"
    assert guess("at,cost_cents").cost_unit == "cents"
    assert guess("at,cost").cost_unit == "usd"
    assert guess("at,Latency (s)").duration_unit == "s"
    assert guess("at,duration_ms").duration_unit == "ms"


def test_that_a_zone_in_the_header_outranks_the_persons() -> None:
    assert guess("Time (UTC)", zone="Europe/Berlin").timezone == "UTC"
    assert guess("Time", zone="Europe/Berlin").timezone == "Europe/Berlin"


def test_that_values_tell_days_and_decimals() -> None:
    assert guess("date,cost", "13/02/2026;0,0125").is_day_first
    assert not guess("date,cost", "02/13/2026;0.01").is_day_first
    assert guess("date,cost", "x;0,0125").has_decimal_comma
    assert guess("date,cost", "x;1.234,5").has_decimal_comma
    assert not guess("date,cost", "x;1,234", "x;1,234.50").has_decimal_comma


def test_that_the_cache_is_inside_unless_names_or_rows_say_otherwise() -> None:
    assert guess("prompt_tokens,cached_tokens", "100;50").is_cache_inside
    assert not guess("prompt_tokens,cached_tokens", "10;50").is_cache_inside
    assert not guess("input_tokens,cache_read_input_tokens", "100;50").is_cache_inside


@given(st.lists(st.text(max_size=20), max_size=8))
def test_that_each_column_is_used_once_at_most(header: list[str]) -> None:
    columns = guess_mapping(header, []).columns
    used = [column for _, column in columns]
    assert set(used) <= set(header)
    assert len(set(used)) == len(used)
    assert [name for name, _ in columns] == [name for name in FIELDS if name in dict(columns)]

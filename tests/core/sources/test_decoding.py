"""Decoding a line: what is JSON to the tool that wrote it is JSON here."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.claude_code import SOURCE
from alwrity_desktop.core.sources.decoding import FaultError, decode
from tests.logs import claude_line, read

TEXTS = msgspec.json.Decoder(str)

units = st.sampled_from(["\ud83d", "\ude00", "\U0001f600", "\\", '"', "u", "d83d", "a", "\n"])


@given(st.lists(units).map("".join))
def test_that_half_a_character_is_no_fault_and_changes_nothing_else(text: str) -> None:
    whole = json.loads(json.dumps(text))
    expected = "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in whole)

    assert decode(TEXTS, json.dumps(text).encode()) == expected


@pytest.mark.parametrize("line", [rb'"\ud83d', rb'"\ud83d\x"', rb'"\ud8"', rb'{"\ud83d":}'])
def test_that_half_a_character_excuses_nothing_else(line: bytes) -> None:
    with pytest.raises(FaultError, match=base.NOT_JSON):
        decode(msgspec.json.Decoder(), line)


def test_that_a_call_with_a_text_cut_in_an_emoji_counts() -> None:
    line = claude_line(cwd="CUT").replace(b"CUT", rb"/home/ada/\ud83d")

    result = read(SOURCE, line)

    assert ([call.output_tokens for call in result.calls], result.rejects) == ([20], [])


def test_that_a_cut_text_about_usage_is_not_refused() -> None:
    line = rb'{"type":"user","message":{"content":"\ud83d {\"a\":1}","x":{"input_tokens":1}}}'

    result = read(SOURCE, line + b"\n")

    assert (result.calls, result.rejects) == ([], [])

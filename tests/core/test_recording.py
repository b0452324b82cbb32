"""Entries: every field has its bounds, and a refusal names the field and quotes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL
from alwrity_desktop.core.keyed_hash import KeyedHash
from alwrity_desktop.core.recording import (
    MAX_UNITS,
    RULES,
    Entry,
    EntryError,
    call_of,
    entry_of,
    entry_of_json,
)
from tests.core.reports import NOW_MS

LEAST = {"provider": "gemini", "model": "gemini-2.5-pro"}
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
UNITS = ("requests", "images", "pages")


def test_that_every_field_has_a_rule() -> None:
    assert set(RULES) == set(Entry.__struct_fields__)


def test_that_an_entry_becomes_the_call_that_it_tells() -> None:
    line = {
        **LEAST,
        "provider": " Gemini ",
        "input_tokens": 1,
        "output_tokens": 2,
        "cache_read_tokens": 3,
        "cache_write_tokens": 4,
        "requests": 5,
        "images": 6,
        "pages": 7,
        "at": "2026-11-20T10:00:00.5+01:00",
        "id": "a1",
        "project": "p",
        "agent": "a",
        "conversation": "c",
        "endpoint": "e",
        "api_key": "Blog",
        "status_code": 429,
        "duration_ms": 8,
    }
    call = call_of(entry_of_json(json.dumps(line).encode()), NOW_MS, "UTC")
    assert call.identity == "record:a1"
    assert (call.provider, call.model, call.source) == ("gemini", "gemini-2.5-pro", "record")
    assert call.tokens == 10
    assert (call.cache_write_5m_tokens, call.cache_write_1h_tokens) == (4, 0)
    assert (call.requests, call.images, call.pages) == (5, 6, 7)
    assert call.occurred_at_ms == NOW_MS - 4 * 3_600_000 - 32 * 60_000 + 3_600_000 + 500 - 3_600_000
    assert (call.project, call.agent, call.conversation, call.endpoint) == ("p", "a", "c", "e")
    assert (call.api_key, call.request_hash) == ("Blog", "")
    assert (call.status_code, call.duration_ms, call.is_error) == (429, 8, True)


def test_that_entries_without_an_id_are_calls_of_their_own() -> None:
    entry = entry_of(dict(LEAST))
    identities = {call_of(entry, NOW_MS, "UTC").identity for _ in range(3)}
    assert len(identities) == 3


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("value", [-1, MAX_TOKENS_PER_CALL + 1, 10**30, 1.5, "1", True, None, []])
def test_that_a_count_that_cannot_be_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(EntryError, match=f"^{name} must be a whole number from 0 to 1,000,000,000"):
        entry_of_json(json.dumps({**LEAST, name: value}).encode())


@pytest.mark.parametrize("name", UNITS)
def test_that_absurd_pieces_are_refused_by_name(name: str) -> None:
    assert getattr(entry_of({**LEAST, name: MAX_UNITS}), name) == MAX_UNITS
    with pytest.raises(EntryError, match=f"^{name} must be"):
        entry_of({**LEAST, name: MAX_UNITS + 1})


@pytest.mark.parametrize("name", ["provider", "model", "id", "at"])
def test_that_an_empty_name_is_refused(name: str) -> None:
    with pytest.raises(EntryError, match=f"^{name} "):
        call_of(entry_of({**LEAST, name: ""}), NOW_MS, "UTC")


@pytest.mark.parametrize("name", ["provider", "model"])
def test_that_a_missing_name_is_told(name: str) -> None:
    with pytest.raises(EntryError, match=f"^{name} is missing"):
        entry_of({key: value for key, value in LEAST.items() if key != name})


@pytest.mark.parametrize("name", ["provider", "model", "id", "project", "endpoint"])
@pytest.mark.parametrize("text", ["a\nb", "a\n", "\x1b[2J", "\u202eevil", "x" * 201, "\udc80"])
def test_that_text_that_could_steer_a_terminal_is_refused(name: str, text: str) -> None:
    with pytest.raises(EntryError, match=f"^{name} must be"):
        entry_of({**LEAST, name: text})


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"canary",
        b'{"provider": "a", "model": "b", "x',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"\x00",
    ],
)
def test_that_a_line_that_is_no_json_is_refused_without_quoting_it(line: bytes) -> None:
    with pytest.raises(EntryError) as caught:
        entry_of_json(line)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("line", [b"1", b"[]", b'"text"', b"null"])
def test_that_a_line_that_is_no_object_is_refused(line: bytes) -> None:
    with pytest.raises(EntryError, match="not a JSON object"):
        entry_of_json(line)


def test_that_a_name_that_is_not_known_is_refused() -> None:
    with pytest.raises(EntryError, match='"input-tokens" is not a name that is known'):
        entry_of_json(json.dumps({**LEAST, "input-tokens": 1}).encode())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("yesterday", "must be an ISO time"),
        ("2026-11-20T14:37:01+01:00", "is in the future"),
        ("9999-12-31T23:59:59-23:00", "is in the future"),
        ("0001-01-01T00:00:00+14:00", "at "),
        ("1970-01-01", "is before 2015"),
        ("2014-12-31T23:59:59Z", "is before 2015"),
    ],
)
def test_that_a_time_that_cannot_be_is_refused(text: str, words: str) -> None:
    with pytest.raises(EntryError, match=words):
        call_of(entry_of({**LEAST, "at": text}), NOW_MS, "UTC")


@pytest.mark.parametrize(
    ("text", "zone", "ms"),
    [
        ("2026-11-20T14:32:00", "Europe/Berlin", NOW_MS),
        ("2026-11-20T14:32", "Europe/Berlin", NOW_MS),
        ("2026-11-20T13:32:00Z", "Asia/Tokyo", NOW_MS),
        ("2026-11-20T14:36:59+01:00", "UTC", NOW_MS + 299_000),
        ("2026-11-20", "Europe/Berlin", NOW_MS - 52_320_000),
    ],
)
def test_that_a_time_without_an_offset_is_local(text: str, zone: str, ms: int) -> None:
    assert call_of(entry_of({**LEAST, "at": text}), NOW_MS, zone).occurred_at_ms == ms


@pytest.mark.parametrize("clock", ["1969-12-31", "1970-01-01", "2014-12-31", "3000-01-01"])
def test_that_a_clock_that_is_not_set_dates_no_call(clock: str) -> None:
    now_ms = int(datetime.fromisoformat(clock).replace(tzinfo=UTC).timestamp() * 1000)
    with pytest.raises(EntryError, match=f"at is missing, and .* clock says {clock}") as caught:
        call_of(entry_of(LEAST), now_ms, "UTC")
    assert clock not in caught.value.reason
    told = entry_of({**LEAST, "at": "2026-11-20T13:32:00Z"})
    assert call_of(told, now_ms, "UTC").occurred_at_ms == NOW_MS
    for at, words in (("2014-12-31", "is before 2015"), ("9999-12-31", "is in the future")):
        with pytest.raises(EntryError, match=words):
            call_of(entry_of({**LEAST, "at": at}), now_ms, "UTC")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(list(RULES)), inner),
    )
)
def test_that_any_json_is_an_entry_or_a_refusal(value: object) -> None:
    try:
        call = call_of(entry_of_json(json.dumps(value).encode()), NOW_MS, "UTC")
    except EntryError:
        return
    assert 0 <= call.tokens <= 4 * MAX_TOKENS_PER_CALL


def test_that_the_same_request_key_is_the_same_hash_and_its_text_is_gone() -> None:
    hashes = KeyedHash(b"a secret of thirty-two characters")

    def told(**fields: str) -> str:
        entry = entry_of({**LEAST, "request_key": "canary?", **fields})
        call = call_of(entry, NOW_MS, "UTC", lambda: hashes)
        assert "canary" not in repr(call)
        return call.request_hash

    assert told() == told(provider=" Gemini ") != ""
    assert len({told(), told(model="gemini-2.5-flash"), told(request_key="canary")}) == 3
    assert told(request_key="\ud83d") != told(request_key="\n" * 1000)


def test_that_hashes_are_opened_only_for_a_request_that_is_told() -> None:
    def never() -> KeyedHash:
        raise AssertionError

    assert call_of(entry_of(LEAST), NOW_MS, "UTC", never).request_hash == ""


def test_that_a_key_in_the_place_of_its_name_is_refused_and_not_quoted() -> None:
    entry = entry_of({**LEAST, "api_key": "sk-canary-0123456789-abcdef"})
    with pytest.raises(EntryError, match="never the key itself") as caught:
        call_of(entry, NOW_MS, "UTC")
    assert "canary" not in str(caught.value)

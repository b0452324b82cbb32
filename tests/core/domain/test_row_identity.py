"""Keys of rows: the same for a copy, and never one for two calls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.row_identity import RowKeys, is_weak

FACTS = st.tuples(st.integers(), st.text(max_size=5))
ROWS = st.lists(st.tuples(st.sampled_from(["", "7", "None", "req-0123456789"]), FACTS))


@given(ROWS)
def test_that_reading_an_export_again_gives_the_same_keys(rows: list[tuple[str, object]]) -> None:
    first, again = RowKeys(), RowKeys()
    keys = [first.key(given_id, [facts]) for given_id, facts in rows]
    assert keys == [again.key(given_id, [facts]) for given_id, facts in rows]


@given(st.lists(FACTS))
def test_that_rows_without_an_id_are_never_one(rows: list[object]) -> None:
    keys = RowKeys()
    assert len({keys.key(None, [facts]) for facts in rows}) == len(rows)


@pytest.mark.parametrize("weak", ["", " ", "None", "NULL", "12", "1234567890123", "abc", "-"])
def test_that_a_weak_id_alone_tells_nothing_apart(weak: str) -> None:
    keys = RowKeys()
    assert is_weak(weak)
    assert keys.key(weak, ["one"]) != keys.key(weak, ["other"])


def test_that_a_provider_s_own_id_is_kept_as_it_is() -> None:
    assert RowKeys().key(" chatcmpl-9f8a7b6c ", ["x"]) == "chatcmpl-9f8a7b6c"
    assert not is_weak("msg_01XFDUDYJgAACzvnptvVoYEL")

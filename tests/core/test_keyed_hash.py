"""Hashes of a profile: equal for equal texts, worth nothing elsewhere, and kept for one person."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.core.keyed_hash import SECRET_BYTES, KeyedHash, open_hashes
from alwrity_desktop.core.profile import Profile

NAMES = st.lists(st.text(max_size=5), max_size=3)
SECRET = bytes(range(SECRET_BYTES))


def profile_in(folder: Path) -> Profile:
    folder.mkdir(exist_ok=True)
    return Profile(folder, folder, folder / "cache", folder / "logs")


def hashed(hashes: KeyedHash, text: bytes = b"canary", *names: str) -> str:
    begun = hashes.begin_request(*names)
    begun.update(text)
    return begun.hexdigest()


@given(one=st.tuples(NAMES, st.binary()), other=st.tuples(NAMES, st.binary()))
def test_that_hashes_are_equal_for_equal_requests_alone(
    one: tuple[list[str], bytes], other: tuple[list[str], bytes]
) -> None:
    hashes = KeyedHash(SECRET)
    first, second = (hashed(hashes, text, *names) for names, text in (one, other))
    # Texts are no names: only these are told apart by their lengths.
    if len(one[0]) == len(other[0]):
        assert (first == second) == (one == other)
    assert len(first) == 16
    assert int(first, 16) >= 0


def test_that_a_profile_hashes_alike_in_every_run(tmp_path: Path) -> None:
    found = profile_in(tmp_path)
    assert hashed(open_hashes(found)) == hashed(open_hashes(found))
    assert found.hash_secret.stat().st_mode & 0o777 == 0o600
    assert found.hash_secret.stat().st_size == SECRET_BYTES
    assert [path.name for path in tmp_path.iterdir()] == ["hash.key"]


def test_that_two_profiles_hash_the_same_text_differently(tmp_path: Path) -> None:
    one, other = (open_hashes(profile_in(tmp_path / name)) for name in ("one", "other"))
    assert hashed(one) != hashed(other)
    assert one.name_of_key("sk-canary") != other.name_of_key("sk-canary")
    assert hashed(KeyedHash.of_this_run()) != hashed(KeyedHash.of_this_run())


def test_that_a_key_is_named_by_nothing_of_itself() -> None:
    hashes = KeyedHash(SECRET)
    name = hashes.name_of_key("sk-canary-0123456789")
    assert name == hashes.name_of_key("sk-canary-0123456789")
    assert name != hashes.name_of_key("sk-canary-0123456788")
    assert name.startswith("key ")
    assert len(name) == len("key 3f9a21")


def test_that_half_a_character_is_hashed_too() -> None:
    assert KeyedHash(SECRET).name_of_key("\ud83d").startswith("key ")


def test_that_programs_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    found = profile_in(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: hashed(open_hashes(found)), range(32)))
    assert len(names) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["hash.key"]


@pytest.mark.parametrize("damaged", [b"", b"short", b"x" * (SECRET_BYTES + 1)])
def test_that_what_is_no_secret_is_replaced(tmp_path: Path, damaged: bytes) -> None:
    found = profile_in(tmp_path)
    found.hash_secret.write_bytes(damaged)
    assert hashed(open_hashes(found)) == hashed(open_hashes(found))
    assert found.hash_secret.stat().st_size == SECRET_BYTES


def test_that_a_secret_that_cannot_be_kept_is_told_in_one_sentence(tmp_path: Path) -> None:
    found = profile_in(tmp_path)
    os.mkdir(found.hash_secret)  # noqa: PTH102 - a folder where the file belongs
    with pytest.raises(WorldError, match=r"hash\.key cannot be used"):
        open_hashes(found)

"""Where tokens are kept, and the encrypted file."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alwrity_desktop.core import profile
from alwrity_desktop.core.domain.errors import PersonError, SecretsUnavailableError
from alwrity_desktop.core.profile import Profile
from alwrity_desktop.core.sealed_file import SealedFile
from alwrity_desktop.core.secrets import (
    PASSPHRASE_VARIABLE,
    choose_sealed_file,
    open_secret_store,
    sealed_path,
    service_name,
)

PASSPHRASE = "canary passphrase"
#: Quick, and good for nothing else.
WEAK_N = 2**4


@pytest.fixture
def place() -> Profile:
    found = profile.find(os.environ)
    profile.prepare(found)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens.sealed"


def sealed(path: Path, passphrase: str = PASSPHRASE) -> SealedFile:
    return SealedFile(path, passphrase, scrypt_n=WEAK_N)


def test_that_without_a_key_store_tokens_last_as_long_as_the_program(place: Profile) -> None:
    store = open_secret_store(place, {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"})
    store.set("work", "canary-1")
    assert (store.get("work"), store.is_lasting) == ("canary-1", False)
    assert store.describe().startswith("Tokens are kept only until the program ends.")
    store.delete("work")
    store.delete("work")
    assert store.get("work") is None
    assert not [each for each in place.config.rglob("*") if each.is_file()]


def test_that_the_chosen_file_is_used_from_then_on(place: Profile) -> None:
    choose_sealed_file(place, PASSPHRASE).set("work", "canary-1")
    store = open_secret_store(place, {PASSPHRASE_VARIABLE: PASSPHRASE})
    assert (store.get("work"), store.is_lasting) == ("canary-1", True)
    assert open_secret_store(place, {}, passphrase=PASSPHRASE).get("work") == "canary-1"
    assert str(sealed_path(place)) in store.describe()


def test_that_a_locked_file_says_what_it_needs(place: Profile) -> None:
    choose_sealed_file(place, PASSPHRASE)
    store = open_secret_store(place, {})
    uses: list[Callable[[], object]] = [
        lambda: store.get("work"),
        lambda: store.set("work", "canary-1"),
        lambda: store.delete("work"),
    ]
    for use in uses:
        with pytest.raises(SecretsUnavailableError, match=PASSPHRASE_VARIABLE):
            use()
    assert PASSPHRASE_VARIABLE in store.describe()


def test_that_each_profile_has_secrets_of_its_own(home: Path) -> None:
    one, other = ({"ALWRITY_DESKTOP_HOME": str(home / name)} for name in ("a", "b"))
    names = {service_name(profile.find(environ), environ) for environ in (one, other, {})}
    assert len(names) == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.dictionaries(st.text(max_size=10), st.text(max_size=60), max_size=5))
def test_that_what_is_kept_comes_out_again(path: Path, secrets: dict[str, str]) -> None:
    path.unlink(missing_ok=True)
    store = sealed(path)
    for name, secret in secrets.items():
        store.set(name, secret)
    again = sealed(path)
    assert {name: again.get(name) for name in secrets} == secrets
    for name in secrets:
        again.delete(name)
        assert store.get(name) is None


def test_that_nothing_in_the_file_is_plain_and_nobody_else_reads_it(path: Path) -> None:
    store = sealed(path)
    store.set("canary-name", "canary-1")
    text = path.read_text()
    assert "canary" not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = json.loads(text)
    store.set("canary-name", "canary-1")
    assert json.loads(path.read_text())["nonce"] != first["nonce"]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_that_another_passphrase_opens_nothing(path: Path) -> None:
    sealed(path).set("work", "canary-1")
    before = path.read_bytes()
    with pytest.raises(PersonError, match="passphrase") as caught:
        sealed(path, "another passphrase")
    assert "canary" not in str(caught.value)
    assert path.read_bytes() == before


def test_that_a_short_passphrase_is_refused(path: Path) -> None:
    with pytest.raises(PersonError, match="at least 8"):
        sealed(path, "short")
    assert not path.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"scrypt_n": WEAK_N * 2},
        {"salt": "AAAAAAAAAAAAAAAAAAAAAA=="},
        {"nonce": "AAAAAAAAAAAAAAAA"},
        {"data": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"scrypt_n": 2**30},
        {"scrypt_n": 0},
        {"scrypt_n": 48},
        {"format": "another"},
        {"salt": ""},
        {"nonce": ""},
        {"data": "%"},
        {"data": 7},
    ],
)
def test_that_a_changed_file_is_refused(path: Path, change: dict[str, Any]) -> None:
    sealed(path).set("work", "canary-1")
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises((PersonError, SecretsUnavailableError)):
        sealed(path)


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\x00", b"[" * 100_000])
def test_that_a_file_of_another_kind_is_damaged(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(SecretsUnavailableError, match="damaged"):
        sealed(path)


def test_that_a_file_that_vanished_is_told(path: Path) -> None:
    store = sealed(path)
    path.unlink()
    with pytest.raises(SecretsUnavailableError, match="cannot be read"):
        store.get("work")


def test_that_two_programs_see_each_others_changes(path: Path) -> None:
    one, other = sealed(path), sealed(path)
    one.set("work", "canary-1")
    other.set("home", "canary-2")
    assert (one.get("work"), one.get("home")) == ("canary-1", "canary-2")

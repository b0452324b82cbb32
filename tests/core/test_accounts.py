"""The accounts: named once, told apart by server and user, and never kept with a token."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.accounts import Account, AccountStore, checked, normal_url
from alwrity_desktop.core.domain.errors import NotFoundError, PersonError

ALICE = Account("alice", "alwrity", "https://api.example.com", "user_alice")
AGENTS = Account("agents", "agent-billing", "http://localhost:4000")


@pytest.fixture
def store(tmp_path: Path) -> AccountStore:
    return AccountStore(tmp_path / "accounts.json")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://API.example.com/", "https://api.example.com"),
        ("https://api.example.com/api", "https://api.example.com"),
        ("https://api.example.com/api/", "https://api.example.com"),
        ("https://api.example.com:443/api", "https://api.example.com"),
        ("https://example.com/alwrity/api", "https://example.com/alwrity"),
        (" http://localhost:8000/api ", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/api", "http://[::1]:8000"),
        ("https://[::1]", "https://[::1]"),
    ],
)
def test_that_one_address_is_kept_in_one_way(typed: str, kept: str) -> None:
    assert normal_url(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "api.example.com",
        "ftp://example.com",
        "https://",
        "https://example.com:99999",
        "https://a:canary@example.com",
        "https://example.com/?token=canary",
        "https://example.com/#canary",
        "https://exam ple.com",
        "https://[::1",
        "http://example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "https://example.com/\x1b[31m",
    ],
)
def test_that_what_is_no_safe_address_is_refused_without_repeating_secrets(typed: str) -> None:
    with pytest.raises(PersonError) as refused:
        normal_url(typed)
    assert "canary" not in str(refused.value)


@given(st.text(max_size=80))
def test_that_an_address_that_was_taken_stays_as_it_is(text: str) -> None:
    try:
        once = normal_url(f"https://{text}")
    except PersonError:
        return
    assert normal_url(once) == once


@pytest.mark.parametrize("name", ["", "local", "ALL", "sample", "-a", "a b", "a/b", "é", "x" * 41])
def test_that_a_name_is_one_that_commands_can_carry(name: str) -> None:
    with pytest.raises(PersonError):
        checked(Account(name, "alwrity", "https://api.example.com", "u"))


@pytest.mark.parametrize("user", ["", "  ", "two words", "a\nb", "x" * 201])
def test_that_a_user_of_alwrity_is_one_word(user: str) -> None:
    with pytest.raises(PersonError):
        checked(Account("a", "alwrity", "https://api.example.com", user))


def test_that_an_agent_platform_knows_its_user_from_the_token() -> None:
    assert checked(AGENTS) == AGENTS


def test_that_accounts_come_back_as_they_were_added(store: AccountStore, tmp_path: Path) -> None:
    command = Account("bob", "alwrity", "https://b.example.com", "bob", ("vault", "read me"))
    for account in (ALICE, AGENTS, command):
        store.add(account)
    assert AccountStore(tmp_path / "accounts.json").accounts() == (ALICE, AGENTS, command)
    assert stat.S_IMODE((tmp_path / "accounts.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "other",
    [
        Account("alice", "alwrity", "https://other.example.com", "x"),
        Account("twin", "alwrity", "https://api.example.com", "user_alice"),
        Account("ALICE", "alwrity", "https://other.example.com", "x"),
    ],
)
def test_that_no_account_clashes_with_another(store: AccountStore, other: Account) -> None:
    store.add(ALICE)
    with pytest.raises(PersonError):
        store.add(other)
    assert store.accounts() == (ALICE,)


def test_that_a_removed_account_comes_back_only_as_itself(store: AccountStore) -> None:
    store.add(ALICE)
    assert store.remove("alice") == ALICE
    assert store.accounts() == ()
    for other in (
        Account("alice", "alwrity", "https://other.example.com", "x"),
        Account("renamed", "alwrity", "https://api.example.com", "user_alice"),
    ):
        with pytest.raises(PersonError):
            store.add(other)
    store.add(ALICE)
    assert store.accounts() == (ALICE,)


def test_that_an_unknown_account_is_named_with_those_that_there_are(store: AccountStore) -> None:
    store.add(ALICE)
    with pytest.raises(NotFoundError, match="alice"):
        store.remove("alicia")


def test_that_a_token_command_takes_the_place_of_a_kept_token(store: AccountStore) -> None:
    store.add(ALICE)
    store.set_token_command("alice", ("print-token",))
    assert store.account("alice").token_command == ("print-token",)


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "{}", '{"accounts": [1]}', '{"accounts": [{"name": "a"}]}', "[" * 100_000],
)
def test_that_a_damaged_file_is_named_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accounts.json"
    path.write_text(text)
    store = AccountStore(path)
    with pytest.raises(PersonError, match="damaged"):
        store.accounts()
    with pytest.raises(PersonError, match="damaged"):
        store.add(ALICE)
    assert path.read_text() == text

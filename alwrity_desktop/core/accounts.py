"""Accounts: which servers the person connected, kept without any token."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.asking.addresses import server_address
from alwrity_desktop.core.domain.errors import NotFoundError, PersonError, WorldError
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS, LOCAL_ACCOUNT
from alwrity_desktop.core.files import replacing

RESERVED: Final = frozenset({LOCAL_ACCOUNT, "sample", ALL_ACCOUNTS})
"""Names of accounts that are no servers."""

TOKEN_VARIABLE: Final = "ALWRITY_DESKTOP_TOKEN_"  # noqa: S105 - a variable's name
"""Before an account's name in capitals: the variable that gives its token for one run."""

KINDS: Final = ("alwrity", "agent-billing", "openai-admin", "anthropic-admin", "openrouter")
PRESETS: Final[Mapping[str, Mapping[str, str]]] = {
    "alwrity": {
        "development": "http://localhost:8000",
        "staging": "https://staging-api.alwrity.com",
        "production": "https://api.alwrity.com",
    },
    "agent-billing": {"development": "http://localhost:4000"},
    "openai-admin": {"production": "https://api.openai.com"},
    "anthropic-admin": {"production": "https://api.anthropic.com"},
    "openrouter": {"production": "https://openrouter.ai"},
}
"""Addresses to choose from, by kind of account."""

_USUAL_PORT: Final = {"http": ":80", "https": ":443"}
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_MAX_USER: Final = 200
_MAX_URL: Final = 500
_API: Final = "/api"
_THIS_COMPUTER: Final = "127.0.0.1"


class Account(msgspec.Struct, frozen=True):
    """One connected server; its token lies in the key store, never here."""

    #: What commands call it: letters, digits, "-" and "_", unique among the accounts.
    name: str
    #: One of KINDS.
    kind: str
    url: str
    #: The user's id on the server, "" where the server knows it from the token.
    user: str = ""
    #: A command that prints a fresh token, as arguments; () for a token that is kept.
    token_command: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        """Host and port of the server, the port always written out.

        This computer has several names, and calls of its servers count once under all of them.
        """
        address = server_address(self.url)
        same = replace(address, host=_THIS_COMPUTER) if address.is_loopback else address
        return same.origin.partition("://")[2]

    @property
    def token_variable(self) -> str:
        """The environment variable that gives the token for one run."""
        return token_variable(self.name)

    @property
    def subject(self) -> tuple[str, str, str, str]:
        """Whose figures these are: two accounts with the same one would count calls twice."""
        return (self.kind, self.origin, server_address(self.url).path, self.user)


class AccountState(msgspec.Struct, frozen=True):
    """How an account stands, for ``accounts list`` and the window."""

    account: Account
    last_sync_ms: int | None
    #: "ok", "stale", "auth", "offline" or "error".
    state: str
    #: The sentence of the last failure, or "".
    trouble: str = ""
    next_sync_ms: int | None = None


class SyncResult(msgspec.Struct, frozen=True):
    """What one sync of one account did."""

    name: str
    is_ok: bool
    calls_added: int
    #: Statements that are new or changed.
    statements: int
    error: str | None
    seconds: float
    requests: int = 0
    #: How the account stands now: "ok", "auth", "offline" or "error".
    state: str = "ok"
    #: What could not be read although the sync went well, in plain sentences.
    troubles: tuple[str, ...] = ()
    #: How long the server wants to be left alone; None where it did not say.
    retry_after_ms: int | None = None


def token_variable(name: str) -> str:
    """Return the environment variable that gives the token of the account called *name*."""
    return TOKEN_VARIABLE + re.sub(r"[^A-Z0-9]", "_", name.upper())


def normal_url(url: str) -> str:
    """Return *url* without what makes one address look like two; ``/api`` at its end is cut.

    Raises PersonError for what is no server's address, and for http to another computer.
    """
    text = url.strip()
    if len(text) > _MAX_URL or not text.isprintable():
        raise PersonError("This is no address of a server: it is too long, or not plain text.")
    address = server_address(text)
    place = address.origin.removesuffix(_USUAL_PORT[address.scheme])
    return place + address.path.removesuffix(_API).rstrip("/")


def checked(account: Account) -> Account:
    """Return *account* with a normal address. Raises PersonError naming what is wrong."""
    if account.kind not in KINDS:
        message = f'There is no kind of server "{account.kind:.40}"; there are {", ".join(KINDS)}.'
        raise PersonError(message)
    if not _NAME.fullmatch(account.name):
        raise PersonError(
            "An account's name has up to 40 letters, digits, - and _, and begins with a letter "
            "or a digit."
        )
    if account.name.lower() in RESERVED:
        message = f'"{account.name}" is the name of an account that is always there.'
        raise PersonError(message)
    needs_user = account.kind == "alwrity"
    user = account.user.strip()
    if needs_user and not user:
        raise PersonError("An ALwrity account names its user's id on the server: --user ID.")
    if not user.isprintable() or len(user) > _MAX_USER or " " in user:
        raise PersonError("The user's id is one word, as the server writes it.")
    url = normal_url(account.url)
    return Account(account.name, account.kind, url, user, account.token_command)


class AccountStore:
    """The accounts in one file. Removed ones are remembered, since their calls stay."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def accounts(self) -> tuple[Account, ...]:
        """Return the accounts, as they were added. Raises PersonError for a damaged file."""
        return tuple(account for account, is_removed in self._load() if not is_removed)

    def account(self, name: str) -> Account:
        """Return one account. Raises NotFoundError, naming those that there are."""
        found = self.accounts()
        for account in found:
            if account.name == name:
                return account
        known = ", ".join(account.name for account in found)
        there = f"There are: {known}." if known else "No server is connected yet."
        message = f'There is no account "{name:.60}" on a server. {there}'
        raise NotFoundError(message)

    def add(self, account: Account) -> None:
        """Keep a new account, already checked. Raises PersonError when it would clash."""
        kept = self._load()
        for other, is_removed in kept:
            _refuse_clash(account, other, is_removed=is_removed)
        rest = [each for each in kept if each[0].name != account.name]
        self._save([*rest, (account, False)])

    def remove(self, name: str) -> Account:
        """Forget an account, all but whose name it was. Raises NotFoundError."""
        account = self.account(name)
        self._save([(each, gone or each.name == name) for each, gone in self._load()])
        return account

    def set_token_command(self, name: str, command: tuple[str, ...]) -> None:
        """Have the account's token printed by *command*, or kept for (). Raises NotFoundError."""
        old = self.account(name)
        new = Account(old.name, old.kind, old.url, old.user, command)
        self._save([(new if each == old else each, gone) for each, gone in self._load()])

    def _load(self) -> list[tuple[Account, bool]]:
        try:
            document = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"The accounts in {self._path} cannot be read ({reason})."
            raise WorldError(message) from error
        except (ValueError, RecursionError) as error:
            raise self._damaged() from error
        try:
            return [(_from_row(row), row.get("removed") is True) for row in document["accounts"]]
        except (AttributeError, KeyError, TypeError, ValueError, PersonError) as error:
            raise self._damaged() from error

    def _save(self, kept: list[tuple[Account, bool]]) -> None:
        rows = [_to_row(account, is_removed=gone) for account, gone in kept]
        try:
            with replacing(self._path) as file:
                json.dump({"accounts": rows}, file, indent=2, ensure_ascii=False)
                file.write("\n")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"The accounts cannot be kept in {self._path} ({reason})."
            raise WorldError(message) from error

    def _damaged(self) -> PersonError:
        return PersonError(
            f"The file {self._path} is damaged. Correct it, or remove it and add the accounts "
            "again; no figures are lost."
        )


def _refuse_clash(new: Account, other: Account, *, is_removed: bool) -> None:
    is_same_subject = new.subject == other.subject
    if is_removed:
        if is_same_subject == (new.name == other.name):
            return
        if is_same_subject:
            message = f'The calls of this user are kept as "{other.name}". Add it by that name.'
        else:
            message = f'The name "{new.name}" was another server\'s, whose calls are kept.'
            message += " Choose another name."
        raise PersonError(message)
    if new.name == other.name:
        message = f'There is an account "{new.name}" already. Choose another name, or remove it.'
        raise PersonError(message)
    if is_same_subject:
        message = f'This server and user is the account "{other.name}" already. '
        message += "Another user of it is told apart by --user."
        raise PersonError(message)
    if new.token_variable == other.token_variable:
        message = f'The name "{new.name}" is too like "{other.name}": both would take their token '
        message += f"from {new.token_variable}. Choose another name."
        raise PersonError(message)


def _from_row(row: Mapping[str, object]) -> Account:
    names = ("name", "kind", "url", "user")
    fields = {name: value for name in names if isinstance(value := row.get(name), str)}
    account = Account(**fields, token_command=tuple(_words(row.get("token_command"))))
    if account.kind not in KINDS or not _NAME.fullmatch(account.name):
        raise ValueError(account.name)
    server_address(account.url)
    return account


def _words(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (word for word in value if isinstance(word, str))


def _to_row(account: Account, *, is_removed: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "name": account.name,
        "kind": account.kind,
        "url": account.url,
        "user": account.user,
    }
    if account.token_command:
        row["token_command"] = list(account.token_command)
    return row | {"removed": True} if is_removed else row

"""The doctor's checks of connected servers: who answers, whose token holds, how old figures are."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from alwrity_desktop.core.account_desk import AccountDesk
from alwrity_desktop.core.accounts import Account, AccountState
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.domain.periods import local_time
from alwrity_desktop.core.results import Check

_MAX_AT_ONCE: Final = 8


def check_accounts(desk: AccountDesk, timezone: str) -> Iterator[Check]:
    """Ask every connected server, all at once, and say where tokens are kept.

    Raises what the file of the accounts is damaged by.
    """
    states = desk.list()
    if not states:
        yield Check("Servers", is_ok=True, detail="None is connected.")
        return
    with ThreadPoolExecutor(min(len(states), _MAX_AT_ONCE), "check") as pool:
        yield from pool.map(lambda state: _check(desk, state, timezone), states)
    yield _tokens(desk, states)


def _check(desk: AccountDesk, state: AccountState, timezone: str) -> Check:
    age = _age(state, timezone)
    try:
        said = desk.check(state.account)
    except AlwrityError as error:
        return Check("Servers", is_ok=False, detail=f"{state.account.name}: {error} {age}")
    return Check("Servers", is_ok=True, detail=f"{state.account.name}: {said} {age}")


def _age(state: AccountState, timezone: str) -> str:
    if state.last_sync_ms is None:
        return f"No figures yet: alwrity-desktop sync {state.account.name} fetches them."
    return f"The figures are of {local_time(state.last_sync_ms, timezone):%Y-%m-%d %H:%M}."


def _tokens(desk: AccountDesk, states: tuple[AccountState, ...]) -> Check:
    if all(_is_given(desk, state.account) for state in states):
        said = "Every token comes from the environment or from a command."
        return Check("Tokens", is_ok=True, detail=said)
    try:
        return Check("Tokens", is_ok=desk.keeper.can_keep(), detail=desk.where_tokens_are())
    except AlwrityError as error:
        return Check("Tokens", is_ok=False, detail=str(error))


def _is_given(desk: AccountDesk, account: Account) -> bool:
    return bool(account.token_command) or desk.keeper.is_in_environment(account)

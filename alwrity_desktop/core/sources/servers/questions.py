"""Questions of one pull: a piece that fails costs only itself, and says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from alwrity_desktop.core.domain.errors import (
    AskingError,
    AskingStoppedError,
    AuthRefusedError,
    RateLimitedError,
    RequestRefusedError,
    UnreachableError,
)
from alwrity_desktop.core.sources.servers.base import Ask
from alwrity_desktop.core.sources.servers.fields import Place, Troubles, data_of

T = TypeVar("T")

_UNAUTHORIZED: Final = 401


class Questions:
    """Asks a server piece by piece, and remembers what it can do and what went wrong."""

    def __init__(
        self, ask: Ask, troubles: Troubles, *, own: str = "", missing: frozenset[str] = frozenset()
    ) -> None:
        """Take what stands in the paths that are the account's *own*: refused there is refused.

        The abilities that are *missing* for sure are not asked for.
        """
        self._ask = ask
        self._own = own
        self._troubles = troubles
        self._missing = missing
        #: What the server answered, and what it does not know, by the name of the ability.
        self.abilities: dict[str, bool] = {}
        self._is_stopped = False
        self._first_error: AskingError | None = None
        self._has_answer = False

    def piece(
        self,
        ability: str,
        path: str,
        parse: Callable[[object, Place], T],
        params: Mapping[str, str | int] | None = None,
        *,
        is_expected: bool = True,
    ) -> T | None:
        """Ask for one piece and return it parsed; None when it could not be had.

        What the server does not know is remembered and no trouble, nor is any failure of what
        is not *is_expected*. After "asked too often" or "not reachable" nothing more is asked.
        Raises AskingStoppedError, and AuthRefusedError when the token is refused altogether.
        """
        if self._is_stopped or ability in self._missing:
            return None
        try:
            data = data_of(self._ask("GET", path, params), ability)
            found = parse(data, Place(ability, self._troubles))
        except AskingStoppedError:
            raise
        except AskingError as error:
            self._failed(ability, path, error, is_expected=is_expected)
            return None
        self.abilities[ability] = self._has_answer = True
        return found

    def lacks(self, ability: str) -> bool:
        """Return whether the server is known not to have *ability*."""
        return ability in self._missing or self.abilities.get(ability) is False

    def end(self) -> None:
        """Raise the first error when every question failed."""
        if self._first_error is not None and not self._has_answer:
            raise self._first_error

    def _failed(self, ability: str, path: str, error: AskingError, *, is_expected: bool) -> None:
        if isinstance(error, AuthRefusedError) and (
            error.status == _UNAUTHORIZED or self._own in path
        ):
            raise error
        self._first_error = self._first_error or error
        is_limit = isinstance(error, RateLimitedError) and error.kind == "limit"
        if isinstance(error, RateLimitedError | UnreachableError) and not is_limit:
            self._is_stopped = True
            self._troubles.say(str(error))
        elif isinstance(error, RequestRefusedError | AuthRefusedError) or not is_expected:
            self.abilities[ability] = False
        else:
            self._troubles.say(f"{ability.replace('_', ' ').capitalize()}: {error}")

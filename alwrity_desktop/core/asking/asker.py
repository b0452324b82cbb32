"""Asking one account's server: deadline, budget, breaker, token, repetition, and what came."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
import tenacity

from alwrity_desktop.core.asking.addresses import server_address
from alwrity_desktop.core.asking.answers import Answer, JsonValue, UnreadableBodyError, read_body
from alwrity_desktop.core.asking.exchange import CutOffError, Line, Reply, Request
from alwrity_desktop.core.asking.network import Network
from alwrity_desktop.core.asking.refusals import SUCCESSES, TOKEN_REFUSED, asked_pause_s, refusal
from alwrity_desktop.core.asking.tokens import BEARER, TokenForm, TokenSource
from alwrity_desktop.core.domain.errors import (
    AskingError,
    AuthRefusedError,
    BrokenAnswerError,
    RateLimitedError,
    ServerFaultError,
    UnreachableError,
)

DEADLINE_S: Final = 20.0
"""How long one question may take altogether, pauses and repetitions included."""

ATTEMPTS: Final = 3
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 8.0

_WORTH_REPEATING: Final = frozenset({502, 503, 504})
_EVERYWHERE: Final = ""


class Question(msgspec.Struct, frozen=True):
    """One request, before a token is put to it."""

    method: str
    path: str
    params: Mapping[str, str | int]
    body: Mapping[str, Any] | None
    #: Whether asking twice does no more than asking once.
    is_repeatable: bool
    #: When to give up, in the pauses' seconds.
    until_s: float


class Asker:
    """Asks one account's server. Safe between threads; holds nothing that must be closed."""

    def __init__(
        self,
        base_url: str,
        tokens: TokenSource,
        *,
        network: Network,
        account: str = "",
        is_loopback_allowed: bool = True,
        token_form: TokenForm = BEARER,
    ) -> None:
        """Take the server's address and where the token comes from.

        *account* is the name by which the budget counts. Raises PersonError for an address
        that is none, or that would carry the token unencrypted to another computer.
        """
        self.address = server_address(base_url, is_loopback_allowed=is_loopback_allowed)
        self._tokens = tokens
        self._token_form = token_form
        self._network = network
        self._pauses = network.pauses
        self._account = account
        self._line = Line(network, self.address, account)
        self._host = self._line.host
        #: The refused token by path, or everywhere.
        self._refused: dict[str, str] = {}

    @property
    def requests(self) -> int:
        """How many requests were sent so far, repetitions and redirects included."""
        return self._line.sent

    def ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        *,
        deadline_s: float = DEADLINE_S,
        is_idempotent: bool | None = None,
    ) -> Answer:
        """Ask, wait for the answer at most *deadline_s* seconds, and return it.

        Only what *is_idempotent* is asked again after a failure: GET unless said otherwise.
        Raises the AskingErrors, each with a sentence for people.
        """
        question = Question(
            method=method,
            path=path,
            params=params or {},
            body=body,
            is_repeatable=method == "GET" if is_idempotent is None else is_idempotent,
            until_s=self._pauses.elapsed_s() + deadline_s,
        )
        return self._network.run(self._ask(question))

    def next_ask_ms(self) -> int:
        """Return when the server may be asked next, UTC milliseconds; the present for now."""
        return self._network.clock.now_ms() + round(self._host.wait_s(self._account) * 1000)

    def allow_burst(self) -> None:
        """Let this account use its host's whole budget for a minute, for a first sync."""
        self._host.budget.allow_burst(self._account)

    def allow_trial(self) -> None:
        """Try a failing host, or a refused token, once more: the person asked for it."""
        self._host.breaker.allow_trial()
        self._refused.clear()

    async def _ask(self, question: Question) -> Answer:
        retrying = tenacity.AsyncRetrying(
            sleep=self._pauses.sleep,
            retry=tenacity.retry_if_exception(lambda error: _is_worth_repeating(error, question)),
            wait=_pause_s,
            stop=self._should_stop(question),
            reraise=True,
        )
        answer: Answer = await retrying(self._attempt, question)
        return answer

    def _should_stop(self, question: Question) -> Callable[[tenacity.RetryCallState], bool]:
        def is_over(state: tenacity.RetryCallState) -> bool:
            ends_s = self._pauses.elapsed_s() + state.upcoming_sleep
            return state.attempt_number >= ATTEMPTS or ends_s >= question.until_s

        return is_over

    async def _attempt(self, question: Question) -> Answer:
        token = await self._usable_token(question.path)
        reply = await self._send(question, token)
        if reply.status in TOKEN_REFUSED:
            fresh = await self._tokens.renewed(token)
            if fresh is not None:
                token = fresh
                reply = await self._send(question, fresh)
            if reply.status in TOKEN_REFUSED:
                where = _EVERYWHERE if reply.status == HTTPStatus.UNAUTHORIZED else question.path
                self._refused[where] = token
        return self._judged(question, reply)

    async def _usable_token(self, path: str) -> str:
        token = await self._tokens.token()
        if token not in {self._refused.get(_EVERYWHERE), self._refused.get(path)}:
            return token
        fresh = await self._tokens.renewed(token)
        if fresh is None:
            raise AuthRefusedError(
                f"{self.address.label} did not accept the account's token. Give it a new one."
            )
        return fresh

    async def _send(self, question: Question, token: str) -> Reply:
        return await self._line.exchange(
            Request(
                method=question.method,
                url=self.address.url(question.path),
                params=question.params,
                body=question.body,
                token=token,
                until_s=question.until_s,
                token_form=self._token_form,
            )
        )

    def _judged(self, question: Question, reply: Reply) -> Answer:
        is_success = reply.status in SUCCESSES
        body = self._body(question, reply) if is_success else _body_of_refusal(reply)
        trouble = refusal(
            reply.status, reply.headers, body, server=self.address.label, now_ms=reply.at_ms
        )
        if trouble is not None:
            self._heed(trouble, reply, body)
            raise trouble
        return Answer(reply.status, body, reply.at_ms, reply.duration_ms)

    def _heed(self, trouble: AskingError, reply: Reply, body: JsonValue) -> None:
        """Leave the host alone where it asks for that."""
        pause_s = asked_pause_s(reply.headers, body, reply.at_ms)
        is_asked = isinstance(trouble, ServerFaultError) or (
            isinstance(trouble, RateLimitedError) and trouble.kind == "rate"
        )
        if is_asked and pause_s is not None:
            self._host.rest(pause_s)

    def _body(self, question: Question, reply: Reply) -> JsonValue:
        if not reply.data and question.method != "GET":
            return None
        name = self.address.label
        if _is_page(reply):
            raise BrokenAnswerError(
                f"{name} answered with a web page instead of figures. "
                "A login page may stand in between, or the account's address is off."
            )
        body = _parsed(reply.data)
        if not isinstance(body, dict | list):
            raise BrokenAnswerError(f"{name} answered with something that cannot be read.")
        return body


def _parsed(data: bytes) -> JsonValue:
    try:
        return read_body(data)
    except UnreadableBodyError:
        return None


def _body_of_refusal(reply: Reply) -> JsonValue:
    return None if _is_page(reply) else _parsed(reply.data)


def _is_page(reply: Reply) -> bool:
    kind = reply.headers.get("content-type", "").lower()
    return "html" in kind or reply.data[:64].lstrip()[:1] == b"<"


def _is_worth_repeating(error: BaseException, question: Question) -> bool:
    if not question.is_repeatable:
        return False
    if isinstance(error, ServerFaultError):
        return error.status in _WORTH_REPEATING
    return isinstance(error, UnreachableError | CutOffError)


def _pause_s(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked_s = error.retry_after_s if isinstance(error, ServerFaultError) else None
    if asked_s is not None:
        return asked_s
    # A little chance keeps programs from coming back in step.
    chance_s = random.uniform(0, FIRST_PAUSE_S)  # noqa: S311 - it protects nothing
    return min(FIRST_PAUSE_S * 2.0 ** (state.attempt_number - 1) + chance_s, LONGEST_PAUSE_S)

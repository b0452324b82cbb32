"""Made-up tokens: who is who, which are accepted, which have expired."""

from __future__ import annotations

import base64
import json

from tests.servers.wire import Answer, Request, detail

#: The user that every token is on a server with DISABLE_AUTH=true.
MOCK_USER = "mock_user_id"


def made_up_token(user: str, turn: int = 1) -> str:
    """Return a token of the shape of a JWT; the same for the same user and turn."""
    head = _encoded({"alg": "none", "typ": "JWT"})
    return f"{head}.{_encoded({'sub': user, 'turn': turn})}.canary-{user}-{turn}"


def _encoded(part: dict[str, object]) -> str:
    text = json.dumps(part, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


class Tokens:
    """The tokens that a server accepts."""

    def __init__(self, *, is_auth_disabled: bool = False) -> None:
        self.is_auth_disabled = is_auth_disabled
        self._users: dict[str, str] = {}
        self._turns: dict[str, int] = {}

    def fresh(self, user: str) -> str:
        """Return a token for the user that was never given out before; it is accepted."""
        self._turns[user] = self._turns.get(user, 0) + 1
        token = made_up_token(user, self._turns[user])
        self.accept(token, user)
        return token

    def current(self, user: str) -> str:
        """Return the newest token of the user, whether it has expired or not."""
        return made_up_token(user, self._turns[user]) if user in self._turns else self.fresh(user)

    def accept(self, token: str, user: str) -> None:
        """Take the token as the user's from now on."""
        self._users[token] = user

    def expire(self, token: str) -> None:
        """Refuse the token from now on."""
        self._users.pop(token, None)

    def user_of(self, request: Request) -> str | None:
        """Return whose token came with the request; None without one that is accepted."""
        if request.token and self.is_auth_disabled:
            return MOCK_USER
        return self._users.get(request.token)

    def refusal(self, request: Request) -> Answer:
        """Return today's answer to a request whose token is not accepted."""
        text = "Authentication failed" if request.token else "Not authenticated"
        return detail(401, text, www_authenticate="Bearer")

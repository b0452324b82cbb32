"""The errors that reach a person, in three kinds.

::

    AlwrityError            knows its sentence: what happened, what to do
    ├── WorldError          the world's fault: disk, network, another program
    │   ├── LedgerUnavailableError
    │   ├── SourceUnreadableError
    │   ├── SecretsUnavailableError
    │   └── AskingError     a server gave no answer that can be used
    │       ├── AuthRefusedError      the token is not, or no longer, accepted
    │       ├── RateLimitedError      asked too often, or over a limit of the plan
    │       ├── UnreachableError      no connection, no answer in time
    │       ├── BrokenAnswerError     an answer, but not what it should be
    │       ├── ServerFaultError      the server failed (5xx)
    │       ├── RequestRefusedError   the server knows no such thing (other 4xx)
    │       └── AskingStoppedError    the program is closing
    └── PersonError         the person's turn: a wrong word, a missing choice
        ├── UsageError      wrong usage of the command line (exit status 2)
        └── NotFoundError   what was named does not exist

Everything else that is raised is our bug.
"""

from __future__ import annotations

from typing import Literal


class AlwrityError(Exception):
    """An error whose text is the sentence that a person reads."""

    exit_status = 1


class WorldError(AlwrityError):
    """The world's fault: nothing that the person typed was wrong."""


class LedgerUnavailableError(WorldError):
    """The ledger cannot be opened, read or written."""


class SourceUnreadableError(WorldError):
    """A log file or folder cannot be read."""


class SecretsUnavailableError(WorldError):
    """Tokens cannot be kept, read or removed."""


class AskingError(WorldError):
    """A server gave no answer that can be used.

    The sentence names the server's host and never a token, an address's query or a body.
    """


class AuthRefusedError(AskingError):
    """The token is not, or no longer, accepted: it waits for a new one."""

    def __init__(self, sentence: str, *, status: int = 401) -> None:
        super().__init__(sentence)
        #: 401, or 403 where the token is good and the question is not for its owner.
        self.status = status


class RateLimitedError(AskingError):
    """The server, or the program's own budget of requests, lets nothing through for now."""

    def __init__(
        self, sentence: str, *, until_ms: int, kind: Literal["rate", "limit", "own"] = "rate"
    ) -> None:
        super().__init__(sentence)
        #: When to ask again, UTC milliseconds.
        self.until_ms = until_ms
        #: "rate": asked too often; "limit": the plan's limit is passed; "own": our own budget.
        self.kind = kind


class UnreachableError(AskingError):
    """No connection, or no whole answer in time."""

    def __init__(self, sentence: str, *, next_try_ms: int | None = None) -> None:
        super().__init__(sentence)
        #: When the host is tried again, UTC milliseconds; None when it may be tried now.
        self.next_try_ms = next_try_ms


class BrokenAnswerError(AskingError):
    """An answer came, and it is not what it should be."""


class ServerFaultError(AskingError):
    """The server says that it failed."""

    def __init__(self, sentence: str, *, status: int, retry_after_s: float | None = None) -> None:
        super().__init__(sentence)
        #: The HTTP status, 500 to 599.
        self.status = status
        #: How long the server wants to be left alone, where it says so.
        self.retry_after_s = retry_after_s


class RequestRefusedError(AskingError):
    """The server refuses the question: it has no such thing, or finds it malformed."""

    def __init__(self, sentence: str, *, status: int) -> None:
        super().__init__(sentence)
        #: The HTTP status, 400 to 499.
        self.status = status


class AskingStoppedError(AskingError):
    """The program is closing; nothing is asked any more."""


class PersonError(AlwrityError):
    """The person's turn: something has to be chosen or corrected."""


class UsageError(PersonError):
    """The command's words are off."""

    exit_status = 2


class NotFoundError(PersonError):
    """What was named does not exist."""

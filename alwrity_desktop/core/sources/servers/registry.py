"""The kinds of servers that there are, by the module that speaks to each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from alwrity_desktop.core.sources.servers.base import ServerSource

KINDS: Final = {
    "alwrity": "alwrity",
    "agent-billing": "agent_billing",
    "openai-admin": "openai_admin",
    "anthropic-admin": "anthropic_admin",
    "openrouter": "openrouter",
}
"""The module of each kind of account."""


def server_source(kind: str) -> ServerSource:
    """Return the source of a kind of account, loaded now; KeyError for a kind that is none.

    Loaded by need: validating answers takes a library that a start without accounts spares.
    """
    module = import_module(f"{__package__}.{KINDS[kind]}")
    return cast("ServerSource", module.SERVER)

"""The account whose figures are shown."""

from __future__ import annotations

import msgspec


class AccountView(msgspec.Struct, frozen=True):
    """The account whose figures these are."""

    name: str
    label: str
    #: "local", "sample", "all", or a server's kind: "alwrity", "agent-billing".
    kind: str = "local"

    @property
    def is_sample(self) -> bool:
        """Whether the figures are made up."""
        return self.kind == "sample"

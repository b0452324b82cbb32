"""What the gateway is started with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.keyed_hash import KeyedHash

DEFAULT_PORT: Final = 4815


class GatewayConfig(msgspec.Struct, frozen=True):
    """The gateway's settings, fixed while it runs."""

    #: The folder of the spool, for its owner alone.
    folder: Path
    #: 0 for any free one.
    port: int = DEFAULT_PORT
    #: The person's own addresses by provider.
    upstreams: Mapping[str, str] = msgspec.field(default_factory=dict)
    #: Names of the headers that say a call's project, agent and conversation.
    tag_headers: tuple[str, ...] = ("X-Project", "X-Agent", "X-Conversation")
    #: True to ask providers that allow it to count their streams.
    asks_usage: bool = False
    #: True to refuse calls while a blocking budget cannot be checked.
    fails_closed: bool = False
    #: "provider/model" or "model" of those that may pass a cost budget without a price.
    unpriced_allowed: frozenset[str] = frozenset()
    #: True to take what programs report by OpenTelemetry.
    receives_otlp: bool = False
    #: What every request has to bring in X-Gateway-Key; "" for nothing.
    key: str = ""
    #: Hashes requests and names keys; those of a run alone cannot tell those of the next.
    hashes: KeyedHash = msgspec.field(default_factory=KeyedHash.of_this_run)
    clock: Clock = msgspec.field(default_factory=Clock)

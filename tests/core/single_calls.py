"""Notes when single calls are read: what tips are found in, which take longest."""

from __future__ import annotations

from typing import Any

import pytest

from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot


class Reads:
    """How often a ledger's single calls were read, as the ledger goes on answering."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        answer = LedgerSnapshot.usage_sums

        def counted(*asked: Any) -> Any:  # noqa: ANN401 - whatever the ledger is asked
            self.count += 1
            return answer(*asked)

        monkeypatch.setattr(LedgerSnapshot, "usage_sums", counted)

"""What if in the whole window: asked for from anywhere, answered by the ledger's thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.what_if_values import Outcome, WhatIf
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.ui import requests
from tests.ui.desks import Desk
from tests.ui.docks.test_insight_docks import a_spending
from tests.ui.docks.test_what_if import an_outcome
from tests.ui.fakes import FakeContext
from tests.ui.looks import dressed, texts

__all__ = ["dressed"]

PRICED = PriceOverride(
    provider="acme", model="small-1", input_usd_per_million="1", output_usd_per_million="2"
)


class FakeAdvice:
    """Knows one model on offer, and what calls would have cost on it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, WhatIf, PeriodChoice]] = []

    def book(self, _account: str) -> PriceBook:
        return PriceBook((), (PRICED,))

    def what_if(self, account: str, question: WhatIf, choice: PeriodChoice) -> Outcome:
        self.asked.append((account, question, choice))
        return an_outcome(question)


class AdvisedContext(FakeContext):
    """A context that knows what the money bought, and gives advice."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.advice = FakeAdvice()

    def _report_of(self, account: str) -> Report:
        return replace(super()._report_of(account), spending=a_spending())


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    """Give a window that was started, and stop it again."""
    found = Desk(AdvisedContext(tmp_path))
    found.start(qtbot)
    yield found
    found.stop()


def test_that_what_if_is_answered_in_a_dock_that_was_not_there_before(
    desk: Desk, qtbot: QtBot
) -> None:
    assert "models" not in desk.window.views
    desk.window.requested.emit(requests.OpenWhatIf("openai", None))
    qtbot.waitUntil(lambda: "models" in desk.window.views)
    dock = desk.window.views["models"]
    qtbot.waitUntil(lambda: "On small-1" in texts(dock), timeout=10_000)
    context = desk.context
    assert isinstance(context, AdvisedContext)
    question = WhatIf("acme", "small-1", "openai")
    assert context.advice.asked[-1] == ("local", question, PeriodChoice())

"""What the ledger's thread is asked to do, on a real ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.report import UnpricedModel
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.profile import find, prepare
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.ui import events, jobs
from tests.core.single_calls import Reads
from tests.core.tips import flash
from tests.core.trees import NOW_MS
from tests.ui.fakes import Collector


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Context]:
    """The program's parts on a ledger with a call that is worth a tip, and one without a price."""
    environ = {"ALWRITY_DESKTOP_HOME": str(tmp_path / "home"), "TZ": "UTC"}
    profile = find(environ)
    prepare(profile)
    made = Context(profile, Clock(NOW_MS), environ)
    made.record([flash(1), flash(2, provider="acme", model="x")])
    yield made
    made.close()


def test_that_the_trays_report_lacks_nothing_but_tips(
    real: Context, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = real.report(LOCAL_ACCOUNT, PeriodChoice(), ())
    assert whole.tips
    reads = Reads(monkeypatch)
    jobs.BuildStatus(LOCAL_ACCOUNT).run(real, collector.post)
    assert collector.events == [events.StatusReady(replace(whole, tips=()))]
    assert reads.count == 0


def test_that_models_without_a_price_are_told_from_sums(
    real: Context, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = Reads(monkeypatch)
    jobs.LoadPrices(LOCAL_ACCOUNT).run(real, collector.post)
    assert collector.events == [events.PricesReady((UnpricedModel("acme", "x", 1),))]
    assert reads.count == 0

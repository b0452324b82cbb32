"""What if: calls are picked, a model and a volume; the answer says what it rests on."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.context import open_context
from alwrity_desktop.core.domain.errors import NotFoundError
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.what_if_values import ModelOffer, Outcome, WhatIf
from alwrity_desktop.core.profile import find, prepare
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.ui.answers_shown import show_answer
from alwrity_desktop.ui.docks._parts import Figure
from alwrity_desktop.ui.docks.models import ModelsDock
from alwrity_desktop.ui.events import ModelOffersReady, WhatIfReady
from alwrity_desktop.ui.requests import AskModelOffers, AskWhatIf, OpenCalls
from alwrity_desktop.ui.what_if_jobs import LoadModelOffers, WorkOutWhatIf
from tests import builders
from tests.ui.docks.test_insight_docks import a_spending
from tests.ui.looks import Asked, shown, texts

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context
    from alwrity_desktop.ui.events import Event

USD: Final = 10**12
HAIKU: Final = ("anthropic", "claude-haiku-4-5")
OFFERS: Final = (
    ModelOffer(*HAIKU, "Claude Haiku 4.5", USD, 5 * USD, is_used=True),
    ModelOffer("openai", "gpt-5", "GPT-5", USD, 10 * USD),
    ModelOffer("tavily", "search", "Tavily", request_pico=USD // 1000),
)


def a_report() -> Report:
    return builders.a_report(spending=a_spending())


def an_outcome(question: WhatIf, **how: object) -> Outcome:
    known = {
        "question": question, "calls": 1200, "tokens": 3_400_000, "cost_pico": 10 * USD,
        "instead_pico": 6 * USD, "at_volume_pico": 6 * USD, "is_list_equivalent": False,
        "assumption": "The same tokens.",
    }  # fmt: skip
    return Outcome(**{**known, **how})  # type: ignore[arg-type]


def opened(qtbot: QtBot) -> tuple[ModelsDock, Asked]:
    """Return the dock with its page in view and the prices there."""
    dock = ModelsDock()
    asked = shown(dock, qtbot, a_report())
    dock.start_what_if("anthropic", "claude-sonnet-5")
    dock.show_offers("local", OFFERS)
    return dock, asked


def questions(asked: Asked) -> list[WhatIf]:
    return [one.question for one in asked.requests if isinstance(one, AskWhatIf)]


def wait_for(qtbot: QtBot, asked: Asked, count: int = 1) -> WhatIf:
    qtbot.waitUntil(lambda: len(questions(asked)) == count)
    return questions(asked)[-1]


def figures(dock: ModelsDock) -> list[str]:
    page = dock._what_if
    return [one.value.text() for one in (page._now, page._then, page._difference)]


def test_that_prices_are_fetched_when_the_page_is_first_seen(qtbot: QtBot) -> None:
    dock = ModelsDock()
    asked = shown(dock, qtbot, a_report())
    assert asked.requests == []
    dock.start_what_if(None, None)
    (request,) = asked.requests
    assert isinstance(request, AskModelOffers)
    models = builders.a_report().groups["model"]
    assert request.used == {(one.provider, one.key) for one in models if one.figures.calls}
    assert "Fetching the prices…" in texts(dock)


def test_that_the_dearest_model_is_asked_about_at_first(qtbot: QtBot) -> None:
    dock = ModelsDock()
    shown(dock, qtbot, a_report())
    dearest = max(builders.model_groups(), key=lambda one: one.figures.cost_pico)
    assert dock._what_if._from.key == (dearest.provider, dearest.key)


def test_that_the_answer_has_both_sums_their_difference_and_the_grounds(qtbot: QtBot) -> None:
    dock, asked = opened(qtbot)
    question = wait_for(qtbot, asked)
    assert (question.provider, question.model) == HAIKU
    assert "Working it out…" in texts(dock)
    dock.show_what_if("local", question, an_outcome(question, unpriced_calls=1, unfit_calls=20), "")
    assert figures(dock) == ["$10.00", "$6.00", "-$4.00"]
    words = " ".join(texts(dock))
    for part in (
        "1,200 calls, 3.4",
        "On claude-haiku-4-5",
        "40.0% less",
        "The same tokens.",
        "1 call has no price now and is left out.",
        "20 calls cannot be priced on this model and are left out.",
    ):
        assert part in words
    assert "Working it out…" not in words


def test_that_the_volume_moves_the_figures_without_asking_again(qtbot: QtBot) -> None:
    dock, asked = opened(qtbot)
    question = wait_for(qtbot, asked)
    dock.show_what_if("local", question, an_outcome(question), "")
    before = len(asked.requests)
    dock._what_if._slider.go(200)
    assert figures(dock) == ["$10.00", "$12.00", "+$2.00"]
    words = " ".join(texts(dock))
    assert "200% of the calls" in words
    assert "20.0% more" in words
    assert "Without the change of model, 200% of the calls cost $20.00." in words
    QTest.keyClick(dock._what_if._slider, Qt.Key.Key_0)
    assert figures(dock) == ["$10.00", "$6.00", "-$4.00"]
    assert len(asked.requests) == before


def test_that_the_same_cost_is_no_saving(qtbot: QtBot) -> None:
    dock, asked = opened(qtbot)
    question = wait_for(qtbot, asked)
    dock.show_what_if("local", question, an_outcome(question, at_volume_pico=0, instead_pico=0), "")
    assert figures(dock)[1:] == ["$0.00", "-$10.00"]
    same = an_outcome(question, instead_pico=10 * USD)
    dock.show_what_if("local", question, same, "")
    assert figures(dock)[2] == "$0.00"
    assert "the same" in texts(dock)


def test_that_choices_soon_after_one_another_are_one_question(qtbot: QtBot) -> None:
    dock, asked = opened(qtbot)
    for key in (("openai", "gpt-5"), ("tavily", "search")):
        dock._what_if._to.choose(key)
        dock._what_if._to.chosen.emit(key)
    question = wait_for(qtbot, asked)
    assert (question.provider, question.model) == ("tavily", "search")
    assert "search: $0.001 a request" in " ".join(texts(dock))


def test_that_an_answer_to_an_older_question_is_dropped(qtbot: QtBot) -> None:
    dock, asked = opened(qtbot)
    question = wait_for(qtbot, asked)
    other = WhatIf("openai", "gpt-5")
    dock.show_what_if("local", other, an_outcome(other), "")
    dock.show_what_if("elsewhere", question, an_outcome(question), "")
    assert "Working it out…" in texts(dock)


def test_that_a_refusal_is_said_in_place_of_the_figures(qtbot: QtBot) -> None:
    dock, asked = opened(qtbot)
    question = wait_for(qtbot, asked)
    dock.show_what_if("local", question, an_outcome(question), "")
    dock.show_what_if("local", question, None, "There are no priced calls to x in this period.")
    assert "There are no priced calls to x in this period." in texts(dock)
    assert not dock._what_if._now.isVisible()


def test_that_each_figure_opens_the_calls_behind_it(qtbot: QtBot) -> None:
    dock, asked = opened(qtbot)
    question = replace(wait_for(qtbot, asked), from_provider="openai", from_model="gpt-5")
    dock._what_if._question = question
    dock.show_what_if("local", question, an_outcome(question), "")
    page = dock._what_if
    for figure in (page._now, page._then, page._difference):
        assert isinstance(figure, Figure)
        QTest.keyClick(figure, Qt.Key.Key_Return)
    assert asked.requests[-3:] == [OpenCalls("openai", "gpt-5")] * 3


def test_that_a_new_report_asks_again_about_the_same(qtbot: QtBot) -> None:
    dock, asked = opened(qtbot)
    first = wait_for(qtbot, asked)
    dock.show_report(a_report())
    assert wait_for(qtbot, asked, 2) == first


def test_that_a_dock_that_was_made_just_now_asks_when_its_report_comes(qtbot: QtBot) -> None:
    dock = ModelsDock()
    dock.start_what_if("openai", None)
    asked = shown(dock, qtbot, a_report())
    dock.show_offers("local", OFFERS)
    question = wait_for(qtbot, asked)
    assert (question.from_provider, question.from_model) == ("openai", None)


class FakeAdvice:
    """Answers what if, or refuses."""

    def __init__(self, refusal: str = "") -> None:
        self.refusal = refusal
        self.asked: list[tuple[str, WhatIf, PeriodChoice]] = []

    def what_if(self, account: str, question: WhatIf, choice: PeriodChoice) -> Outcome:
        self.asked.append((account, question, choice))
        if self.refusal:
            raise NotFoundError(self.refusal)
        return an_outcome(question)


@pytest.mark.parametrize("refusal", ["", "no such calls"])
def test_that_the_ledgers_thread_answers_or_says_why_not(refusal: str) -> None:
    advice = FakeAdvice(refusal)
    posted: list[Event] = []
    question = WhatIf(*HAIKU, volume=Fraction(1))
    job = WorkOutWhatIf("local", PeriodChoice("week"), question)
    job.run(cast("Context", SimpleNamespace(advice=advice)), posted.append)
    outcome = None if refusal else an_outcome(question)
    assert posted == [WhatIfReady("local", question, outcome, refusal)]
    assert advice.asked == [("local", question, PeriodChoice("week"))]


def test_that_the_models_on_offer_come_from_the_price_book(tmp_path: Path) -> None:
    profile = find({"ALWRITY_DESKTOP_HOME": str(tmp_path)})
    prepare(profile)
    context = open_context(profile, {})
    posted: list[Event] = []
    LoadModelOffers("local", frozenset({("openai", "gpt-5")})).run(context, posted.append)
    context.close()
    (event,) = posted
    assert isinstance(event, ModelOffersReady)
    assert (event.offers[0].model, event.offers[0].is_used) == ("gpt-5", True)


def test_that_answers_reach_the_dock_that_was_made(qtbot: QtBot) -> None:
    dock = ModelsDock()
    asked = shown(dock, qtbot, a_report())
    dock.start_what_if(None, None)
    show_answer({"models": dock}, ModelOffersReady("local", OFFERS))
    question = wait_for(qtbot, asked)
    show_answer({}, WhatIfReady("local", question, an_outcome(question)))
    show_answer({"models": dock}, WhatIfReady("local", question, an_outcome(question)))
    assert figures(dock) == ["$10.00", "$6.00", "-$4.00"]

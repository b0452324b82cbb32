"""The words about accounts: what kind they are, and what is wrong with the way to the server."""

from __future__ import annotations

import pytest

from alwrity_desktop.core.domain.report import AccountView, Report
from alwrity_desktop.ui import account_text, header_text
from tests import builders, builders_servers


def in_state(state: str, **more: object) -> Report:
    server = builders_servers.a_server(state=state, **more)
    return builders_servers.a_server_report(server=server, limits=(), status="active")


def test_that_a_server_is_known_by_its_plan() -> None:
    assert account_text.account_words(builders_servers.a_server_report()) == ("work", "Pro plan")
    agents = builders_servers.an_agent_report()
    assert account_text.account_words(agents) == ("bots", "agent platform")
    everything = builders.a_report(account=AccountView("all", "All accounts", "all"))
    assert account_text.account_words(everything) == ("All accounts", "each call once")


@pytest.mark.parametrize(
    ("state", "words", "icon"),
    [
        ("auth", "Token expired · shows figures of 14:30", "key-round"),
        ("offline", "Not reachable · shows figures of 14:30", "wifi-off"),
        ("stale", "Out of date · shows figures of 14:30", "clock"),
        ("error", "Failed · shows figures of 14:30", "circle-x"),
    ],
)
def test_that_trouble_is_a_word_with_an_icon_and_the_age(state: str, words: str, icon: str) -> None:
    report = in_state(state)
    assert account_text.account_words(report) == ("work", words)
    assert account_text.account_icon(report) == icon


def test_that_a_refused_token_says_since_when_and_what_is_shown() -> None:
    said = "work: token refused since 14:30. Figures of then are shown."
    assert account_text.refused_sentence(in_state("auth")) == said
    never = in_state("auth", last_sync_ms=None)
    assert "Nothing was read yet" in account_text.refused_sentence(never)
    assert not account_text.refused_sentence(in_state("offline"))
    assert not account_text.stale_sentence(in_state("auth"))


def test_that_a_server_that_is_away_leaves_its_figures_with_their_age() -> None:
    said = "localhost:8000 cannot be reached. Figures of 14:30 are shown."
    away = in_state("offline", trouble="localhost:8000 cannot be reached.")
    assert account_text.stale_sentence(away) == said
    assert not account_text.stale_sentence(in_state("ok"))
    assert not account_text.stale_sentence(in_state("stale"))


@pytest.mark.parametrize(
    ("state", "tone", "word"),
    [
        ("auth", "danger", "Token expired"),
        ("error", "danger", "Failed"),
    ],
)
def test_that_the_pill_names_a_refusal_before_a_warning(state: str, tone: str, word: str) -> None:
    found = header_text.state_of(in_state(state))
    assert (found.tone, found.word) == (tone, word)


def test_that_a_billing_period_is_named_by_its_days() -> None:
    report = builders_servers.a_server_report()
    assert header_text.period_title(report.period) == "16 Nov – 16 Dec"
    assert header_text.period_range(report) == "billing period, 26 days left"
    assert header_text.used_caption(report) == "In this billing period you've used"
    told = "".join(run.text for run in header_text.forecast_runs(report))
    assert told == "You're on track to spend $120.96 this billing period"


def test_that_stated_figures_are_told_in_messages() -> None:
    report = builders_servers.an_agent_report()
    told = "".join(run.text for run in header_text.used_runs(report))
    assert told == "across 50 messages, 125k tokens"


def test_that_what_was_never_stated_is_unknown_and_not_nothing() -> None:
    report = builders_servers.an_agent_report(is_unknown=True)
    assert header_text.cost_words(report) == "—"
    told = "".join(run.text for run in header_text.used_runs(report))
    assert told == "The server never stated this period"


def test_that_a_servers_limit_is_no_budget() -> None:
    limit = builders.a_limit("cost", budget_id=None, origin="server")
    report = builders.a_report(limits=(limit,))
    told = header_text.margin_runs(report)[0].text
    assert told == "$4.04 under your $125.00 limit"
    assert header_text.margin_runs(report, is_short=True)[0].text == "$4.04 under the limit"


def test_that_the_age_is_that_of_the_servers_answer() -> None:
    report = builders_servers.a_server_report(last_read_ms=0)
    words = header_text.updated(report, builders.NOW_MS, 180_000)
    assert words == "Updated 2 min ago · next in 3 min"

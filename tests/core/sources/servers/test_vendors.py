"""Providers' own bills: every day once, months only when whole, and dollars only where they are."""

from __future__ import annotations

from typing import Any

import pytest

from alwrity_desktop.core.domain.errors import (
    AuthRefusedError,
    PersonError,
    RateLimitedError,
    ServerFaultError,
)
from alwrity_desktop.core.domain.statements import Statement, StatementKind
from alwrity_desktop.core.sources.servers import (
    anthropic_admin,
    openai_admin,
    openrouter,
    vendor_bill,
)
from alwrity_desktop.core.sources.servers.base import PARTS, STATUS, KnownRows, Pull, ServerSource
from alwrity_desktop.core.sources.servers.registry import KINDS, server_source
from tests.core.sources.servers.asks import NOW_MS, DirectAsk, known_after, only
from tests.servers.vendors import (
    ADMIN_KEY,
    AnthropicServer,
    Books,
    OpenAiServer,
    OpenRouterServer,
    Use,
    VendorServer,
)
from tests.servers.wire import Answer

ALL = frozenset(PARTS)
PICO = 10**12
SOURCES: dict[str, tuple[ServerSource, type[VendorServer]]] = {
    "openai-admin": (openai_admin.SERVER, OpenAiServer),
    "anthropic-admin": (anthropic_admin.SERVER, AnthropicServer),
    "openrouter": (openrouter.SERVER, OpenRouterServer),
}
DATED = ("openai-admin", "anthropic-admin")


def books() -> Books:
    made = Books()
    made.use("2026-10-30", Use("gpt-4o", "1.50", 1000, 400, 100, 3))
    made.use("2026-11-02", Use("gpt-4o", "0.25"), Use("o3", "2.00", 5000, 0, 900, 2))
    made.use("2026-11-20", Use("o3", "0.125"))
    return made


def ask_of(server: VendorServer, key: str = ADMIN_KEY) -> DirectAsk:
    """Return what asks *server* without a network."""
    server._http.server_close()
    ask = DirectAsk(server.reply, key)
    ask._headers |= {"x-api-key": key, "anthropic-version": "2023-06-01"}
    return ask


def pull(
    name: str, ask: DirectAsk, known: KnownRows | None = None, parts: frozenset[str] = ALL
) -> Pull:
    return SOURCES[name][0].pull(ask, "bill", "", known or KnownRows(), parts, NOW_MS)


def pulled(name: str, made: Books | None = None) -> Pull:
    return pull(name, ask_of(SOURCES[name][1](made or books())))


def of_kind(found: Pull, kind: StatementKind, period: str) -> dict[str, Statement]:
    return {one.key: one for one in found.statements if (one.kind, one.period) == (kind, period)}


def test_that_each_kind_has_its_source() -> None:
    for name, (source, _) in SOURCES.items():
        assert name in KINDS
        assert server_source(name) is source
        assert (source.name, source.has_user) == (name, False)


@pytest.mark.parametrize("name", DATED)
def test_that_days_months_and_models_are_stated(name: str) -> None:
    found = pulled(name)
    days = of_kind(found, StatementKind.DAY, "2026-11")
    assert days["2026-11-02"].cost_pico == 2.25 * PICO
    assert days["2026-11-02"].tokens == 1000 + 100 + 5000 + 900
    assert days["2026-11-03"].cost_pico == 0
    provider = {"openai-admin": "openai", "anthropic-admin": "anthropic"}[name]
    for period in ("2026-11", "month"):
        total = of_kind(found, StatementKind.TOTAL, period)[""]
        assert (total.cost_pico, total.input_tokens) == (2.375 * PICO, 7000)
        models = of_kind(found, StatementKind.MODEL, period)
        assert {key: one.cost_pico for key, one in models.items()} == {
            "gpt-4o": 0.25 * PICO,
            "o3": 2.125 * PICO,
        }
    stated = of_kind(found, StatementKind.PROVIDER, "2026-10")[provider]
    assert stated.cost_pico == 1.5 * PICO
    assert (found.is_complete, found.troubles, found.calls) == (True, (), ())


def test_that_only_openai_tells_requests() -> None:
    def total(name: str) -> Statement:
        return of_kind(pulled(name), StatementKind.TOTAL, "2026-10")[""]

    assert (total("openai-admin").calls, total("anthropic-admin").calls) == (3, None)


@pytest.mark.parametrize("is_flat", [True, False])
def test_that_the_cache_is_read_in_both_shapes(is_flat: bool) -> None:
    server = AnthropicServer(books())
    server.is_flat = is_flat
    found = pull("anthropic-admin", ask_of(server))
    assert of_kind(found, StatementKind.TOTAL, "2026-10")[""].input_tokens == 1000


@pytest.mark.parametrize("name", DATED)
def test_that_pages_of_any_size_give_the_same(name: str) -> None:
    short = books()
    short.days_on_page = 5
    assert pulled(name, short).statements == pulled(name).statements


@pytest.mark.parametrize("name", DATED)
def test_that_a_list_that_never_ends_is_left_and_named(name: str) -> None:
    endless = books()
    endless.is_endless = True
    found = pulled(name, endless)
    assert any("never ended" in each for each in found.troubles)
    assert not found.is_complete
    assert of_kind(found, StatementKind.TOTAL, "2026-11") == {}


@pytest.mark.parametrize("name", DATED)
def test_that_other_currencies_are_no_dollars(name: str) -> None:
    made = books()
    made.use("2026-11-05", Use("gpt-4o", "7.50", currency="eur"))
    found = pulled(name, made)
    totals = of_kind(found, StatementKind.TOTAL, "2026-11")
    assert totals[""].cost_pico == 2.375 * PICO
    assert (totals["EUR"].cost_pico, totals["EUR"].label) == (None, "7.5 EUR")
    assert any("EUR" in each for each in found.troubles)


@pytest.mark.parametrize("name", DATED)
def test_that_a_later_pull_looks_at_two_months(name: str) -> None:
    ask = ask_of(SOURCES[name][1](books()))
    first = pull(name, ask)
    asked = len(ask.asked)
    later = pull(name, ask, known_after(first))
    assert len(ask.asked) - asked < asked
    months = {one.key[:7] for one in later.statements if one.kind is StatementKind.DAY}
    assert months == {"2026-10", "2026-11"}


@pytest.mark.parametrize("name", SOURCES)
def test_that_nothing_is_asked_between_trends(name: str) -> None:
    ask = ask_of(SOURCES[name][1](books()))
    first = pull(name, ask)
    asked = len(ask.asked)
    assert pull(name, ask, known_after(first), frozenset({STATUS, "usage"})) == Pull()
    assert len(ask.asked) == asked


@pytest.mark.parametrize("name", SOURCES)
def test_that_a_refused_key_is_told(name: str) -> None:
    source, server = SOURCES[name]
    ask = ask_of(server(books()), "canary-wrong")
    with pytest.raises(AuthRefusedError):
        pull(name, ask)
    with pytest.raises(AuthRefusedError):
        source.check(ask, "")


@pytest.mark.parametrize("name", SOURCES)
def test_that_a_key_that_is_right_is_told(name: str) -> None:
    source, server = SOURCES[name]
    assert "answers" in source.check(ask_of(server(books())), "")
    with pytest.raises(PersonError):
        source.preflight(ask_of(server(books())), ())
    with pytest.raises(PersonError):
        source.link(ask_of(server(books())), "portal", "", "")
    assert source.mark_read(ask_of(server(books())), ("1",)) == ("1",)


@pytest.mark.parametrize("name", DATED)
def test_that_costs_that_fail_leave_no_zero_behind(name: str) -> None:
    ask = ask_of(SOURCES[name][1](books()))
    ask.instead["cost"] = ServerFaultError("It failed.", status=500)
    found = pull(name, ask)
    assert (found.statements, found.is_complete) == ((), False)
    assert any("It failed." in each for each in found.troubles)


@pytest.mark.parametrize("name", DATED)
def test_that_usage_that_fails_leaves_the_days_costs(name: str) -> None:
    ask = ask_of(SOURCES[name][1](books()))
    ask.instead["usage"] = RateLimitedError("Too often.", until_ms=NOW_MS)
    found = pull(name, ask)
    days = of_kind(found, StatementKind.DAY, "2026-11")
    assert (days["2026-11-02"].cost_pico, days["2026-11-02"].tokens) == (2.25 * PICO, None)
    assert of_kind(found, StatementKind.TOTAL, "2026-11") == {}


@pytest.mark.parametrize(
    "row",
    [
        {"amount": {"value": -5, "currency": "usd"}},
        {"amount": {"value": "NaN", "currency": "usd"}},
        {"amount": {"value": 1e30, "currency": "usd"}},
        {"amount": "free"},
        {},
    ],
)
def test_that_an_amount_that_cannot_be_is_named_and_in_no_sum(row: dict[str, Any]) -> None:
    start_s = 1_793_491_200  # 2026-11-01
    bucket = {"start_time": start_s, "results": [row, {"amount": {"value": 2, "currency": "usd"}}]}
    costs = {"data": [bucket, {"start_time": -1}, "row"], "has_more": False}
    empty: dict[str, Any] = {"data": []}
    ask = DirectAsk(only({"/costs": costs, "/completions": empty, "/embeddings": empty}))
    found = pull("openai-admin", ask)
    days = of_kind(found, StatementKind.DAY, "2026-11")
    assert {key: one.cost_pico for key, one in days.items()} == {"2026-11-01": 2 * PICO}
    assert found.troubles


def test_that_around_a_months_end_no_month_is_the_present_one() -> None:
    midnight_ms = 1_793_491_200_000
    ask = ask_of(OpenAiServer(books()))
    found = openai_admin.SERVER.pull(ask, "bill", "", KnownRows(), ALL, midnight_ms)
    assert of_kind(found, StatementKind.TOTAL, vendor_bill.PRESENT) == {}
    assert of_kind(found, StatementKind.TOTAL, "2026-10")


def test_that_openrouters_activity_is_stated_by_model() -> None:
    found = pulled("openrouter")
    assert of_kind(found, StatementKind.DAY, "2026-11")["2026-11-02"].cost_pico == 2.25 * PICO
    models = of_kind(found, StatementKind.MODEL, "month")
    assert (models["o3"].calls, models["o3"].cost_pico) == (3, 2.125 * PICO)
    assert of_kind(found, StatementKind.TOTAL, "all")[""].cost_pico == 3.875 * PICO
    assert of_kind(found, StatementKind.TOTAL, "2026-10") == {}
    assert found.is_complete


def test_that_a_usual_key_tells_its_own_use() -> None:
    made = books()
    made.use("2026-11-21", Use("o3", "0.50"))
    server = OpenRouterServer(made)
    server.is_management = False
    found = pull("openrouter", ask_of(server))
    assert of_kind(found, StatementKind.DAY, "2026-11")["2026-11-21"].cost_pico == PICO // 2
    assert of_kind(found, StatementKind.TOTAL, "all")[""].cost_pico == 4.375 * PICO
    assert of_kind(found, StatementKind.TOTAL, "month") == {}
    assert (found.is_complete, found.troubles) == (True, ())


def test_that_an_answer_of_another_form_costs_its_own_piece() -> None:
    ask = ask_of(OpenRouterServer(books()))
    ask.instead["activity"] = Answer(200, {"data": "soon"})
    found = pull("openrouter", ask)
    assert (found.is_complete, bool(found.troubles)) == (False, True)

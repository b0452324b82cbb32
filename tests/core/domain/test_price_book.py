"""The price book: which list answers, at which moment, tier and context."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec
import pytest

from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.price_list import SCHEMA, PriceList
from alwrity_desktop.core.domain.pricing import KINDS, PriceOverride, Quote, price
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.prices import open_price_book


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text + "+00:00").timestamp() * 1000)


NOW_MS = ms("2026-11-20T12:00")
UNITS = {"input": 10**6, "output": 10**6, "cache_read": 10**6, "request": 1}


def list_of(name: str, providers: dict[str, object]) -> PriceList:
    document = {
        "schema": SCHEMA,
        "name": name,
        "version": "1",
        "date": "2026-11-01",
        "units": UNITS,
        "providers": providers,
    }
    return PriceList(msgspec.json.encode(document))


def model(model_id: str, *blocks: dict[str, object], **more: object) -> dict[str, object]:
    return {"id": model_id, "match": {"equals": [model_id]}, "blocks": list(blocks), **more}


ACME = list_of(
    "list",
    {
        "acme": {
            "models": [
                model(
                    "dated",
                    {"prices": {"input": "10"}},
                    {"prices": {"input": "2"}, "since": "2026-06-10"},
                ),
                model(
                    "nightly",
                    {"prices": {"input": "1"}},
                    {"prices": {"input": "4"}, "daily": ["22:30", "04:00"]},
                ),
                model(
                    "tiered",
                    {
                        "prices": {
                            "input": ["1", [[200_000, "2"]]],
                            "output": ["8", [[128_000, "9"]]],
                        }
                    },
                    variants=[
                        {"prices": {"input": "0.5"}, "when": {"processing": "batch"}},
                        {
                            "prices": {"input": "3"},
                            "when": {"service_tier": "priority"},
                            "since": "2026-11-01",
                        },
                    ],
                ),
                model("free", {"prices": {"input": "0", "output": "0"}}),
            ]
        },
        "reseller": {"models": [], "fallback": ["acme"]},
    },
)
BOOK = PriceBook((ACME,))


def usd(quote: Quote | None, kind: str) -> Decimal | None:
    unit = None if quote is None else quote.unit_price(kind)
    return None if unit is None else Decimal(unit.pico) / 10**12


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-06-09T23:59:59.999", 10),
        ("2026-06-10T00:00", 2),
        ("2020-01-01T00:00", 10),
    ],
)
def test_that_a_price_holds_from_its_first_utc_day(moment: str, expected: int) -> None:
    quote = BOOK.quote("acme", "dated", ms(moment))
    assert usd(quote, "input") == expected
    assert quote is not None
    assert quote.effective == ("2026-06-10" if expected == 2 else None)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("22:29:59", 1), ("22:30", 4), ("00:00", 4), ("03:59:59", 4), ("04:00", 1)],
)
def test_that_a_price_by_the_hour_holds_over_midnight(clock: str, expected: int) -> None:
    assert usd(BOOK.quote("acme", "nightly", ms(f"2026-11-20T{clock}")), "input") == expected


@pytest.mark.parametrize(
    ("context", "plain", "output"),
    [(0, 1, 8), (128_000, 1, 8), (128_001, 1, 9), (200_000, 1, 9), (200_001, 2, 9)],
)
def test_that_a_context_tier_begins_above_its_threshold(
    context: int, plain: int, output: int
) -> None:
    quote = BOOK.quote("acme", "tiered", NOW_MS, "", context)
    assert usd(quote, "input") == plain
    assert usd(quote, "output") == output


def test_that_the_same_prices_are_the_same_quote() -> None:
    one = BOOK.quote("acme", "tiered", NOW_MS, "", 10)
    assert BOOK.quote("acme", "tiered", NOW_MS + 1, "", 127_999) is one


def test_that_a_service_tier_has_its_own_price_and_name() -> None:
    batch = BOOK.quote("acme", "tiered", NOW_MS, "batch", 300_000)
    assert usd(batch, "input") == Decimal("0.5")
    assert usd(batch, "output") == 9
    assert batch is not None
    assert batch.tier == "batch"


@pytest.mark.parametrize("tier", ["", "standard", "default", "unheard-of", "flex"])
def test_that_a_tier_without_a_price_of_its_own_is_the_standard_one(tier: str) -> None:
    quote = BOOK.quote("acme", "tiered", NOW_MS, tier, 0)
    assert usd(quote, "input") == 1
    assert quote is not None
    assert quote.tier == ""


def test_that_a_tier_is_priced_only_from_its_first_day() -> None:
    assert usd(BOOK.quote("acme", "tiered", ms("2026-10-31T23:00"), "priority"), "input") == 1
    assert usd(BOOK.quote("acme", "tiered", ms("2026-11-01T00:00"), "priority"), "input") == 3


def test_that_cached_tokens_without_a_price_cost_as_plain_input() -> None:
    quote = BOOK.quote("acme", "dated", NOW_MS)
    for kind in ("cache_read", "cache_write_5m", "cache_write_1h"):
        assert usd(quote, kind) == usd(quote, "input")


def test_that_an_unknown_model_or_provider_has_no_price() -> None:
    assert BOOK.quote("acme", "unheard-of", NOW_MS) is None
    assert BOOK.quote("nobody", "dated", NOW_MS) is None
    assert BOOK.quote("", "dated", NOW_MS) is None


def test_that_a_reseller_offers_at_the_makers_price_without_its_variants() -> None:
    assert usd(BOOK.quote("reseller", "tiered", NOW_MS), "input") == 1
    assert usd(BOOK.quote("reseller", "tiered", NOW_MS, "batch"), "input") == 1


def test_that_the_first_list_that_knows_a_model_answers() -> None:
    other = list_of(
        "other",
        {
            "acme": {
                "models": [
                    model("dated", {"prices": {"input": "99"}}),
                    model("only-here", {"prices": {"request": "0.5"}}),
                ]
            }
        },
    )
    book = PriceBook((ACME, other))
    assert usd(book.quote("acme", "dated", NOW_MS), "input") == 2
    quote = book.quote("acme", "only-here", NOW_MS)
    assert usd(quote, "request") == Decimal("0.5")
    assert quote is not None
    assert quote.origin == "other 1"


def test_that_an_own_price_outranks_the_list_kind_by_kind() -> None:
    own = PriceOverride(provider="Acme", model="Dated", output_usd_per_million="7")
    book = PriceBook((ACME,), (own,))
    quote = book.quote("acme", "dated", NOW_MS)
    assert [usd(quote, "output"), usd(quote, "input")] == [Decimal(7), Decimal(2)]
    assert quote is not None
    assert quote.is_own
    assert quote.origin == "own price"


def test_that_an_own_price_holds_from_its_day_and_the_newest_one_wins() -> None:
    own = (
        PriceOverride(
            provider="new", model="m", input_usd_per_million="2", effective_from="2026-11-10"
        ),
        PriceOverride(
            provider="new", model="m", input_usd_per_million="1", effective_from="2026-11-05"
        ),
    )
    book = PriceBook((ACME,), own)
    assert book.quote("new", "m", ms("2026-11-04T23:59")) is None
    assert usd(book.quote("new", "m", ms("2026-11-05T00:00")), "input") == 1
    assert usd(book.quote("new", "m", ms("2026-11-10T00:00")), "input") == 2


def test_that_one_hour_cache_writes_cost_twice_the_input_for_anthropic() -> None:
    own = PriceOverride(provider="anthropic", model="claude-next", input_usd_per_million="3")
    quote = PriceBook((ACME,), (own,)).quote("anthropic", "claude-next", NOW_MS)
    assert [usd(quote, kind) for kind in KINDS[2:4]] == [Decimal(3), Decimal(6)]


def test_that_a_call_is_settled_with_its_own_context_and_moment() -> None:
    call = Call(
        identity="x",
        occurred_at_ms=NOW_MS,
        source="test",
        provider="acme",
        model="tiered",
        input_tokens=150_000,
        cache_read_tokens=50_001,
        output_tokens=10,
    )
    settled = BOOK.settle(call)
    assert settled.status == PriceStatus.PRICED
    assert settled.cost_pico == (200_001 * 2 + 10 * 9) * 10**6
    assert BOOK.settle(msgspec.structs.replace(call, model="free")).status == PriceStatus.FREE


def test_that_a_description_names_tiers_and_variants() -> None:
    entry = BOOK.describe("acme", "tiered", NOW_MS)
    assert entry is not None
    assert [each.context_above for each in entry.longer] == [128_000, 200_000]
    assert [each.tier for each in entry.variants] == ["batch", "priority"]
    assert BOOK.describe("acme", "unheard-of", NOW_MS) is None


def test_that_the_listing_has_every_model_once() -> None:
    own = PriceOverride(provider="acme", model="dated", input_usd_per_million="5")
    entries = list(PriceBook((ACME,), (own,)).all_prices(NOW_MS))
    assert [entry.model for entry in entries] == ["dated", "nightly", "tiered", "free"]
    assert entries[0].quote.is_own
    assert not list(BOOK.all_prices(NOW_MS, "nobody"))


@pytest.mark.parametrize(
    ("provider", "name", "kind", "expected"),
    [
        ("tavily", "search", "request", "0.001"),
        ("serper", "search", "request", "0.001"),
        ("metaphor", "search", "request", "0.003"),
        ("exa", "search", "request", "0.003"),
        ("firecrawl", "extract", "page", "0.002"),
        ("stability", "image", "image", "0.04"),
        ("gemini", "gemini-2.0-flash-lite", "input", "0.075"),
        ("gemini", "gemini-2.0-flash-lite", "output", "0.30"),
        ("gemini", "gemini-2.5-pro", "input", "1.25"),
        ("gemini", "gemini-2.5-pro", "output", "10.00"),
    ],
)
def test_that_the_books_of_the_program_know_these_prices(
    provider: str, name: str, kind: str, expected: str
) -> None:
    assert usd(open_price_book().quote(provider, name, NOW_MS), kind) == Decimal(expected)


def test_that_the_maintained_list_outranks_the_table_where_it_knows_the_model() -> None:
    quote = open_price_book().quote("gemini", "gemini-2.5-flash", NOW_MS)
    assert usd(quote, "input") == Decimal("0.30")
    assert quote is not None
    assert quote.origin.startswith("maintained list genai-prices")


@pytest.mark.parametrize(
    "name",
    [
        "claude-sonnet-4-5",
        "claude-sonnet-4-5-20250929",
        "Claude-Sonnet-4-5",
        "claude-sonnet-4-5[1m]",
        "claude-sonnet-4-5@20250929",
        "anthropic/claude-sonnet-4.5",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "openrouter/anthropic/claude-sonnet-4.5",
    ],
)
def test_that_a_model_is_known_by_the_names_that_hosts_give_it(name: str) -> None:
    quote = open_price_book().quote("anthropic", name, NOW_MS)
    assert [usd(quote, kind) for kind in KINDS[:5]] == [
        Decimal(text) for text in ("3", "0.3", "3.75", "6", "15")
    ]


def test_that_a_lookalike_is_not_taken_for_a_known_model() -> None:
    book = open_price_book()
    for name in ("claude", "sonnet", "claude-next-9", "gpt", "search", "preview-nova-2026-11"):
        assert book.quote("anthropic", name, NOW_MS) is None
        assert book.quote("openai", name, NOW_MS) is None


def test_that_a_quote_never_prices_tokens_by_the_call() -> None:
    quote = open_price_book().quote("tavily", "search", NOW_MS)
    assert quote is not None
    call = Call(
        identity="x",
        occurred_at_ms=NOW_MS,
        source="test",
        provider="tavily",
        model="search",
        input_tokens=1000,
        requests=2,
    )
    assert price(call, quote) == 2 * 10**9

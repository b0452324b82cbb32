"""Reading usage-logs: rows that are new, moved, merged, unreadable, and whose they are."""

from __future__ import annotations

import pytest

from alwrity_desktop.core.domain.statements import StatementKind
from alwrity_desktop.core.sources.servers.base import USAGE, KnownRows, Pull
from tests.core.sources.servers.asks import DirectAsk, known_after
from tests.core.sources.servers.pulls import direct, fixed_clock, merged, paged, pull, row
from tests.servers import people
from tests.servers.catalogue import Use
from tests.servers.server_clock import ServerClock
from tests.servers.wire import Answer, Request


@pytest.fixture
def at() -> ServerClock:
    return fixed_clock()


def test_that_five_thousand_rows_come_whole_with_few_requests(at: ServerClock) -> None:
    ask = direct(people.heavy("heidi", at))
    first = pull(ask, user="heidi")
    assert len(first.calls) == 5000
    assert len({call.identity for call in first.calls}) == 5000
    assert first.is_complete
    assert len(ask.asked) < 60
    before = len(ask.asked)
    second = pull(ask, known_after(first), user="heidi")
    assert len(ask.asked) - before <= 8
    assert second.calls == ()
    assert not second.is_complete


def test_that_only_new_rows_come_later(at: ServerClock) -> None:
    tenant = people.writer("nora", at, calls=40, days=20)
    ask = direct(tenant)
    known = known_after(pull(ask, user="nora"))
    at.advance(3600)
    tenant.books.book(at.now(), Use("tavily", "tavily-search"), went_to="tavily")
    later = pull(ask, known, user="nora")
    assert [call.provider for call in later.calls] == ["tavily"]
    assert ask.asked[-1][2] == {"limit": "200", "offset": "0"}


def test_that_old_rows_are_found_page_by_page_until_one_is_known() -> None:
    rows = [row(number) for number in range(900, 0, -1)]
    ask = DirectAsk(paged(rows))
    first = pull(DirectAsk(paged(rows[500:])), parts=frozenset({USAGE}))
    assert len(first.calls) == 400
    later = pull(ask, known_after(first), frozenset({USAGE}))
    assert len(later.calls) == 500
    assert len(ask.paths("usage-logs")) == 3


def test_that_a_list_without_an_end_is_left() -> None:
    rows = [row(number) for number in range(30, 0, -1)]

    def door(request: Request) -> Answer:
        return Answer(200, {"logs": rows, "has_more": True, "total_count": 10**6})

    ask = DirectAsk(door)
    found = pull(ask, parts=frozenset({USAGE}))
    assert len(found.calls) == 30
    assert not found.is_complete
    assert any("has no end" in trouble for trouble in found.troubles)
    assert len(ask.paths("usage-logs")) == 2


def test_that_a_row_on_two_pages_is_one_call() -> None:
    rows = [row(number) for number in range(6000, 0, -1)]

    def door(request: Request) -> Answer:
        offset = int(request.query.get("offset", "0"))
        # A new row came between the pages: the old ones moved on by one.
        start = offset - 1 if offset else 0
        page = rows[start : start + 5000]
        return Answer(200, {"logs": page, "has_more": start + 5000 < 6000})

    found = pull(DirectAsk(door), parts=frozenset({USAGE}))
    assert len(found.calls) == 6000


def test_that_merged_rows_of_one_gateway_are_told_apart_once() -> None:
    rows = [row(9), merged(3, 5, "wavespeed"), merged(2, 2, "wavespeed"), merged(1, 4, "google")]
    kinds = {"video": [rows[1]], "audio": [rows[2]], "image_edit": []}

    def door(request: Request) -> Answer:
        provider = request.query.get("provider")
        return Answer(200, {"logs": kinds[provider] if provider else rows, "has_more": False})

    ask = DirectAsk(door)
    first = pull(ask, parts=frozenset({USAGE}))
    assert labels(first) == {"3": "video", "2": "audio", "1": "gemini"}
    assert len(ask.paths("usage-logs")) == 4
    # Nothing but merged rows: the next pull reads them all, and knows them.
    known = KnownRows(is_complete=True, merged=known_after(first).merged)
    again = DirectAsk(door)
    assert labels(pull(again, known, frozenset({USAGE}))) == labels(first)
    assert len(again.paths("usage-logs")) == 1


def labels(found: Pull) -> dict[str, str]:
    return {each.key: each.label for each in found.statements if each.kind is StatementKind.MERGED}


def test_that_rows_without_a_price_are_told_by_their_path() -> None:
    rows = [
        row(4, provider="wavespeed", model_used="new-one", endpoint="/image-edit/new"),
        row(3, provider="wavespeed", model_used="new-one", endpoint="/video-generation/x"),
        row(2, provider="wavespeed", model_used="other", endpoint="/api/tts/x?user=canary@x.y"),
        row(1, provider="wavespeed", model_used="some-text", endpoint="/api/write"),
    ]
    ask = DirectAsk(paged(rows))
    found = pull(ask, parts=frozenset({USAGE}))
    assert [call.provider for call in found.calls] == ["image_edit", "video", "audio", "wavespeed"]
    assert found.calls[2].endpoint == "/api/tts/x"


def test_that_a_call_without_its_figures_is_estimated_and_not_lost() -> None:
    rows = [
        row(3, tokens_input="many", tokens_output=None, tokens_total=None, cost_total="much"),
        row(2, tokens_input=None, tokens_total=50),
        row(1, timestamp="yesterday"),
    ]
    found = pull(DirectAsk(paged(rows)), parts=frozenset({USAGE}))
    unknown, summed = found.calls
    assert (unknown.tokens, unknown.is_estimated, unknown.reported_cost_pico) == (0, True, None)
    assert (summed.input_tokens, summed.output_tokens, summed.is_estimated) == (40, 10, False)
    assert set(found.troubles) >= {
        '"tokens_input" in usage_logs could not be read.',
        '"cost_total" in usage_logs could not be read.',
        '"timestamp" in usage-logs could not be read.',
    }
    assert not any("many" in trouble or "yesterday" in trouble for trouble in found.troubles)

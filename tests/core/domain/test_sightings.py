"""Records of several sources: what is one call, what stays two, and which of them decides."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alwrity_desktop.core.domain.disagreements import Disagreement, disagreements
from alwrity_desktop.core.domain.sightings import (
    ID_SPAN_MS,
    NEAR_MS,
    CallContext,
    Sighting,
    alike,
    context_of,
    evidence,
    is_alike,
    plain_model,
    usable_id,
)
from alwrity_desktop.core.domain.usage import PriceStatus

NOW_MS = 1_795_181_520_000
ID = "chatcmpl-Bx81kQzJ4nY2vTq0aWm3"


def seen(source: str, row: int = 0, **fields: Any) -> Sighting:  # noqa: ANN401 - any field
    """Return a call of GPT-5 as *source* saw it."""
    known: dict[str, Any] = {
        "row": row,
        "account": "local",
        "source": source,
        "provider": "openai",
        "model": "gpt-5",
        "response_id": "",
        "occurred_at_ms": NOW_MS,
        "duration_ms": None,
        "input_tokens": 1200,
        "output_tokens": 80,
    }
    return Sighting(**{**known, **fields})


def groups(*sightings: Sighting) -> set[frozenset[str]]:
    """Return which sources saw the same, by the source's name and the record's number."""
    numbered = [
        seen_again(one, number) if not one.row else one for number, one in enumerate(sightings, 1)
    ]
    return {frozenset(f"{one.source}{one.row}" for one in group) for group in alike(numbered)}


def seen_again(one: Sighting, row: int) -> Sighting:
    return replace(one, row=row)


def test_that_an_id_ties_what_times_and_figures_do_not() -> None:
    late = seen("otlp", response_id=ID, occurred_at_ms=NOW_MS + 3_600_000, output_tokens=81)

    assert groups(seen("gateway", response_id=ID), late) == {frozenset({"gateway1", "otlp2"})}


def test_that_an_id_means_nothing_for_another_model_or_provider_or_day() -> None:
    first = seen("gateway", response_id=ID)

    for other in (
        seen("otlp", response_id=ID, model="gpt-5-mini"),
        seen("otlp", response_id=ID, provider="azure"),
        seen("otlp", response_id=ID, occurred_at_ms=NOW_MS + ID_SPAN_MS + 1),
    ):
        assert len(groups(first, other)) == 2


def test_that_an_id_that_a_source_repeats_ties_nothing() -> None:
    calls = [
        seen("gateway", number, response_id=ID, output_tokens=number) for number in range(1, 9)
    ]
    log = seen("litellm", 9, response_id=ID, output_tokens=1000)

    assert len(groups(*calls, log)) == 9


@pytest.mark.parametrize(
    "weak",
    ["", " ", "None", "null", "0", "17", "chatcmpl-17", "cmpl-42", "abc", "\x00" * 40, "x" * 500],
)
def test_that_what_is_no_id_ties_nothing(weak: str) -> None:
    assert usable_id(weak) == ""


@pytest.mark.parametrize(
    "strong",
    [ID, "msg_013Zva2CMHLNnXjNJJKqJ2EF", "3f2a1b4c-0d8e-4b7a-9f10-aa55bb66cc77", "mAitaLmkHPPlz7I"],
)
def test_that_ids_with_chance_in_them_are_usable(strong: str) -> None:
    assert usable_id(strong) == strong


def test_that_figures_tie_what_one_side_has_no_id_for() -> None:
    near = seen("codex", occurred_at_ms=NOW_MS + NEAR_MS)

    assert groups(seen("gateway", response_id=ID), near) == {frozenset({"gateway1", "codex2"})}


def test_that_two_ids_are_two_calls_however_alike() -> None:
    other = seen("litellm", response_id=ID[::-1])

    assert len(groups(seen("gateway", response_id=ID), other)) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"occurred_at_ms": NOW_MS + NEAR_MS + 1},
        {"input_tokens": 1201},
        {"output_tokens": 81},
        {"model": "gpt-5-mini"},
        {"provider": "azure"},
        {"source": "gateway"},
    ],
)
def test_that_anything_different_keeps_two_calls(fields: dict[str, Any]) -> None:
    assert len(groups(seen("gateway"), seen(**{"source": "codex", **fields}))) == 2


def test_that_two_tools_never_noted_the_same_call() -> None:
    assert len(groups(seen("codex"), seen("opencode"))) == 2
    assert len(groups(seen("codex"), seen("opencode"), seen("gateway"))) == 3


def test_that_calls_without_tokens_are_never_tied_by_figures() -> None:
    nothing = {"input_tokens": 0, "output_tokens": 0}

    assert not is_alike(seen("gateway", **nothing), seen("codex", **nothing))


def test_that_the_duration_of_a_call_lies_between_its_two_times() -> None:
    begun = seen("otlp", occurred_at_ms=NOW_MS - 60_000)

    assert len(groups(seen("gateway"), begun)) == 2
    assert len(groups(seen("gateway", duration_ms=58_000), begun)) == 1


def test_that_what_could_be_either_of_two_calls_stays_a_call_of_its_own() -> None:
    assert len(groups(seen("gateway"), seen("gateway"), seen("codex"))) == 3
    assert len(groups(seen("gateway"), seen("gateway"), seen("codex"), seen("codex"))) == 4


def test_that_an_id_tells_apart_what_is_alike() -> None:
    calls = groups(
        seen("gateway", response_id=ID),
        seen("gateway", response_id=ID[::-1]),
        seen("litellm", response_id=ID),
        seen("litellm", response_id=ID[::-1]),
    )

    assert calls == {frozenset({"gateway1", "litellm3"}), frozenset({"gateway2", "litellm4"})}


def test_that_a_chain_of_nearness_is_no_call() -> None:
    chain = [
        seen(source, occurred_at_ms=NOW_MS + number * 4000)
        for number, source in enumerate(("codex", "gateway", "otlp"))
    ]

    assert len(groups(*chain)) == 3
    assert len(groups(*chain[:2])) == 1


def test_that_roads_and_dates_of_models_do_not_matter() -> None:
    names = {"openai/gpt-5", "gpt-5-2025-08-07", "GPT-5", "gpt-5-latest", "gpt-5"}

    assert {plain_model(name) for name in names} == {"gpt-5"}
    assert plain_model("models/gemini-2.5-pro") == "gemini-2.5-pro"
    assert plain_model("claude-sonnet-4-5@20250929") == "claude-sonnet-4-5"
    assert plain_model("gpt-5-mini") != plain_model("gpt-5")


def test_that_the_best_evidence_comes_first() -> None:
    estimated = seen("gateway", 1, is_estimated=True)
    told, served, logged = seen("otlp", 2), seen("litellm", 3), seen("codex", 4)
    reported = seen("opencode", 5, price_status=PriceStatus.REPORTED)

    ordered = sorted([told, estimated, served, logged, reported], key=evidence)
    assert [one.source for one in ordered] == ["opencode", "codex", "litellm", "otlp", "gateway"]
    (group,) = alike([logged, told, seen("gateway", 9)])
    assert [one.source for one in group] == ["gateway", "codex", "otlp"]


def test_that_what_one_source_does_not_know_another_does() -> None:
    gateway = seen("gateway", agent="reviewer", api_key="key 3f9a21")
    log = seen("codex", project="notes", agent="main", price_status=PriceStatus.LIST_EQUIVALENT)

    context = CallContext("notes", "reviewer", "", "key 3f9a21")
    assert context_of([log, gateway]) == (context, True)


sightings = st.lists(
    st.builds(
        seen,
        source=st.sampled_from(("gateway", "codex", "otlp", "litellm")),
        response_id=st.sampled_from(("", "", ID, ID[::-1], "7")),
        occurred_at_ms=st.integers(0, 8).map(lambda step: NOW_MS + step * 2500),
        duration_ms=st.sampled_from((None, 0, 4000)),
        input_tokens=st.sampled_from((1200, 1300)),
    ),
    max_size=9,
).map(lambda found: [seen_again(one, row) for row, one in enumerate(found, 1)])


@given(sightings, st.randoms(use_true_random=False))
def test_that_the_order_of_records_does_not_matter(found: list[Sighting], random: Random) -> None:
    mixed = list(found)
    random.shuffle(mixed)

    assert groups(*mixed) == groups(*found)


@given(sightings)
def test_that_no_source_sees_a_call_twice_and_none_is_lost(found: list[Sighting]) -> None:
    made = alike(found)
    times_given = Counter((one.source, one.response_id) for one in found)
    repeated = {response_id for (_, response_id), times in times_given.items() if times > 1}

    assert sorted(one.row for group in made for one in group) == [one.row for one in found]
    for group in made:
        assert len({one.source for one in group}) == len(group)
        assert len({usable_id(one.response_id) for one in group} - {""} - repeated) <= 1


@given(sightings, st.data())
def test_that_a_record_changes_only_the_company_of_those_it_can_reach(
    found: list[Sighting], data: st.DataObject
) -> None:
    """A record that is like none, by figures or by id, leaves all others as they were."""
    if not found:
        return
    one = data.draw(st.sampled_from(found))
    others = [each for each in found if each.row != one.row]
    is_tied = any(
        is_alike(one, other) or (one.response_id and one.response_id == other.response_id)
        for other in others
    )
    if not is_tied:
        rest = {group for group in groups(*found) if group != {f"{one.source}{one.row}"}}
        assert rest == groups(*others)


def a_row(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    known = dict.fromkeys(
        (
            "cache_read_tokens",
            "cache_write_5m_tokens",
            "cache_write_1h_tokens",
            "reasoning_tokens",
            "requests",
            "web_searches",
            "images",
            "pages",
            "status_code",
        ),
        0,
    )
    words = dict.fromkeys(("project", "agent", "conversation"), "")
    figures = {"model": "gpt-5", "input_tokens": 1200, "output_tokens": 80, "cost_pico": 5}
    return {**known, **words, **figures, **fields}


def test_that_sources_that_say_the_same_do_not_disagree() -> None:
    gateway = a_row(input_tokens=200, cache_read_tokens=1000, model="gpt-5-2025-08-07")

    assert disagreements([("gateway", gateway), ("litellm", a_row(cost_pico=None))]) == ()


def test_that_a_disagreement_says_who_says_what() -> None:
    rows = [("gateway", a_row()), ("codex", a_row(output_tokens=1, cost_pico=2, project="notes"))]

    assert disagreements(rows) == (
        Disagreement("output_tokens", (("gateway", 80), ("codex", 1))),
        Disagreement("cost_pico", (("gateway", 5), ("codex", 2))),
    )

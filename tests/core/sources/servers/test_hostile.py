"""Bodies that lie about themselves: a lie costs its own field, never the pull."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alwrity_desktop.core.domain.errors import AskingError
from alwrity_desktop.core.domain.money import MAX_COST_PICO
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL
from alwrity_desktop.core.sources.servers import agent_billing
from alwrity_desktop.core.sources.servers.alwrity import SERVER
from alwrity_desktop.core.sources.servers.base import PARTS, KnownRows, Pull
from alwrity_desktop.core.sources.servers.fields import MAX_COUNT, MAX_TEXT
from tests.core.sources.servers.asks import NOW_MS, DirectAsk, only
from tests.core.sources.servers.test_agent_billing import EXAMPLE
from tests.servers.recorded import RecordedTenant
from tests.servers.recording_files import ALICE, BOB, ERIN
from tests.servers.wire import Answer, Request

ALL: Final = frozenset(PARTS)
CANARY: Final = "canary-7f3a9c"

WRONG: Final = st.sampled_from(
    [
        None,
        True,
        -5,
        10**30,
        1.5,
        float("1e300"),
        "",
        "12",
        "-1",
        CANARY,
        "x" * 5000,
        [],
        {},
        [CANARY],
        {"a": CANARY},
        "2026-99",
        "\x00\u202e",
    ]
)
HEALED: Final = (
    '{"success": true, "data": NaN}',
    "[1, 2, 3]",
    '"text"',
    "null",
    "{}",
    '{"success": true, "data": null}',
    '{"success": true, "data": []}',
    '{"success": true, "data": "canary-7f3a9c"}',
    '{"success": false, "error": "canary-7f3a9c", "data": {"total_calls": 0}}',
    '{"logs": {}}',
    '{"logs": [null, 1, {"id": 1}], "has_more": true}',
    '{"detail": "canary-7f3a9c"}',
    '{"data": {"data": {"data": {}}}}',
)


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where the values of a JSON document stand."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index in range(min(len(value), 3)):
            yield from places(value[index], (*path, index))


class LyingDoor:
    """A door whose answers about one path are spoilt at some places."""

    def __init__(self, user: str, part: str, data: st.DataObject) -> None:
        self.tenant = RecordedTenant(user)
        self.part = part
        self.data = data
        self.spoilt: Answer | None = None

    def __call__(self, request: Request) -> Answer:
        answer = self.tenant.answer(request)
        if self.part not in request.path or answer.status != 200:
            return answer
        if self.spoilt is None:
            self.spoilt = Answer(200, self._spoilt(json.loads(answer.content())))
        return self.spoilt

    def _spoilt(self, body: Any) -> object:  # noqa: ANN401 - any JSON value
        body = deepcopy(body)
        for place in self.data.draw(
            st.lists(st.sampled_from(list(places(body))), min_size=1, max_size=4)
        ):
            self._spoil(body, place)
        return body

    def _spoil(self, body: Any, place: tuple[Any, ...]) -> None:  # noqa: ANN401 - as above
        holder = body
        for step in place[:-1]:
            try:
                holder = holder[step]
            except (KeyError, IndexError, TypeError):
                return
        last = place[-1]
        if isinstance(holder, list) and isinstance(last, int) and last < len(holder):
            holder[last] = deepcopy(self.data.draw(WRONG))
        if not isinstance(holder, dict):
            return
        if self.data.draw(st.booleans()):
            holder.pop(last, None)
            holder[f"new_{last}"] = CANARY
        else:
            holder[last] = deepcopy(self.data.draw(WRONG))


def judge(found: Pull) -> None:
    """Check that nothing beyond belief came through, and no content into a trouble."""
    for call in found.calls:
        assert 0 <= call.tokens <= 2 * MAX_TOKENS_PER_CALL
        assert call.reported_cost_pico is None or 0 <= call.reported_cost_pico <= MAX_COST_PICO
        assert len(call.model) <= MAX_TEXT
        assert call.model.isprintable()
    for said in found.statements:
        for figure in (said.calls, said.tokens, said.messages):
            assert figure is None or 0 <= figure <= MAX_COUNT
        assert said.cost_pico is None or 0 <= said.cost_pico <= MAX_COST_PICO
        assert said.label.isprintable()
    for limit in found.facts.limits or ():
        assert limit.limit is None or limit.limit > 0
    for trouble in found.troubles:
        assert CANARY not in trouble
        assert trouble.isprintable()


def quiet(ask: Callable[[], Pull]) -> Pull | None:
    """Return a pull that was judged; None for an error that shows nothing of any body."""
    try:
        found = ask()
    except AskingError as error:
        if CANARY in str(error):
            pytest.fail("the error shows what the server sent")
        return None
    judge(found)
    return found


@pytest.mark.parametrize(
    "part",
    [
        "/status/",
        "/subscription/user/",
        "/dashboard/",
        "/trends",
        "/alerts/",
        "/usage-logs",
        "/plans",
        "/pricing",
        "/renewal-history/",
        "/monitoring/",
        "/health/comprehensive",
    ],
)
@settings(max_examples=25)
@given(data=st.data(), user=st.sampled_from([ALICE, BOB, ERIN]))
def test_that_a_lie_costs_its_own_field(part: str, user: str, data: st.DataObject) -> None:
    found = SERVER.pull(
        DirectAsk(LyingDoor(user, part, data)), "mine", user, KnownRows(), ALL, NOW_MS
    )
    judge(found)
    honest = SERVER.pull(
        DirectAsk(RecordedTenant(user).answer), "mine", user, KnownRows(), ALL, NOW_MS
    )
    if part not in {"/usage-logs", "/pricing"}:
        assert found.calls == honest.calls
    if part != "/plans":
        assert found.facts.plans == honest.facts.plans
    if part not in {"/alerts/", "/dashboard/"}:
        assert found.alerts == honest.alerts


@pytest.mark.parametrize("body", HEALED)
@pytest.mark.parametrize("user", [ALICE, ERIN])
def test_that_bodies_of_another_kind_are_unknown(user: str, body: str) -> None:
    ask = DirectAsk(lambda _request: Answer(200, body.encode()))
    found = quiet(lambda: SERVER.pull(ask, "mine", user, KnownRows(), ALL, NOW_MS))
    if found is not None:
        assert found.calls == ()
        assert found.facts.health is None or found.facts.health.status is None
        assert not found.facts.limits
        totals = {each.calls for each in found.statements}
        assert totals <= {None}


@pytest.mark.parametrize("body", HEALED)
def test_that_an_agent_platform_with_bodies_of_another_kind_says_nothing(body: str) -> None:
    ask = DirectAsk(lambda _request: Answer(200, body.encode()))
    with pytest.raises(AskingError) as caught:
        agent_billing.SERVER.pull(ask, "bots", "", KnownRows(), ALL, NOW_MS)
    assert CANARY not in str(caught.value)


@settings(max_examples=60)
@given(data=st.data())
def test_that_a_lie_of_an_agent_platform_costs_its_own_field(data: st.DataObject) -> None:
    body = LyingDoor(ALICE, "", data)._spoilt(deepcopy(EXAMPLE))
    ask = DirectAsk(only({agent_billing.PATH: body}))  # type: ignore[dict-item]
    quiet(lambda: agent_billing.SERVER.pull(ask, "bots", "", KnownRows(), ALL, NOW_MS))

"""Calls out of spans and events: pure, and of each call once however many spans wrap it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from alwrity_desktop.core.domain.identity import lone_identity
from alwrity_desktop.core.domain.money import MAX_COST_PICO, PICO_PER_USD, pico_from_usd
from alwrity_desktop.core.domain.row_identity import is_weak
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL, Call
from alwrity_desktop.core.otlp.conventions import (
    CALL_KINDS,
    CALLS,
    NO_CALLS,
    Value,
    named,
    provider_named,
)
from alwrity_desktop.core.otlp.messages import Event, Span

SOURCE: Final = "otlp"

NO_USAGE: Final = "A call was reported without its tokens"
BAD_COUNT: Final = "A token count is not a whole number from 0 to a billion"
BAD_TIME: Final = "The time is missing, before 2015, or in the future"
BAD_MODEL: Final = "A call was reported without its model"
BAD_COST: Final = "The cost is not an amount of money"

EARLIEST_MS: Final = 1_420_070_400_000
LATEST_AHEAD_MS: Final = 5 * 60 * 1000

_NS_PER_MS: Final = 1_000_000
_MAX_TEXT: Final = 200
_MAX_DURATION_MS: Final = 1_000_000_000
_MAX_COST_USD: Final = Decimal(MAX_COST_PICO // PICO_PER_USD)
_ERRORS: Final = range(400, 600)
_STATUSES: Final = range(100, 600)


class RefusedError(Exception):
    """A span or event that is a call, and cannot be taken; the text is the reason."""


class Told(NamedTuple):
    """What a message told: its calls, and why some of what it reported is none."""

    calls: list[Call]
    refused: list[str]
    #: The services that reported calls.
    services: frozenset[str] = frozenset()


class Kinds(NamedTuple):
    """Disjoint counts of tokens."""

    given: int
    read: int
    write: int
    output: int
    reasoning: int


class _EventForm(NamedTuple):
    """How one tool reports a call as an event; "" where it does not say."""

    input: str
    output: str
    cache_read: str
    cache_write: str
    #: Counted beside the output, or inside it.
    thoughts: str
    tool: str
    reasoning: str
    is_cache_inside: bool


_EVENTS: Final = {
    "api_request": _EventForm(
        *("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"),
        *("", "", ""),
        is_cache_inside=False,
    ),
    "gemini_cli.api_response": _EventForm(
        *("input_token_count", "output_token_count", "cached_content_token_count", ""),
        *("thoughts_token_count", "tool_token_count", ""),
        is_cache_inside=True,
    ),
    "codex.sse_event": _EventForm(
        *("input_token_count", "output_token_count", "cached_token_count", ""),
        *("", "", "reasoning_token_count"),
        is_cache_inside=True,
    ),
}
_CLAUDE_CODE: Final = "claude_code."
_FAILURE: Final = "api_error"


def calls_of_spans(spans: Iterable[Span], now_ms: int) -> Told:
    """Return the calls that *spans* are; of spans in one another that tell one call, the inner."""
    candidates = [span for span in spans if _is_call(span.attributes)]
    wrapped = _wrapping(candidates)
    calls, refused, services = [], [], set()
    for span in candidates:
        if (span.trace_id, span.span_id) in wrapped:
            continue
        try:
            calls.append(_call_of_span(span, now_ms))
            services.add(span.service)
        except RefusedError as error:
            refused.append(str(error))
    return Told(calls, refused, frozenset(services))


def calls_of_events(events: Iterable[Event], now_ms: int) -> Told:
    """Return the calls that tools report as events of their logs."""
    calls, refused, services = [], [], set()
    for event in events:
        try:
            for call in _call_of_event(event, now_ms):
                calls.append(call)
                services.add(event.service)
        except RefusedError as error:
            refused.append(str(error))
    return Told(calls, refused, frozenset(services))


def _is_call(attributes: Mapping[str, Value]) -> bool:
    kind, operation = named(attributes, "kind"), named(attributes, "operation")
    if isinstance(kind, str) and kind.lower() not in CALL_KINDS:
        return False
    if isinstance(operation, str) and operation.lower() in CALLS | NO_CALLS:
        return operation.lower() in CALLS
    return named(attributes, "input") is not None or named(attributes, "output") is not None


def _wrapping(spans: Iterable[Span]) -> set[tuple[str, str]]:
    """Return the spans that only wrap another one of the same call.

    Two libraries that watch the same request make a span each, one in the other, with one
    response id. Spans beside one another are calls of their own, whatever their ids.
    """
    by_id = {(span.trace_id, span.span_id): span for span in spans if span.span_id}
    found = set()
    for span in by_id.values():
        parent = by_id.get((span.trace_id, span.parent_id))
        response = named(span.attributes, "response_id")
        if parent is None or parent is span or not response:
            continue
        if named(parent.attributes, "response_id") == response:
            found.add((parent.trace_id, parent.span_id))
    return found


def _call_of_span(span: Span, now_ms: int) -> Call:
    attributes = span.attributes
    model = _text(named(attributes, "model"))
    if not model:
        raise RefusedError(BAD_MODEL)
    names = ("input", "cache_read", "cache_write", "output", "reasoning")
    said = [named(attributes, name) for name in names]
    if said[0] is None and said[3] is None and not span.is_error:
        raise RefusedError(NO_USAGE)
    counts = _kinds(*(_count(value) for value in said), is_cache_inside=True)
    at_ms = _moment_ms(span.end_ns or span.start_ns, now_ms)
    response = _text(named(attributes, "response_id"))
    key = f"{span.trace_id}-{span.span_id}" if span.trace_id and span.span_id else response
    if not key:
        key = f"{span.service}-{at_ms}-{model}-{'-'.join(map(str, counts))}"
    return _call(
        key,
        at_ms,
        model,
        counts,
        provider=provider_named(model, named(attributes, "provider")),
        duration_ms=_duration_ms((span.end_ns - span.start_ns) / _NS_PER_MS),
        status_code=_status(named(attributes, "status"), is_error=span.is_error),
        project=_text(span.service),
        agent=_text(named(attributes, "agent")),
        conversation=_text(named(attributes, "conversation")),
        endpoint=_text(named(attributes, "operation")),
        response_id="" if is_weak(response) else response,
    )


def _call_of_event(event: Event, now_ms: int) -> Iterator[Call]:
    name = event.name.removeprefix(_CLAUDE_CODE)
    attributes = event.attributes
    form = _EVENTS.get(name)
    is_failure = name == _FAILURE
    if form is None and not is_failure:
        return
    said = [attributes.get(each) for each in form[:-1]] if form else [None] * 7
    if form and said[0] is None and said[1] is None:
        if name == "codex.sse_event":
            return
        raise RefusedError(NO_USAGE)
    given, output, read, write, thoughts, tool, reasoning = map(_count, said)
    model = _text(attributes.get("model"))
    if not model:
        raise RefusedError(BAD_MODEL)
    inside = _kinds(
        given, read, write, output, reasoning, is_cache_inside=bool(form and form.is_cache_inside)
    )
    counts = inside._replace(
        given=inside.given + tool,
        output=inside.output + thoughts,
        reasoning=inside.reasoning + thoughts,
    )
    at_ms = _moment_ms(event.time_ns, now_ms)
    session = _text(attributes.get("session.id") or attributes.get("conversation.id"))
    order = _text(attributes.get("event.sequence"))
    yield _call(
        f"{name}-{session}-{at_ms}-{model}-{order or '-'.join(map(str, counts))}",
        at_ms,
        model,
        counts,
        provider=provider_named(model, None),
        duration_ms=_duration_ms(_number(attributes.get("duration_ms"))),
        status_code=_status(attributes.get("status_code"), is_error=is_failure),
        conversation=session,
        endpoint=name,
        reported_cost_pico=_cost(attributes.get("cost_usd")),
    )


def _call(key: str, at_ms: int, model: str, counts: Kinds, **more: object) -> Call:
    if sum(counts[:-1]) > MAX_TOKENS_PER_CALL:
        raise RefusedError(BAD_COUNT)
    return Call(
        identity=lone_identity(SOURCE, key),
        occurred_at_ms=at_ms,
        source=SOURCE,
        model=model,
        input_tokens=counts.given,
        cache_read_tokens=counts.read,
        cache_write_5m_tokens=counts.write,
        output_tokens=counts.output,
        reasoning_tokens=min(counts.reasoning, counts.output),
        **more,  # type: ignore[arg-type]
    )


def _kinds(
    given: int, read: int, write: int, output: int, reasoning: int, *, is_cache_inside: bool
) -> Kinds:
    """Return the disjoint kinds; a cache that is larger than the input cannot be inside it."""
    if is_cache_inside and read + write <= given:
        given -= read + write
    return Kinds(given, read, write, output, reasoning)


def _count(value: Value | None) -> int:
    if value is None:
        return 0
    number = _number(value)
    if number is None or not 0 <= number <= MAX_TOKENS_PER_CALL or number != int(number):
        raise RefusedError(BAD_COUNT)
    return int(number)


def _number(value: Value | None) -> float | None:
    if isinstance(value, str) and value.strip().isascii():
        try:
            return float(value)
        except ValueError:
            return None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _moment_ms(time_ns: int, now_ms: int) -> int:
    at_ms = time_ns // _NS_PER_MS
    if not EARLIEST_MS <= at_ms <= now_ms + LATEST_AHEAD_MS:
        raise RefusedError(BAD_TIME)
    return at_ms


def _duration_ms(value: float | None) -> int | None:
    return round(value) if value is not None and 0 <= value <= _MAX_DURATION_MS else None


def _status(value: Value | None, *, is_error: bool) -> int | None:
    number = _number(value)
    known = _ERRORS if is_error else _STATUSES
    return int(number) if number is not None and number in known else None


def _cost(value: Value | None) -> int | None:
    """Return a cost that a tool worked out; 0 stands for unknown there."""
    if value is None:
        return None
    try:
        usd = Decimal(str(value))
    except InvalidOperation:
        raise RefusedError(BAD_COST) from None
    if not usd.is_finite() or not 0 <= usd <= _MAX_COST_USD:
        raise RefusedError(BAD_COST)
    return pico_from_usd(usd) or None


def _text(value: Value | None) -> str:
    if value is None:
        return ""
    text = "".join(sign for sign in str(value) if sign.isprintable())
    return text.strip()[:_MAX_TEXT]

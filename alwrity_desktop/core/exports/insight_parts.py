"""Tables of patterns, of what the money bought, and of tips and plans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from alwrity_desktop.core.account_documents import comparison_document
from alwrity_desktop.core.document_values import Document
from alwrity_desktop.core.documents import tip_document
from alwrity_desktop.core.domain.insight_values import ACTIVITY, SPENDING
from alwrity_desktop.core.domain.periods import WEEKDAYS
from alwrity_desktop.core.exports.contents import PLANS, Contents, Part
from alwrity_desktop.core.insight_documents import activity_document, spending_document

_USD: Final = "usd"

_PERFORMANCE: Final = (
    "calls",
    "tokens",
    "cost_usd",
    "cost_per_call_usd",
    "cost_per_million_tokens_usd",
    "p50_duration_ms",
    "p95_duration_ms",
    "error_rate_percent",
    "tokens_per_second",
    "cheapest",
    "fastest",
    "most_reliable",
)
_CACHE: Final = ("hit_percent", "saved_usd")

_UNIT_COSTS: Final = {
    "per_call_usd": "cost of a call",
    "per_message_usd": "cost of a message",
    "per_conversation_usd": "cost of a conversation",
    "per_million_tokens_usd": "cost of a million tokens",
}
_OF_CACHE: Final = {
    "hit_percent": ("input read from the cache", "percent"),
    "saved_usd": ("saved by caching", _USD),
    "read_tokens": ("read from the cache", "tokens"),
    "written_tokens": ("written to the cache", "tokens"),
}
_OF_ERRORS: Final = {
    "calls": ("failed calls", "calls"),
    "paid_calls": ("failed calls that were paid", "calls"),
    "cost_usd": ("cost of failed calls", _USD),
    "share_percent": ("share of failed calls in the cost", "percent"),
}
_OF_VELOCITY: Final = {
    "cost_per_hour_usd": ("cost an hour", _USD),
    "cost_per_day_usd": ("cost a day", _USD),
    "calls_per_hour": ("calls an hour", "calls"),
    "tokens_per_hour": ("tokens an hour", "tokens"),
    "times_usual": ("times the usual rate", "times"),
}


def _patterns(contents: Contents) -> Iterator[Document]:
    """Yield the hours of the week, what peaks, and the season, of each measure."""
    for activity in map(activity_document, contents.report.activity):
        measure = activity["kind"]
        for hour in activity["hours"]:
            key = f"{WEEKDAYS[hour['weekday']]} {hour['hour']}"
            yield _pattern(measure, "hour of the week", key, hour)
        for peak in activity["peaks"]:
            yield _pattern(measure, f"peak {peak['kind'].replace('_', ' ')}", peak["key"], peak)
        for name in ("weekly", "monthly"):
            for part in activity[name]:
                season = {"percent_of_average": part["percent"], "clear": part["clear"]}
                yield _pattern(measure, f"{name} season", part["key"], season)


def _pattern(measure: str, pattern: str, key: str, known: Document) -> Document:
    names = ("amount", "share_percent", "times", "percent_of_average", "clear")
    values = {name: known.get(name) for name in names}
    return {"measure": measure, "pattern": pattern, "key": key, **values}


def _unusual(contents: Contents) -> Iterator[Document]:
    """Yield unusual days and hours, a row for each thing that explains them."""
    for activity in map(activity_document, contents.report.activity):
        for unusual in activity["unusual"]:
            for cause in unusual["causes"] or [{}]:
                yield {
                    "measure": activity["kind"],
                    **unusual,
                    "cause": cause.get("dimension"),
                    "cause_key": cause.get("key"),
                    "cause_excess": cause.get("excess"),
                    "cause_share_percent": cause.get("share_percent"),
                }


def _spent(contents: Contents) -> Document | None:
    spending = contents.report.spending
    return None if spending is None else spending_document(spending)


def _spending(contents: Contents) -> Iterator[Document]:
    """Yield figures one by one: unit costs, caching, failed calls, how fast money goes."""
    spent = _spent(contents)
    if spent is None:
        return
    for name, words in _UNIT_COSTS.items():
        yield _figure(words, None, spent[name], _USD)
    for name, (words, unit) in _OF_CACHE.items():
        yield _figure(words, None, (spent["cache"] or {}).get(name), unit)
    for name, (words, unit) in _OF_ERRORS.items():
        yield _figure(words, None, spent["errors"][name], unit)
    for velocity in spent["velocities"]:
        for name, (words, unit) in _OF_VELOCITY.items():
            yield _figure(words, velocity["name"], velocity[name], unit)


def _figure(words: str, of: str | None, value: object, unit: str) -> Document:
    return {"figure": words, "of": of, "value": value, "unit": unit}


def _kinds(contents: Contents) -> Iterator[Document]:
    spent = _spent(contents)
    return iter(() if spent is None else spent["kinds"])


def _models(contents: Contents) -> Iterator[Document]:
    spent = _spent(contents)
    for model in () if spent is None else spent["models"]:
        cache = model["cache"] or {}
        yield {**model, **{name: cache.get(name) for name in _CACHE}}


def _sides(contents: Contents) -> Iterator[Document]:
    spent = _spent(contents)
    for dimension, rows in () if spent is None else spent["sides"].items():
        for row in rows:
            yield {"dimension": dimension, **row}


def _dearest(contents: Contents) -> Iterator[Document]:
    spent = _spent(contents)
    return iter(() if spent is None else spent["dearest_calls"])


def _conversations(contents: Contents) -> Iterator[Document]:
    spent = _spent(contents)
    return iter(() if spent is None else spent["dearest_conversations"])


def _tips(contents: Contents) -> Iterator[Document]:
    """Yield the tips, each with the calls that it names."""
    for tip in map(tip_document, contents.report.tips):
        evidence = "; ".join(f"{fact['name']}: {fact['value']}" for fact in tip["evidence"])
        query = {
            f"calls_{name}": tip["query"][name] for name in ("from", "to", "provider", "model")
        }
        instead = {f"instead_{name}": value for name, value in tip["instead"].items()}
        yield {**tip, **query, **instead, "evidence": evidence}


def _plans(contents: Contents) -> Iterator[Document]:
    """Yield the plans, each way to pay it with what it would save."""
    if contents.plans is None:
        return
    told = comparison_document(contents.plans)
    advice = {(one["plan"], one["cycle"]): one for one in told["advice"]}
    for plan in told["plans"]:
        found = advice.get((plan["plan"], plan["cycle"]), {})
        is_recommended = plan["plan"] == told["recommended"]
        yield {
            **plan,
            "recommended": is_recommended,
            "why": told["why"] if is_recommended else None,
            "saving_per_month_usd": found.get("saving_usd_per_month"),
            "advice": found.get("text"),
            "replayed_from": told["from"],
            "replayed_to": told["to"],
            "basis": told["basis"],
        }


_OF_ACTIVITY: Final = frozenset({ACTIVITY})
_OF_SPENDING: Final = frozenset({SPENDING})

PATTERNS: Final = Part(
    "patterns",
    "Hours of the week, peaks, weekly and monthly season",
    (
        "measure",
        "pattern",
        "key",
        "amount",
        "share_percent",
        "times",
        "percent_of_average",
        "clear",
    ),
    _patterns,
    _OF_ACTIVITY,
    frozenset({"amount"}),
)
UNUSUAL: Final = Part(
    "unusual",
    "Unusual days and hours, and what explains them",
    (
        "measure",
        "day",
        "hour",
        "amount",
        "usual",
        "deviations",
        "cause",
        "cause_key",
        "cause_excess",
        "cause_share_percent",
    ),
    _unusual,
    _OF_ACTIVITY,
    frozenset({"amount", "usual", "cause_excess"}),
)
SPENT: Final = Part(
    "spending",
    "Unit costs, caching, failed calls, and how fast money goes",
    ("figure", "of", "value", "unit"),
    _spending,
    _OF_SPENDING,
    frozenset({"value"}),
)
KINDS: Final = Part(
    "token-kinds",
    "What each kind of token, request and image cost",
    ("kind", "quantity", "cost_usd", "unit_cost_usd", "share_percent", "unpriced_quantity"),
    _kinds,
    _OF_SPENDING,
)
MODELS: Final = Part(
    "models",
    "Models side by side",
    ("provider", "model", *_PERFORMANCE, *_CACHE),
    _models,
    _OF_SPENDING,
)
COMPARED: Final = Part(
    "side-by-side",
    "Providers, agents, projects and endpoints side by side",
    ("dimension", "key", *_PERFORMANCE),
    _sides,
    _OF_SPENDING,
)
DEAREST: Final = Part(
    "dearest-calls",
    "The calls that cost most",
    (
        "at",
        "provider",
        "model",
        "input_tokens",
        "output_tokens",
        "tokens",
        "cost_usd",
        "times_average",
        "conversation",
        "project",
        "agent",
        "endpoint",
        "id",
    ),
    _dearest,
    _OF_SPENDING,
)
CONVERSATIONS: Final = Part(
    "dearest-conversations",
    "The conversations that cost most",
    ("key", "share_percent", *_PERFORMANCE[: _PERFORMANCE.index("cheapest")]),
    _conversations,
    _OF_SPENDING,
)
TIPS: Final = Part(
    "tips",
    "What could be changed, and what it would save",
    (
        "id",
        "kind",
        "class",
        "text",
        "saving_usd",
        "saving_percent",
        "basis",
        "assumption",
        "calls",
        "cost_usd",
        "instead_usd",
        "instead_provider",
        "instead_model",
        "calls_from",
        "calls_to",
        "calls_provider",
        "calls_model",
        "evidence",
        "state",
        "done_at",
        "brought_usd",
    ),
    _tips,
)
PLAN_ROWS: Final = Part(
    "plans",
    "The own calls replayed on every plan",
    (
        "plan",
        "cycle",
        "price_usd",
        "fits",
        "first_limit_hit",
        "hit_on",
        "recommended",
        "why",
        "saving_per_month_usd",
        "advice",
        "replayed_from",
        "replayed_to",
        "basis",
    ),
    _plans,
    frozenset({PLANS}),
)

"""What a provider bills, day by day and model by model, gathered into statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

import msgspec

from alwrity_desktop.core.domain.errors import PersonError
from alwrity_desktop.core.domain.server import Preflight, ServerFacts
from alwrity_desktop.core.domain.statements import Statement, StatementKind
from alwrity_desktop.core.sources.servers.base import TRENDS, USAGE, Ask, KnownRows, Pull
from alwrity_desktop.core.sources.servers.fields import Flag, Place, Shape, Text, Troubles, read
from alwrity_desktop.core.sources.servers.questions import Questions

ORIGIN: Final = "billing"
FIRST_MONTHS: Final = 6
"""How many months the first pull looks back, the present one included."""

LATER_MONTHS: Final = 2
"""How many months are looked at again: providers correct a month after its end."""

MAX_PAGES: Final = 60
PRESENT: Final = "month"
"""The period of a statement about the present month."""

_CANNOT: Final = ("alerts", "preflight", "checkout", "portal", "live", "usage_logs")
_FARTHEST_ZONES: Final = timedelta(hours=14)
_DOLLARS: Final = frozenset({"", "usd"})

PageT = TypeVar("PageT", bound="Page")


class Page(Shape):
    """One page of a list that is asked for page by page."""

    has_more: Flag = None
    next_page: Text = None


class _Sum(msgspec.Struct):
    """What is known of one day, month or model; None where nothing was said."""

    cost_pico: int | None = None
    calls: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None

    def add(self, name: str, value: int | None) -> None:
        if value is not None:
            setattr(self, name, (getattr(self, name) or 0) + value)

    @property
    def tokens(self) -> int | None:
        known = [each for each in (self.input_tokens, self.output_tokens) if each is not None]
        return sum(known) if known else None


class Usage(msgspec.Struct, frozen=True):
    """What one row says was used of one model; None where it does not say."""

    model: str | None = None
    cost_pico: int | None = None
    calls: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


class Bill(msgspec.Struct):
    """Adds up rows; amounts in other currencies than dollars are kept apart."""

    days: defaultdict[str, _Sum] = msgspec.field(default_factory=lambda: defaultdict(_Sum))
    months: defaultdict[str, _Sum] = msgspec.field(default_factory=lambda: defaultdict(_Sum))
    models: defaultdict[tuple[str, str], _Sum] = msgspec.field(
        default_factory=lambda: defaultdict(_Sum)
    )
    foreign: defaultdict[tuple[str, str], Decimal] = msgspec.field(
        default_factory=lambda: defaultdict(Decimal)
    )

    def open_day(self, day: str, *, has_cost: bool) -> None:
        """Note that *day* was answered, even if nothing was used on it."""
        for total in (self.days[day], self.months[day[:7]]):
            if has_cost:
                total.add("cost_pico", 0)

    def add(self, day: str, row: Usage) -> None:
        """Add a row of *day*."""
        totals = [self.days[day], self.months[day[:7]]]
        if row.model:
            totals.append(self.models[day[:7], row.model])
        for total in totals:
            for name in ("cost_pico", "calls", "input_tokens", "output_tokens"):
                total.add(name, getattr(row, name))

    def add_foreign(self, day: str, currency: str, amount: Decimal) -> None:
        """Keep an amount that is no dollars beside them."""
        self.foreign[day[:7], currency.upper()[:8]] += amount

    def statements(
        self, account: str, provider: str, now_ms: int, whole_since: str | None
    ) -> Iterator[Statement]:
        """Yield a statement for each day, and for each month and model from *whole_since* on.

        *whole_since* is the first month of which every day came, None when none did.
        """
        teller = _Teller(account, now_ms)
        for day, total in self.days.items():
            if total.cost_pico is not None:
                yield teller.said(StatementKind.DAY, day[:7], day, total)
        if whole_since is None:
            return
        for period, key in self._periods(now_ms):
            total = self.months[period]
            if total.cost_pico is None or period < whole_since:
                continue
            yield teller.said(StatementKind.TOTAL, key, "", total)
            if provider and key != PRESENT:
                yield teller.said(StatementKind.PROVIDER, key, provider, total)
            for (month, model), part in self.models.items():
                if month == period:
                    yield teller.said(StatementKind.MODEL, key, model, part)
        for (month, currency), amount in self.foreign.items():
            label = f"{amount.normalize():f} {currency}"
            yield teller.said(StatementKind.TOTAL, month, currency, _Sum(), label)

    def _periods(self, now_ms: int) -> Iterator[tuple[str, str]]:
        """Yield each month with its names; the present one is so called where it is everywhere.

        Bills are cut in UTC: around a month's end it is another month for some.
        """
        now = datetime.fromtimestamp(now_ms / 1000, UTC)
        here = {f"{now + shift:%Y-%m}" for shift in (-_FARTHEST_ZONES, _FARTHEST_ZONES)}
        for month in sorted(self.months):
            yield month, month
            if here == {month}:
                yield month, PRESENT


class _Teller(msgspec.Struct, frozen=True):
    account: str
    now_ms: int

    def said(
        self, kind: StatementKind, period: str, key: str, total: _Sum, label: str = ""
    ) -> Statement:
        return Statement(
            account=self.account,
            origin=ORIGIN,
            kind=kind,
            period=period,
            key=key,
            label=label,
            calls=total.calls,
            tokens=total.tokens,
            input_tokens=total.input_tokens,
            output_tokens=total.output_tokens,
            cost_pico=total.cost_pico,
            said_at_ms=self.now_ms,
            confirmed_at_ms=self.now_ms,
        )


def month_of(day: date) -> str:
    """Return the month of *day* as statements name it."""
    return f"{day:%Y-%m}"


def is_due(parts: frozenset[str], known: KnownRows) -> bool:
    """Return whether to ask now: with the trends, and until the first pull was whole."""
    return TRENDS in parts or (USAGE in parts and not known.is_complete)


def first_day(known: KnownRows, now_ms: int) -> date:
    """Return the first day to ask for, a month's first."""
    day = datetime.fromtimestamp(now_ms / 1000, UTC).date().replace(day=1)
    for _ in range((LATER_MONTHS if known.is_complete else FIRST_MONTHS) - 1):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


def day_of_seconds(start_s: int | None) -> str | None:
    """Return the UTC day that begins at *start_s*, seconds since 1970."""
    if start_s is None or not 0 < start_s < 1 << 33:
        return None
    return datetime.fromtimestamp(start_s, UTC).date().isoformat()


def is_dollars(currency: str | None) -> bool:
    """Return whether an amount is in US dollars; so it is where nothing is said."""
    return (currency or "").strip().lower() in _DOLLARS


def pages(
    questions: Questions,
    place: Place,
    path: str,
    shape: type[PageT],
    params: Mapping[str, str | int],
) -> Iterator[PageT | None]:
    """Yield the pages of a list, None at the end where one could not be had."""
    asked: set[str] = set()
    more: dict[str, str | int] = {}
    for _ in range(MAX_PAGES):
        page = questions.piece(place.name, path, _reading(shape), {**params, **more})
        yield page
        if page is None or not page.has_more:
            return
        if not page.next_page or page.next_page in asked:
            break
        asked.add(page.next_page)
        more = {"page": page.next_page}
    place.troubles.say(f"The list of {place.name} never ended; its first {MAX_PAGES} pages count.")
    yield None


def _reading(shape: type[PageT]) -> Callable[[object, Place], PageT]:
    return lambda data, place: read(shape, data, place)


def facts(questions: Questions) -> ServerFacts:
    """Return what the provider's billing can do."""
    if not questions.abilities:
        return ServerFacts()
    abilities = questions.abilities | dict.fromkeys(_CANNOT, False)
    return ServerFacts(abilities=tuple(sorted(abilities.items())))


class BillingOnly:
    """What no provider's billing can do, for all of them alike."""

    has_user: bool = False

    def mark_read(self, ask: Ask, ids: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG002 - the contract's, here and below
        """Return *ids*: there are no alerts that could be unread."""
        return ids

    def preflight(
        self,
        ask: Ask,  # noqa: ARG002
        operations: tuple[Mapping[str, str | int], ...],  # noqa: ARG002
    ) -> Preflight:
        """Raise PersonError: a provider's billing tells what was, not what will be."""
        raise PersonError("A provider's billing cannot say what a call would cost.")

    def link(self, ask: Ask, what: str, tier: str, cycle: str) -> str:  # noqa: ARG002
        """Raise PersonError: the provider's own pages are in its console."""
        raise PersonError("The pages for payments are in the provider's own console.")


class DailyBill(BillingOnly):
    """A bill that is asked for from a first day on, and added up day by day."""

    #: The canonical name of the provider that sends the bill.
    provider: str

    def gather(self, questions: Questions, bill: Bill, first: date, troubles: Troubles) -> bool:
        """Add each day from *first* on to *bill*; return whether every day came."""
        raise NotImplementedError

    def pull(
        self,
        ask: Ask,
        account: str,
        user: str,  # noqa: ARG002 - the key says who asks
        known: KnownRows,
        parts: frozenset[str],
        now_ms: int,
    ) -> Pull:
        """Ask for *parts* and return what came. Raises only when nothing at all could be had."""
        if not is_due(parts, known):
            return Pull()
        troubles, bill = Troubles(), Bill()
        questions = Questions(ask, troubles)
        first = first_day(known, now_ms)
        is_whole = self.gather(questions, bill, first, troubles)
        questions.end()
        foreign_note(bill, troubles)
        whole_since = month_of(first) if is_whole else None
        return Pull(
            statements=tuple(bill.statements(account, self.provider, now_ms, whole_since)),
            facts=facts(questions),
            troubles=troubles.sentences,
            is_complete=is_whole,
        )


def foreign_note(bill: Bill, troubles: Troubles) -> None:
    """Say which amounts are in other currencies, and so in no sum."""
    for currency in sorted({currency for _, currency in bill.foreign}):
        troubles.say(f"Amounts in {currency} are kept apart and are in no sum of dollars.")

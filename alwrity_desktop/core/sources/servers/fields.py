"""Fields of a server's answer, read one by one: what is off costs its own field and is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar, cast

import msgspec
from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationInfo

from alwrity_desktop.core.domain.errors import BrokenAnswerError
from alwrity_desktop.core.domain.money import MAX_COST_PICO, pico_from_usd

MAX_COUNT: Final = 10**15
"""A count above this is not believed."""

MAX_TEXT: Final = 512
"""What is longer is cut: no name and no message needs more."""

_MAX_DIGITS: Final = 40
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_YEARS: Final = range(2000, 2200)
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?")
PERIOD_KEY: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
"""A server's name of a billing period, such as "2026-11"."""

_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(T00:00:00(\.0+)?Z?)?")
_FLAGS: Final = {"true": True, "false": False}

T = TypeVar("T")
ShapeT = TypeVar("ShapeT", bound="Shape")


class Troubles(msgspec.Struct):
    """What could not be read, each thing once; never anything of its content."""

    _sentences: dict[str, None] = msgspec.field(default_factory=dict)

    def say(self, sentence: str) -> None:
        """Keep a sentence for people."""
        self._sentences[sentence] = None

    def lost(self, where: str, name: str) -> None:
        """Keep that the field *name* of the answer *where* could not be read."""
        self.say(f'"{name}" in {where} could not be read.')

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the sentences in the order in which they came."""
        return tuple(self._sentences)


class Place(msgspec.Struct, frozen=True):
    """Which answer is being read, and where its troubles are kept."""

    name: str
    troubles: Troubles


class Shape(BaseModel):
    """An object of an answer. Every field of it may be missing, and more may come."""

    model_config = ConfigDict(extra="ignore", frozen=True, protected_namespaces=())


def read(shape: type[ShapeT], value: object, place: Place) -> ShapeT:
    """Return *value* as *shape*. Raises BrokenAnswerError for what is no object."""
    if not isinstance(value, dict):
        message = f"The server's answer about {place.name} has no known form."
        raise BrokenAnswerError(message)
    return shape.model_validate(value, context=place)


def read_rows(shape: type[ShapeT], value: object, place: Place) -> tuple[ShapeT, ...]:
    """Return the objects in the list *value*; a row that is none is left out and named."""
    if not isinstance(value, list):
        message = f"The server's answer about {place.name} has no known form."
        raise BrokenAnswerError(message)
    return tuple(_rows(shape, value, place, "row"))


def data_of(body: object, name: str) -> object:
    """Return what stands in the envelope of *body*, or *body* where it has none.

    Raises BrokenAnswerError for a body that says of itself that it holds no data.
    """
    if not isinstance(body, dict):
        return body
    has_data = "data" in body
    is_failure = body.get("success") is False or body.get("success") == "false"
    is_error = isinstance(body.get("error"), str) and not has_data
    if is_failure or is_error or (has_data and body.get("status") == "error"):
        message = f"The server has no data about {name}."
        raise BrokenAnswerError(message)
    is_envelope = has_data and ("success" in body or "status" in body or len(body) == 1)
    return body["data"] if is_envelope else body


def number(value: object) -> Decimal:
    """Return a number, or one in a text, exactly. Raises ValueError for everything else."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) > _MAX_DIGITS or not (_NUMBER.fullmatch(text) and text.isascii()):
            raise ValueError
        value = Decimal(text)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError  # noqa: TRY004 - one error for all that is no number
    exact = Decimal(value)
    if not exact.is_finite() or (exact and abs(exact.adjusted()) > _MAX_DIGITS):
        raise ValueError
    return exact


def count(value: object) -> int:
    """Return a whole number from 0 on. Raises ValueError."""
    exact = number(value)
    whole = int(exact)
    if whole != exact or not 0 <= whole <= MAX_COUNT:
        raise ValueError
    return whole


def pico(value: object) -> int:
    """Return an amount of dollars in pico-dollars. Raises ValueError below 0 and when absurd."""
    amount = pico_from_usd(number(value))
    if not 0 <= amount <= MAX_COST_PICO:
        raise ValueError
    return amount


def text(value: object) -> str:
    """Return a text as one line without control signs, cut where it is too long."""
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 - one error for all that is no text
    value = value[: 2 * MAX_TEXT]
    if not value.isprintable():
        value = "".join(sign if sign.isprintable() else " " for sign in value)
    return value.strip()[:MAX_TEXT]


def name_of(value: object) -> str:
    """Return an id, which servers send as a number or as a text."""
    if isinstance(value, str):
        found = text(value)
        if not found:
            raise ValueError
        return found
    return str(count(value))


def moment_ms(value: object) -> int:
    """Return an ISO time, UTC where it names no zone, in milliseconds since 1970."""
    if not isinstance(value, str) or len(value) > _MAX_DIGITS:
        raise ValueError
    moment = datetime.fromisoformat(value)
    if moment.year not in _YEARS:
        raise ValueError
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MILLISECOND


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _FLAGS:
        return _FLAGS[value]
    raise ValueError


def _period(value: object) -> str:
    if isinstance(value, str) and PERIOD_KEY.fullmatch(value):
        return value
    raise ValueError


def _day(value: object) -> str:
    found = _DAY.fullmatch(value) if isinstance(value, str) and value.isascii() else None
    if found is None:
        raise ValueError
    return date.fromisoformat(found[1]).isoformat()


def _rate(value: object) -> float:
    exact = number(value)
    if exact < 0:
        raise ValueError
    return float(exact)


def _object(value: object) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise ValueError


def _list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    raise ValueError


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text(each) for each in _list(value) if isinstance(each, str))


def _place(info: ValidationInfo) -> Place:
    return cast("Place", info.context)


def _lenient(parse: Callable[[object], T]) -> PlainValidator:
    def validate(value: object, info: ValidationInfo) -> T | None:
        if value is None:
            return None
        try:
            return parse(value)
        except ValueError:
            _place(info).troubles.lost(_place(info).name, info.field_name or "")
            return None

    return PlainValidator(validate)


Count = Annotated[int | None, _lenient(count)]
"""A whole number from 0 on, as a number or a text."""

Usd = Annotated[int | None, _lenient(pico)]
"""Dollars, as pico-dollars."""

Exact = Annotated[Decimal | None, _lenient(number)]
Rate = Annotated[float | None, _lenient(_rate)]
Text = Annotated[str | None, _lenient(text)]
Texts = Annotated[tuple[str, ...] | None, _lenient(_texts)]
Id = Annotated[str | None, _lenient(name_of)]
Moment = Annotated[int | None, _lenient(moment_ms)]
"""A time, as UTC milliseconds."""

Flag = Annotated[bool | None, _lenient(_flag)]
PeriodKey = Annotated[str | None, _lenient(_period)]
"""The server's name of a billing period, such as "2026-11"."""

Day = Annotated[str | None, _lenient(_day)]
Raw = Annotated[Mapping[str, Any] | None, _lenient(_object)]
"""An object whose names are the server's own."""

Items = Annotated[list[Any] | None, _lenient(_list)]


def part(shape: type[Shape]) -> PlainValidator:
    """Return the reading of an object within an object; one that is none is named."""

    def validate(value: object, info: ValidationInfo) -> Shape | None:
        place = _place(info)
        if isinstance(value, dict):
            return shape.model_validate(value, context=place)
        if value is not None:
            place.troubles.lost(place.name, info.field_name or "")
        return None

    return PlainValidator(validate)


def rows(shape: type[Shape]) -> PlainValidator:
    """Return the reading of a list of objects; rows that are none are left out and named."""

    def validate(value: object, info: ValidationInfo) -> tuple[Shape, ...] | None:
        place = _place(info)
        name = info.field_name or ""
        if isinstance(value, list):
            return tuple(_rows(shape, value, place, name))
        if value is not None:
            place.troubles.lost(place.name, name)
        return None

    return PlainValidator(validate)


def _rows(shape: type[ShapeT], values: list[object], place: Place, name: str) -> Iterator[ShapeT]:
    for value in values:
        if isinstance(value, dict):
            yield shape.model_validate(value, context=place)
        else:
            place.troubles.lost(place.name, name)

"""The person's settings, declared once: name, type, default, limits, title, description."""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from alwrity_desktop.core.domain.budgets import DEFAULT_THRESHOLDS
from alwrity_desktop.core.domain.errors import PersonError, WorldError
from alwrity_desktop.core.files import replacing

Value = bool | int | str | tuple[str, ...] | tuple[int, ...]

_OPTION: Final = "option"
_MAX_TEXT: Final = 4096
_MAX_ITEMS: Final = 100
_MAX_THRESHOLD: Final = 1000
_FIRST_PORT: Final = 1024
_LAST_PORT: Final = 65535
_HEADER_FIELDS: Final = ("project", "agent", "conversation")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,60}")
_TIME_OF_DAY: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Option:
    """One setting as the settings dialog and the file know it."""

    name: str
    default: Value
    title: str
    description: str
    #: The values that may be chosen; empty when the limits say what is allowed.
    choices: tuple[str, ...] = ()
    #: What is allowed beyond the type, in words: "a time such as 22:00, or nothing".
    rule: str = ""
    is_allowed: Callable[[Any], bool] = lambda _value: True


class SettingsError(PersonError):
    """A value that a setting cannot take."""


def _is_zone(name: str) -> bool:
    if not name:
        return True
    try:
        ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        return False
    return True


def _is_time_of_day(text: str) -> bool:
    return not text or _TIME_OF_DAY.fullmatch(text) is not None


def _is_moment(text: str) -> bool:
    if not text:
        return True
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _are_thresholds(percents: tuple[int, ...]) -> bool:
    rising = sorted(set(percents)) == list(percents)
    return rising and bool(percents) and all(0 < each <= _MAX_THRESHOLD for each in percents)


def _is_port(port: int) -> bool:
    return _FIRST_PORT <= port <= _LAST_PORT


def _are_headers(names: tuple[str, ...]) -> bool:
    return len(names) == len(_HEADER_FIELDS) and all(map(_HEADER_NAME.fullmatch, names))


def _option(
    default: Value,
    title: str,
    description: str,
    *,
    choices: tuple[str, ...] = (),
    rule: str = "",
    is_allowed: Callable[[Any], bool] = lambda _value: True,
) -> Any:  # noqa: ANN401 - a dataclass field stands for its value
    declared = Option("", default, title, description, choices, rule, is_allowed)
    return dataclasses.field(default=default, metadata={_OPTION: declared})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the person chose. The defaults are what most people want."""

    theme: str = _option(
        "system",
        "Appearance",
        "Light, dark, or as the desktop is set.",
        choices=("system", "light", "dark"),
    )
    timezone: str = _option(
        "",
        "Time zone",
        "Days and months begin at midnight here. Empty means the computer's own zone.",
        rule="the name of a time zone such as Europe/Berlin, or nothing",
        is_allowed=_is_zone,
    )
    week_starts: str = _option(
        "monday",
        "Week starts on",
        "The first day of a week.",
        choices=("monday", "sunday", "saturday"),
    )
    close_to_tray: bool = _option(
        default=True,
        title="Keep running in the tray",
        description="Closing the window leaves the icon, which goes on watching budgets.",
    )
    tray_explained: bool = _option(
        default=False,
        title="Tray explained",
        description="Whether the window has said once what closing it does.",
    )
    watch_logs: bool = _option(
        default=True,
        title="Watch the logs",
        description="Read new calls as they are logged, while the program runs.",
    )
    notify: bool = _option(
        default=True,
        title="Notifications",
        description="One notification for each threshold, limit and period.",
    )
    quiet_from: str = _option(
        "",
        "Quiet from",
        "No notification from this time of day on.",
        rule="a time of day such as 22:00, or nothing",
        is_allowed=_is_time_of_day,
    )
    quiet_to: str = _option(
        "",
        "Quiet until",
        "Notifications are shown again from this time of day on.",
        rule="a time of day such as 07:00, or nothing",
        is_allowed=_is_time_of_day,
    )
    snooze_until: str = _option(
        "",
        "Snoozed until",
        "No notification before this moment.",
        rule="an ISO time with its offset, or nothing",
        is_allowed=_is_moment,
    )
    thresholds: tuple[int, ...] = _option(
        DEFAULT_THRESHOLDS,
        "Warn at",
        "Percent of a new budget at which it warns.",
        rule="rising whole percents from 1 to 1000",
        is_allowed=_are_thresholds,
    )
    disabled_sources: tuple[str, ...] = _option(
        (),
        "Sources left out",
        "Names of sources that are not read on this machine.",
    )
    log_folders: tuple[str, ...] = _option(
        (),
        "More log folders",
        "Folders of logs to read beside the usual ones.",
    )
    reduce_motion: bool = _option(
        default=False,
        title="Reduce motion",
        description="Charts and panels change without moving.",
    )
    account: str = _option(
        "local",
        "Account",
        "The account that the window shows first: the one that it showed last.",
    )
    gateway_at_login: bool = _option(
        default=False,
        title="Start the gateway at login",
        description="Programs are tracked from the start, whether this window is open or not.",
    )
    gateway_port: int = _option(
        4815,
        "Gateway's port",
        "Programs reach it at http://127.0.0.1 and this port. Tell them when it changes.",
        rule="a port from 1024 to 65535",
        is_allowed=_is_port,
    )
    gateway_upstreams: tuple[str, ...] = _option(
        (),
        "Gateway's own servers",
        "Servers that speak as OpenAI does, or another address for a provider. One in each line.",
        rule="up to 100 lines such as groq=https://api.groq.com/openai",
    )
    gateway_headers: tuple[str, ...] = _option(
        ("X-Project", "X-Agent", "X-Conversation"),
        "Headers for grouping",
        "The headers by which programs name a call's project, agent and conversation.",
        rule="three names of headers",
        is_allowed=_are_headers,
    )
    gateway_asks_usage: bool = _option(
        default=False,
        title="Ask OpenAI to count streams",
        description="Adds stream_options.include_usage to streams that lack it, for exact counts.",
    )
    gateway_fail: str = _option(
        "pass",
        "When budgets cannot be checked",
        "Whether calls pass or are refused while the ledger cannot be read.",
        choices=("pass", "block"),
    )
    gateway_unpriced: tuple[str, ...] = _option(
        (),
        "Unpriced models that may pass",
        "Models without a price that a blocking cost budget lets through.",
    )
    receive_otlp: bool = _option(
        default=False,
        title="Receive OpenTelemetry",
        description="Programs may report calls that do not pass through the gateway (OTLP, HTTP).",
    )
    first_run_done: bool = _option(
        default=False,
        title="First start done",
        description="Whether the first start's choice was made.",
    )


OPTIONS: Final[Mapping[str, Option]] = {
    field.name: dataclasses.replace(field.metadata[_OPTION], name=field.name)
    for field in dataclasses.fields(Settings)
}


def load(path: Path) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings kept in *path*, and a sentence for each that could not be taken.

    A setting that cannot be taken has its default; the others stand.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(), ()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Settings(), (f"The settings in {path} cannot be read ({reason}).",)
    except ValueError:
        return Settings(), (f"The settings in {path} are not valid TOML; defaults are used.",)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, raw in found.items():
        try:
            values[name] = _checked(name, raw)
        except SettingsError as error:
            problems.append(f"{error} Its default is used.")
    return Settings(**values), tuple(problems)


def change(path: Path, settings: Settings, **changes: Value) -> Settings:
    """Return *settings* with *changes*, kept in *path*.

    Raises SettingsError for a value that its setting cannot take, and WorldError when the
    file cannot be written; then nothing has changed.
    """
    checked = {name: _checked(name, value) for name, value in changes.items()}
    changed = dataclasses.replace(settings, **checked)  # type: ignore[arg-type]
    lines = [
        f"{name} = {_toml(getattr(changed, name))}\n"
        for name, option in OPTIONS.items()
        if getattr(changed, name) != option.default
    ]
    try:
        with replacing(path) as file:
            file.writelines(lines)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"The settings cannot be kept in {path} ({reason})."
        raise WorldError(message) from error
    return changed


def takes(name: str, value: object) -> bool:
    """Return whether the setting *name* can take *value*."""
    return _typed(OPTIONS[name], value) is not None


def _checked(name: str, value: object) -> Value:
    option = OPTIONS.get(name)
    if option is None:
        message = f"There is no setting {name!r}."
        raise SettingsError(message)
    typed = _typed(option, value)
    if typed is None:
        message = f"The setting {name} must be {_kind(option)}."
        raise SettingsError(message)
    return typed


def _typed(option: Option, value: object) -> Value | None:
    """Return *value* in the option's type and limits, or None when it is not allowed."""
    typed: Value | None = None
    if isinstance(option.default, tuple):
        item = int if option.default and isinstance(option.default[0], int) else str
        typed = _items(value, item)
    elif isinstance(value, bool | int | str) and type(value) is type(option.default):
        typed = value
    if typed is None or (option.choices and typed not in option.choices):
        return None
    if isinstance(typed, str) and not _is_plain(typed):
        return None
    return typed if option.is_allowed(typed) else None


def _items(value: object, item: type[int | str]) -> Value | None:
    if not isinstance(value, list | tuple) or len(value) > _MAX_ITEMS:
        return None
    if any(type(each) is not item for each in value):
        return None
    if item is str and not all(_is_plain(each) for each in value):
        return None
    return tuple(value)


def _is_plain(text: str) -> bool:
    """Return whether *text* can stand in the file as one line."""
    return len(text) <= _MAX_TEXT and text.isprintable()


def _kind(option: Option) -> str:
    if option.choices:
        return "one of " + ", ".join(option.choices)
    if option.rule:
        return option.rule
    if isinstance(option.default, bool):
        return "true or false"
    return "a list of lines of text" if isinstance(option.default, tuple) else "a line of text"


def _toml(value: Value) -> str:
    """Return *value* as TOML: for these types, and for printable text, JSON is TOML."""
    return json.dumps(value, ensure_ascii=False)

"""Checks everything that the figures rest on, and says what is wrong and what to do.

A check is not ok when the person has to act. Refused lines and calls without a price are
always told, and are not ok from one percent on: then a figure is off by more than a torn
line now and then explains. A file that cannot be read is never ok.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from alwrity_desktop.core import health_facts, prices, settings
from alwrity_desktop.core.account_checks import check_accounts
from alwrity_desktop.core.account_desk import AccountDesk
from alwrity_desktop.core.clock import NOW_VARIABLE, Clock
from alwrity_desktop.core.domain.budgets import Budget
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.domain.health import WARNING_REJECTED_PERCENT, Rejection, SourceHealth
from alwrity_desktop.core.domain.periods import local_time
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT, PriceStatus
from alwrity_desktop.core.domain.words import name_words
from alwrity_desktop.core.doors import DOORS
from alwrity_desktop.core.log_reading import UNREADABLE
from alwrity_desktop.core.profile import Profile
from alwrity_desktop.core.results import Check, FoundLogs
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.core.sources.registry import all_sources

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.ledger import Ledger

PROGRAM: Final = "alwrity-desktop"
OLD_LIST_DAYS: Final = 60
"""Providers change prices every few weeks; a list this old is likely to be behind."""
LEAST_FREE_BYTES: Final = 200_000_000

_MEGABYTE: Final = 1_000_000
_MS_PER_HOUR: Final = 3_600_000
_FOR_EVER_MS: Final = 1 << 50
_NEWER: Final = f" Is there a newer version of {PROGRAM}? The format may have changed."
_WHAT_TO_DO: Final = {
    "table": f" Correct the table and import it again: {PROGRAM} import table PATH",
    "record": " Correct what sends such lines, and send them once more.",
}
"""Where lines are refused of which people can change what wrote them."""
_NAMED_MODELS: Final = 5
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class Checked(Protocol):
    """What is checked: the context, as far as the checks need it."""

    profile: Profile
    clock: Clock
    desk: AccountDesk

    @property
    def settings(self) -> Settings:
        """The settings as they are kept now."""

    def timezone(self) -> str:
        """Return the zone in use."""

    def ledger(self, account: str) -> Ledger:
        """Return the ledger of *account*. Raises LedgerUnavailableError."""

    def find_logs(self) -> tuple[FoundLogs, ...]:
        """Return the logs that lie on this machine."""

    def budgets(self, account: str) -> tuple[Budget, ...]:
        """Return the budgets of *account*."""


def check(context: Checked) -> tuple[Check, ...]:
    """Return what was found, in the order in which one thing rests on another.

    A check that meets an error is not ok with that error's sentence, and the others go on;
    what several of them meet is told once, by the first.
    """
    found: list[Check] = []
    told: set[str] = set()
    for name, look in _CHECKS.items():
        try:
            found.extend(look(context))
        except (AlwrityError, OSError) as error:
            sentence = _sentence(error)
            if sentence not in told:
                found.append(Check(name, is_ok=False, detail=sentence))
            told.add(sentence)
    return tuple(found)


def _sentence(error: AlwrityError | OSError) -> str:
    if isinstance(error, AlwrityError):
        return str(error)
    where = f" {error.filename}" if error.filename else ""
    return f"The system refused{where}: {error.strerror or type(error).__name__}."


def _folders(context: Checked) -> Iterator[Check]:
    profile = context.profile
    folders = dict.fromkeys((profile.config, profile.data, profile.cache, profile.logs))
    problems = [problem for folder in folders for problem in _problems_of(folder)]
    for problem in problems:
        yield Check("Folders", is_ok=False, detail=problem)
    if not problems:
        named = ", ".join(str(folder) for folder in folders)
        yield Check("Folders", is_ok=True, detail=f"Kept where only you can read it: {named}.")


def _problems_of(folder: Path) -> Iterator[str]:
    mode = folder.stat().st_mode
    own = os.access in os.supports_effective_ids
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK, effective_ids=own):
        yield f"{folder} cannot be written. Give yourself the permission: chmod u+rwx '{folder}'"
    if os.name == "posix" and mode & _OTHERS and not mode & stat.S_ISVTX:
        yield f"{folder} can be read by others. Close it: chmod 700 '{folder}'"


def _settings(context: Checked) -> Iterator[Check]:
    path = context.profile.settings
    _, problems = settings.load(path)
    for problem in problems:
        yield Check("Settings", is_ok=False, detail=f"{problem} Correct it in {path}.")
    if not problems:
        kept = f"Read from {path}." if path.exists() else "Nothing was changed from the defaults."
        yield Check("Settings", is_ok=True, detail=kept)


def _clock(context: Checked) -> Iterator[Check]:
    now_ms, zone = context.clock.now_ms(), context.timezone()
    said = f"It is {_minute(now_ms, zone)} in {zone}"
    if context.clock.fixed_ms is not None:
        yield Check("Clock", is_ok=True, detail=f"{said}, as {NOW_VARIABLE} says.")
        return
    with context.ledger(LOCAL_ACCOUNT).snapshot() as snapshot:
        bounds = snapshot.bounds(LOCAL_ACCOUNT)
    is_behind = bounds is not None and bounds[1] > now_ms + _MS_PER_HOUR
    if bounds is not None and is_behind:
        newest = _minute(bounds[1], zone)
        said = f"{said}, but the newest call is of {newest}. Set the computer's clock"
    yield Check("Clock", is_ok=not is_behind, detail=f"{said}.")


def _disk(context: Checked) -> Iterator[Check]:
    ledger = context.profile.ledger
    size = ledger.stat().st_size if ledger.exists() else 0
    needed = max(LEAST_FREE_BYTES, 2 * size)
    free = shutil.disk_usage(context.profile.data).free
    said = f"{free // _MEGABYTE:,} MB are free for {context.profile.data}."
    if free < needed:
        said = f"Only {said} Free some: {needed // _MEGABYTE:,} MB are a safe amount."
    yield Check("Disk", is_ok=free >= needed, detail=said)


def _ledger(context: Checked) -> Iterator[Check]:
    ledger = context.ledger(LOCAL_ACCOUNT)
    with ledger.snapshot() as snapshot:
        library, tables = snapshot.versions()
        calls = snapshot.calls_ever(LOCAL_ACCOUNT)
    size = ledger.path.stat().st_size / _MEGABYTE
    said = f"{ledger.path}: {_count(calls, 'call')}, {size:,.1f} MB"
    yield Check("Ledger", is_ok=True, detail=f"{said}, tables {tables}, SQLite {library}.")
    mode = ledger.path.stat().st_mode
    if os.name == "posix" and mode & _OTHERS:
        said = f"{ledger.path} can be read by others. Close it: chmod 600 '{ledger.path}'"
        yield Check("Ledger", is_ok=False, detail=said)


def _sums(context: Checked) -> Iterator[Check]:
    ledger = context.ledger(LOCAL_ACCOUNT)
    again = f"Move {ledger.path} away and import again: every log that still exists counts."
    damage = ledger.damage()
    if damage is not None:
        yield Check("Ledger's file", is_ok=False, detail=f"The file is damaged. {again}")
        return
    yield Check("Ledger's file", is_ok=True, detail="SQLite finds every page whole.")
    differences = ledger.rollup_differences()
    said = "The sums that reports show agree with the calls."
    if differences:
        said = f"In {_count(differences, 'row')} the sums differ from the calls. {again}"
    yield Check("Sums", is_ok=not differences, detail=said)


def _prices(context: Checked) -> Iterator[Check]:
    listed = prices.maintained_list(context.profile.data).file
    today = datetime.fromtimestamp(context.clock.now_ms() / 1000, UTC).date()
    age = (today - date.fromisoformat(listed.date)).days
    said = f"{listed.name} {listed.version} of {listed.date}."
    if age > OLD_LIST_DAYS:
        said += f" It is {age} days old and may lack newer models: {PROGRAM} prices update"
    yield Check("Prices", is_ok=True, detail=said)
    own = context.ledger(LOCAL_ACCOUNT).price_overrides()
    if own:
        yield Check("Prices", is_ok=True, detail=f"{_count(len(own), 'price')} of your own.")


def _unpriced(context: Checked) -> Iterator[Check]:
    with context.ledger(LOCAL_ACCOUNT).snapshot() as snapshot:
        rows = snapshot.by_series(LOCAL_ACCOUNT, 0, _FOR_EVER_MS, ("provider", "model"))
    every = sum(row.figures.calls for row in rows)
    unpriced: Counter[str] = Counter()
    for row in rows:
        if row.dimensions["price_status"] == PriceStatus.UNPRICED:
            name = f"{row.dimensions['model']} ({row.dimensions['provider']})"
            unpriced[name] += row.figures.calls
    calls = unpriced.total()
    if not calls:
        said = "Every call has a price." if every else "No calls yet."
        yield Check("Unpriced models", is_ok=True, detail=said)
        return
    named = ", ".join(name for name, _ in unpriced.most_common(_NAMED_MODELS))
    more = len(unpriced) - _NAMED_MODELS
    named += f" and {more} more" if more > 0 else ""
    said = (
        f"{_count(calls, 'call')} of {every:,} have no price and are not in the sum: {named}. "
        f"Name one: {PROGRAM} prices set --provider P --model M --input USD --output USD"
    )
    yield Check("Unpriced models", is_ok=_is_slight(calls, every), detail=said)


def _sources(context: Checked) -> Iterator[Check]:
    lying = {logs.source: logs for logs in context.find_logs()}
    now_ms, zone = context.clock.now_ms(), context.timezone()
    titles = {source.name: source.title for source in all_sources()}
    left_out = context.settings.disabled_sources
    with context.ledger(LOCAL_ACCOUNT).snapshot() as snapshot:
        health, _ = health_facts.gather(snapshot, LOCAL_ACCOUNT, now_ms, {**DOORS, **titles})
    known = {source.source: source for source in health.sources}
    for name, title in titles.items():
        if name in left_out:
            yield Check(title, is_ok=True, detail="Left out, as the settings say.")
        else:
            yield Check(title, is_ok=True, detail=_reading(lying.get(name), known.get(name), zone))
    for source in health.sources:
        yield from _refusals(source)


def _reading(logs: FoundLogs | None, source: SourceHealth | None, zone: str) -> str:
    """Return what lies there, and what was read of it."""
    if logs is None:
        lie = "No logs in the usual folders; if they lie elsewhere, name the folder: "
        lie += f"{PROGRAM} import PATH."
    else:
        size = logs.size_bytes / _MEGABYTE
        folders = ", ".join(str(folder) for folder in logs.folders)
        lie = f"{_count(logs.files, 'log')}, {size:,.1f} MB in {folders}."
    if source is None or source.last_read_ms is None:
        return lie if logs is None else f"{lie} Not read yet. Run: {PROGRAM} import"
    return f"{lie} {_count(source.calls, 'call')}, last read {_minute(source.last_read_ms, zone)}."


def _refusals(source: SourceHealth) -> Iterator[Check]:
    """Name each reason for which something was refused."""
    refused = [each for each in source.rejections if each.reason != UNREADABLE]
    lines = sum(each.lines for each in refused)
    is_slight = _is_slight(lines, lines + source.calls)
    for each in source.rejections:
        if each.reason == UNREADABLE:
            yield Check(f"{source.title}, files", is_ok=False, detail=_unreadable(each))
        else:
            said = f"{_count(each.lines, each.noun)} refused: {each.reason}. The newest is in "
            said += (
                f"{each.example_path} at {each.place}." if each.place else f"{each.example_path}."
            )
            if not is_slight:
                said += _WHAT_TO_DO.get(source.source, _NEWER)
            yield Check(f"{source.title}, {each.noun}s", is_ok=is_slight, detail=said)


def _unreadable(files: Rejection) -> str:
    path = files.example_path
    others = f" and {files.lines - 1:,} more" if files.lines > 1 else ""
    return (
        f"{path}{others} could not be read, and the rest was. Give yourself the permission "
        f"(chmod -R u+rX '{path}'), then run: {PROGRAM} import"
    )


def _budgets(context: Checked) -> Iterator[Check]:
    found = context.budgets(LOCAL_ACCOUNT)
    said = "None is set, so nothing warns. Set one: "
    said += f"{PROGRAM} budget set --limit 50 --period month"
    if found:
        named = ", ".join(f'"{name_words(budget.name)}"' for budget in found)
        said = f"{_count(len(found), 'budget')} watched: {named}."
    yield Check("Budgets", is_ok=True, detail=said)


def _servers(context: Checked) -> Iterator[Check]:
    return check_accounts(context.desk, context.timezone())


def _is_slight(part: int, whole: int) -> bool:
    return part * 100 < whole * WARNING_REJECTED_PERCENT or not part


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number:,} {what}s"


def _minute(at_ms: int, zone: str) -> str:
    return f"{local_time(at_ms, zone):%Y-%m-%d %H:%M}"


_CHECKS: Final[dict[str, Callable[[Checked], Iterator[Check]]]] = {
    "Folders": _folders,
    "Settings": _settings,
    "Disk": _disk,
    "Ledger": _ledger,
    "Sums": _sums,
    "Clock": _clock,
    "Prices": _prices,
    "Unpriced models": _unpriced,
    "Sources": _sources,
    "Budgets": _budgets,
    "Servers": _servers,
}
"""Each check by the name under which an error of it is told."""

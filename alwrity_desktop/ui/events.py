"""What other threads tell the window, as frozen values of one closed union."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from alwrity_desktop.core.accounts import AccountState, SyncResult
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.budgets import Budget
from alwrity_desktop.core.domain.forecast_check import ForecastCheck
from alwrity_desktop.core.domain.live import LiveView
from alwrity_desktop.core.domain.plan_replay import Comparison
from alwrity_desktop.core.domain.report import AccountView, CallPage, CallRow, Report, UnpricedModel
from alwrity_desktop.core.domain.repricing import Repricing
from alwrity_desktop.core.domain.server import Preflight
from alwrity_desktop.core.domain.table_mapping import TablePreview
from alwrity_desktop.core.domain.what_if_values import ModelOffer, Outcome, WhatIf
from alwrity_desktop.core.results import Check, FoundLogs, ImportProgress, SourceImport
from alwrity_desktop.core.settings import Settings

OPEN: Final = "open"
SNOOZE: Final = "snooze"
"""The buttons of a notification."""


class Topic(StrEnum):
    """What an event of failure is about, so that the same topic's success clears it."""

    FIGURES = "figures"
    IMPORT = "import"
    CALLS = "calls"
    BUDGET = "budget"
    ALERTS = "alerts"
    SAMPLE = "sample"
    SETTINGS = "settings"
    PRICES = "prices"
    EXPORT = "export"
    NOTIFICATION = "notification"
    WATCH = "watch"
    CHECKS = "checks"
    ACCOUNTS = "accounts"
    SERVER = "server"
    GATEWAY = "gateway"
    TABLE = "table"


class ReportReady(msgspec.Struct, frozen=True):
    """The report that was asked for last."""

    report: Report


class StatusReady(msgspec.Struct, frozen=True):
    """This month of an account that is not shown, for the tray."""

    report: Report


class LedgerChanged(msgspec.Struct, frozen=True):
    """Something was committed for these accounts, by this program or another."""

    accounts: tuple[str, ...]


class CallsReady(msgspec.Struct, frozen=True):
    """One page of calls."""

    page: CallPage


class CallReady(msgspec.Struct, frozen=True):
    """One call with its prices."""

    row: CallRow


class ForecastChecked(msgspec.Struct, frozen=True):
    """How far off the forecast was in an account's past periods."""

    check: ForecastCheck


class ModelOffersReady(msgspec.Struct, frozen=True):
    """The models that have a price now, those of the account's own calls first."""

    account: str
    offers: tuple[ModelOffer, ...]


class WhatIfReady(msgspec.Struct, frozen=True):
    """What the same calls would have cost elsewhere, or None and why nobody knows."""

    account: str
    question: WhatIf
    outcome: Outcome | None
    sentence: str = ""


class BudgetsReady(msgspec.Struct, frozen=True):
    """The budgets of the account, in answer to a wish to change one."""

    budgets: tuple[Budget, ...]
    budget_id: int | None


class PricesReady(msgspec.Struct, frozen=True):
    """The models that have no price."""

    models: tuple[UnpricedModel, ...]


class LogsFound(msgspec.Struct, frozen=True):
    """The logs that lie on this computer."""

    logs: tuple[FoundLogs, ...]


class ImportStarted(msgspec.Struct, frozen=True):
    """Logs are being read."""


class ImportProgressed(msgspec.Struct, frozen=True):
    """How far the reading is."""

    progress: ImportProgress


class ImportFinished(msgspec.Struct, frozen=True):
    """All logs were read."""

    sources: tuple[SourceImport, ...]


class ImportCancelled(msgspec.Struct, frozen=True):
    """The person stopped the reading; what was committed stays."""


class SampleProgressed(msgspec.Struct, frozen=True):
    """How much of the sample data is made, 0 to 1."""

    part: float


class SampleReady(msgspec.Struct, frozen=True):
    """The sample ledger can be looked at."""


class AlertsWaiting(msgspec.Struct, frozen=True):
    """Alerts that were not notified yet."""

    alerts: tuple[Alert, ...]


class NotificationShown(msgspec.Struct, frozen=True):
    """The desktop took this alert."""

    alert_id: int


class NotificationRefused(msgspec.Struct, frozen=True):
    """The desktop did not take this alert, for a reason in words."""

    alert: Alert
    reason: str


class NotificationChosen(msgspec.Struct, frozen=True):
    """The person clicked a notification, or one of its buttons ("open", "snooze")."""

    alert_id: int
    action: str


class SettingsChanged(msgspec.Struct, frozen=True):
    """The settings as they stand now."""

    settings: Settings


class Exported(msgspec.Struct, frozen=True):
    """A file was written."""

    path: Path


class ChecksReady(msgspec.Struct, frozen=True):
    """What the doctor found."""

    checks: tuple[Check, ...]


class AccountsListed(msgspec.Struct, frozen=True):
    """The accounts that can be shown, and how those on servers stand."""

    views: tuple[AccountView, ...]
    states: tuple[AccountState, ...]


class Synced(msgspec.Struct, frozen=True):
    """Servers were asked, and this came of it."""

    results: tuple[SyncResult, ...]


class AccountTried(msgspec.Struct, frozen=True):
    """What a server answered to an account that is being entered, or why it cannot be had."""

    is_ok: bool
    sentence: str


class AccountKept(msgspec.Struct, frozen=True):
    """An account, or its new token, is kept; the sentence says where the token is."""

    name: str
    sentence: str
    is_new: bool = False


class TokenPlaceReady(msgspec.Struct, frozen=True):
    """Where tokens are kept on this computer, in a sentence."""

    sentence: str


class PreflightReady(msgspec.Struct, frozen=True):
    """What planned operations would cost, or None and why nobody knows."""

    preflight: Preflight | None
    sentence: str = ""


class PlansCompared(msgspec.Struct, frozen=True):
    """How the calls of an account would have fared on each plan."""

    account: str
    comparison: Comparison


class PageReady(msgspec.Struct, frozen=True):
    """The address of a page of the server: "checkout" or "portal"."""

    what: str
    url: str


class TablePreviewed(msgspec.Struct, frozen=True):
    """What the first rows of a table would become."""

    path: Path
    preview: TablePreview


class TableBooked(msgspec.Struct, frozen=True):
    """How much of a table is booked by now."""

    added: int
    known: int
    refused: int
    is_done: bool


class RevisionsReady(msgspec.Struct, frozen=True):
    """What was done to the prices of an account's past calls, newest first, and its models."""

    account: str
    revisions: tuple[Repricing, ...]
    #: The provider and the model of every call.
    models: tuple[tuple[str, str], ...]


class PricesTried(msgspec.Struct, frozen=True):
    """What today's prices would change of past calls."""

    result: Repricing


class PricesApplied(msgspec.Struct, frozen=True):
    """What today's prices have changed of past calls, or what was taken back."""

    result: Repricing


class RepriceProgressed(msgspec.Struct, frozen=True):
    """How much of the calls was looked at."""

    done: int
    total: int


class RepriceStopped(msgspec.Struct, frozen=True):
    """Nothing came of it, and nothing was changed: the person stopped it, or the reason why."""

    sentence: str = ""


class LiveReady(msgspec.Struct, frozen=True):
    """What goes on now, with how the gateway stands."""

    view: LiveView


class Done(msgspec.Struct, frozen=True):
    """Something that was asked for is committed."""

    topic: Topic
    sentence: str = ""


class Failed(msgspec.Struct, frozen=True):
    """Something did not work; the sentence says what happened and what to do."""

    topic: Topic
    sentence: str


class Crashed(msgspec.Struct, frozen=True):
    """Our bug: the details go to the log and the clipboard, never to the screen."""

    details: str


RepriceEvent = RevisionsReady | PricesTried | PricesApplied | RepriceProgressed | RepriceStopped

Event = (
    ReportReady
    | StatusReady
    | LedgerChanged
    | CallsReady
    | CallReady
    | ForecastChecked
    | ModelOffersReady
    | WhatIfReady
    | BudgetsReady
    | PricesReady
    | LogsFound
    | ImportStarted
    | ImportProgressed
    | ImportFinished
    | ImportCancelled
    | SampleProgressed
    | SampleReady
    | AlertsWaiting
    | NotificationShown
    | NotificationRefused
    | NotificationChosen
    | SettingsChanged
    | Exported
    | ChecksReady
    | AccountsListed
    | Synced
    | AccountTried
    | AccountKept
    | TokenPlaceReady
    | PreflightReady
    | PlansCompared
    | PageReady
    | TablePreviewed
    | TableBooked
    | RepriceEvent
    | LiveReady
    | Done
    | Failed
    | Crashed
)

"""What other threads tell the window, as frozen values of one closed union."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from alwrity_desktop.core.accounts import AccountState, SyncResult
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.budgets import Budget
from alwrity_desktop.core.domain.forecast_check import ForecastCheck
from alwrity_desktop.core.domain.live import LiveView
from alwrity_desktop.core.domain.plan_replay import Comparison
from alwrity_desktop.core.domain.report import AccountView, CallPage, CallRow, Report, UnpricedModel
from alwrity_desktop.core.domain.server import Preflight
from alwrity_desktop.core.domain.table_mapping import TablePreview
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


@dataclass(frozen=True, slots=True)
class ReportReady:
    """The report that was asked for last."""

    report: Report


@dataclass(frozen=True, slots=True)
class StatusReady:
    """This month of an account that is not shown, for the tray."""

    report: Report


@dataclass(frozen=True, slots=True)
class LedgerChanged:
    """Something was committed for these accounts, by this program or another."""

    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallsReady:
    """One page of calls."""

    page: CallPage


@dataclass(frozen=True, slots=True)
class CallReady:
    """One call with its prices."""

    row: CallRow


@dataclass(frozen=True, slots=True)
class ForecastChecked:
    """How far off the forecast was in an account's past periods."""

    check: ForecastCheck


@dataclass(frozen=True, slots=True)
class BudgetsReady:
    """The budgets of the account, in answer to a wish to change one."""

    budgets: tuple[Budget, ...]
    budget_id: int | None


@dataclass(frozen=True, slots=True)
class PricesReady:
    """The models that have no price."""

    models: tuple[UnpricedModel, ...]


@dataclass(frozen=True, slots=True)
class LogsFound:
    """The logs that lie on this computer."""

    logs: tuple[FoundLogs, ...]


@dataclass(frozen=True, slots=True)
class ImportStarted:
    """Logs are being read."""


@dataclass(frozen=True, slots=True)
class ImportProgressed:
    """How far the reading is."""

    progress: ImportProgress


@dataclass(frozen=True, slots=True)
class ImportFinished:
    """All logs were read."""

    sources: tuple[SourceImport, ...]


@dataclass(frozen=True, slots=True)
class ImportCancelled:
    """The person stopped the reading; what was committed stays."""


@dataclass(frozen=True, slots=True)
class SampleProgressed:
    """How much of the sample data is made, 0 to 1."""

    part: float


@dataclass(frozen=True, slots=True)
class SampleReady:
    """The sample ledger can be looked at."""


@dataclass(frozen=True, slots=True)
class AlertsWaiting:
    """Alerts that were not notified yet."""

    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class NotificationShown:
    """The desktop took this alert."""

    alert_id: int


@dataclass(frozen=True, slots=True)
class NotificationRefused:
    """The desktop did not take this alert, for a reason in words."""

    alert: Alert
    reason: str


@dataclass(frozen=True, slots=True)
class NotificationChosen:
    """The person clicked a notification, or one of its buttons ("open", "snooze")."""

    alert_id: int
    action: str


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """The settings as they stand now."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class Exported:
    """A file was written."""

    path: Path


@dataclass(frozen=True, slots=True)
class ChecksReady:
    """What the doctor found."""

    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class AccountsListed:
    """The accounts that can be shown, and how those on servers stand."""

    views: tuple[AccountView, ...]
    states: tuple[AccountState, ...]


@dataclass(frozen=True, slots=True)
class Synced:
    """Servers were asked, and this came of it."""

    results: tuple[SyncResult, ...]


@dataclass(frozen=True, slots=True)
class AccountTried:
    """What a server answered to an account that is being entered, or why it cannot be had."""

    is_ok: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class AccountKept:
    """An account, or its new token, is kept; the sentence says where the token is."""

    name: str
    sentence: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class TokenPlaceReady:
    """Where tokens are kept on this computer, in a sentence."""

    sentence: str


@dataclass(frozen=True, slots=True)
class PreflightReady:
    """What planned operations would cost, or None and why nobody knows."""

    preflight: Preflight | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class PlansCompared:
    """How the calls of an account would have fared on each plan."""

    account: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class PageReady:
    """The address of a page of the server: "checkout" or "portal"."""

    what: str
    url: str


@dataclass(frozen=True, slots=True)
class TablePreviewed:
    """What the first rows of a table would become."""

    path: Path
    preview: TablePreview


@dataclass(frozen=True, slots=True)
class TableBooked:
    """How much of a table is booked by now."""

    added: int
    known: int
    refused: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class LiveReady:
    """What goes on now, with how the gateway stands."""

    view: LiveView


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was asked for is committed."""

    topic: Topic
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """Something did not work; the sentence says what happened and what to do."""

    topic: Topic
    sentence: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """Our bug: the details go to the log and the clipboard, never to the screen."""

    details: str


Event = (
    ReportReady
    | StatusReady
    | LedgerChanged
    | CallsReady
    | CallReady
    | ForecastChecked
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
    | LiveReady
    | Done
    | Failed
    | Crashed
)

"""What a dock asks the window for, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from alwrity_desktop.core.domain.report import CallQuery
from alwrity_desktop.core.domain.tip import TipState


@dataclass(frozen=True, slots=True)
class OpenCalls:
    """Show the calls behind a figure."""

    provider: str | None = None
    model: str | None = None
    #: First and last day, both included, ISO; None is the report's own bound.
    day_start: str | None = None
    day_end: str | None = None
    #: "ok", "error", "unpriced", "estimated" or None for any.
    state: str | None = None
    #: Words that the call must have, such as its agent or conversation.
    search: str = ""


@dataclass(frozen=True, slots=True)
class AskCalls:
    """Fetch one page of calls and hand it to the Calls dock."""

    query: CallQuery


@dataclass(frozen=True, slots=True)
class OpenCall:
    """Show one call with its price, origin and where it was seen."""

    call_id: int


@dataclass(frozen=True, slots=True)
class MarkAlertsRead:
    """Mark alerts read; None means all of them."""

    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class MarkTip:
    """Say what the person thinks of a tip."""

    tip_id: str
    state: TipState


@dataclass(frozen=True, slots=True)
class CheckForecast:
    """Tell how far off the forecast was in the account's own past periods."""


@dataclass(frozen=True, slots=True)
class EditBudget:
    """Change a budget; None means a new one."""

    budget_id: int | None = None


@dataclass(frozen=True, slots=True)
class RemoveBudget:
    """Remove a budget."""

    budget_id: int


@dataclass(frozen=True, slots=True)
class ReadLogs:
    """Read the logs that lie on this computer."""


@dataclass(frozen=True, slots=True)
class ShowPrices:
    """Show the models without a price, and let the person set one."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Try the last refresh again."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """Write the period to a file."""


@dataclass(frozen=True, slots=True)
class SelectPeriod:
    """Show another period."""

    kind: str
    #: 0 is the present period, -1 the one before, and so on.
    offset: int = 0


@dataclass(frozen=True, slots=True)
class OpenDock:
    """Bring another dock to the front, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class ConnectServer:
    """Connect one more server."""


@dataclass(frozen=True, slots=True)
class ManageAccounts:
    """Look after the connected servers."""


@dataclass(frozen=True, slots=True)
class EnterToken:
    """Give the account that is shown a new token."""


@dataclass(frozen=True, slots=True)
class AskPrice:
    """Ask the account's server what planned operations would cost."""


@dataclass(frozen=True, slots=True)
class ReplayPlans:
    """Replay the account's own calls of the last full months on every plan."""


@dataclass(frozen=True, slots=True)
class OpenServerPage:
    """Open a page of the account's server in the browser: "checkout" or "portal"."""

    what: str


@dataclass(frozen=True, slots=True)
class StartGateway:
    """Start the gateway."""


@dataclass(frozen=True, slots=True)
class StopGateway:
    """Let the gateway end what is under way, then stop it."""


@dataclass(frozen=True, slots=True)
class TrackProgram:
    """Show how programs are tracked: base URLs, and lines to copy."""

    provider: str = ""


@dataclass(frozen=True, slots=True)
class AllowModel:
    """Let a model without a price pass budgets of cost."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class ImportTable:
    """Read calls from a table of the person's own."""


GatewayRequest = StartGateway | StopGateway | TrackProgram | AllowModel

Request = (
    OpenCalls
    | AskCalls
    | OpenCall
    | MarkAlertsRead
    | MarkTip
    | CheckForecast
    | EditBudget
    | RemoveBudget
    | ReadLogs
    | ShowPrices
    | Retry
    | ExportReport
    | SelectPeriod
    | OpenDock
    | ConnectServer
    | ManageAccounts
    | EnterToken
    | AskPrice
    | ReplayPlans
    | OpenServerPage
    | GatewayRequest
    | ImportTable
)

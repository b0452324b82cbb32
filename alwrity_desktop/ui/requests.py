"""What a dock asks the window for, as frozen values."""

from __future__ import annotations

import msgspec

from alwrity_desktop.core.domain.report import CallQuery
from alwrity_desktop.core.domain.tip import TipState
from alwrity_desktop.core.domain.what_if_values import WhatIf


class OpenCalls(msgspec.Struct, frozen=True):
    """Show the calls behind a figure."""

    provider: str | None = None
    model: str | None = None
    #: First and last day, both included, ISO; None is the report's own bound.
    day_start: str | None = None
    day_end: str | None = None
    #: "ok", "error", "unpriced", "estimated", "paid", "repeated" or None for any.
    state: str | None = None
    #: Words that the call must have, such as its agent or conversation.
    search: str = ""
    #: The clock's hour, on one weekday (Monday 0) or on any; None is the whole day.
    hour: int | None = None
    weekday: int | None = None
    #: A dimension such as "agent" and the name in full; "" is none named. None for any.
    belongs_to: tuple[str, str] | None = None


class AskCalls(msgspec.Struct, frozen=True):
    """Fetch one page of calls and hand it to the Calls dock."""

    query: CallQuery


class OpenCall(msgspec.Struct, frozen=True):
    """Show one call with its price, origin and where it was seen."""

    call_id: int


class MarkAlertsRead(msgspec.Struct, frozen=True):
    """Mark alerts read; None means all of them."""

    ids: tuple[int, ...] | None = None


class MarkTip(msgspec.Struct, frozen=True):
    """Say what the person thinks of a tip."""

    tip_id: str
    state: TipState


class CheckForecast(msgspec.Struct, frozen=True):
    """Tell how far off the forecast was in the account's own past periods."""


class AskModelOffers(msgspec.Struct, frozen=True):
    """Fetch the models that have a price now."""

    #: Providers and models of the own calls, which stand first.
    used: frozenset[tuple[str, str]]


class AskWhatIf(msgspec.Struct, frozen=True):
    """Work out what the same calls would have cost on another model."""

    question: WhatIf


class OpenWhatIf(msgspec.Struct, frozen=True):
    """Show what the calls would have cost elsewhere; of a provider or a model, or of any."""

    provider: str | None = None
    model: str | None = None


class EditBudget(msgspec.Struct, frozen=True):
    """Change a budget; None means a new one."""

    budget_id: int | None = None


class RemoveBudget(msgspec.Struct, frozen=True):
    """Remove a budget."""

    budget_id: int


class ReadLogs(msgspec.Struct, frozen=True):
    """Read the logs that lie on this computer."""


class ShowPrices(msgspec.Struct, frozen=True):
    """Show the models without a price, and let the person set one."""


class Retry(msgspec.Struct, frozen=True):
    """Try the last refresh again."""


class ExportReport(msgspec.Struct, frozen=True):
    """Write the period to a file."""


class SelectPeriod(msgspec.Struct, frozen=True):
    """Show another period."""

    kind: str
    #: 0 is the present period, -1 the one before, and so on.
    offset: int = 0


class OpenDock(msgspec.Struct, frozen=True):
    """Bring another dock to the front, by its name."""

    name: str


class ConnectServer(msgspec.Struct, frozen=True):
    """Connect one more server."""


class ManageAccounts(msgspec.Struct, frozen=True):
    """Look after the connected servers."""


class EnterToken(msgspec.Struct, frozen=True):
    """Give the account that is shown a new token."""


class AskPrice(msgspec.Struct, frozen=True):
    """Ask the account's server what planned operations would cost."""


class ReplayPlans(msgspec.Struct, frozen=True):
    """Replay the account's own calls of the last full months on every plan."""


class OpenServerPage(msgspec.Struct, frozen=True):
    """Open a page of the account's server in the browser: "checkout" or "portal"."""

    what: str


class StartGateway(msgspec.Struct, frozen=True):
    """Start the gateway."""


class StopGateway(msgspec.Struct, frozen=True):
    """Let the gateway end what is under way, then stop it."""


class TrackProgram(msgspec.Struct, frozen=True):
    """Show how programs are tracked: base URLs, and lines to copy."""

    provider: str = ""


class AllowModel(msgspec.Struct, frozen=True):
    """Let a model without a price pass budgets of cost."""

    provider: str
    model: str


class ImportTable(msgspec.Struct, frozen=True):
    """Read calls from a table of the person's own."""


WhatIfRequest = AskModelOffers | AskWhatIf | OpenWhatIf
GatewayRequest = StartGateway | StopGateway | TrackProgram | AllowModel

Request = (
    OpenCalls
    | AskCalls
    | OpenCall
    | MarkAlertsRead
    | MarkTip
    | CheckForecast
    | WhatIfRequest
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

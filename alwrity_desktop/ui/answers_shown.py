"""Hands to a dock what it asked the ledger's thread for."""

from __future__ import annotations

from collections.abc import Mapping

from alwrity_desktop.ui import events
from alwrity_desktop.ui.calls_view import CallsView
from alwrity_desktop.ui.forecast_view import ForecastView
from alwrity_desktop.ui.what_if_view import WhatIfView

CallsEvent = events.CallsReady | events.CallReady
WhatIfEvent = events.ModelOffersReady | events.WhatIfReady
AnswerEvent = CallsEvent | WhatIfEvent | events.ForecastChecked


def show_answer(views: Mapping[str, object], event: AnswerEvent) -> None:
    """Show *event* in the dock that waits for it, where that dock is among *views*."""
    if isinstance(event, CallsEvent):
        _show_calls(views.get("calls"), event)
    elif isinstance(event, WhatIfEvent):
        _show_what_if(views.get("models"), event)
    else:
        view = views.get("trends")
        if isinstance(view, ForecastView):
            view.show_forecast_check(event.check)


def _show_calls(view: object, event: CallsEvent) -> None:
    if not isinstance(view, CallsView):
        return
    if isinstance(event, events.CallsReady):
        view.show_calls(event.page)
    else:
        view.show_call(event.row)


def _show_what_if(view: object, event: WhatIfEvent) -> None:
    if not isinstance(view, WhatIfView):
        return
    if isinstance(event, events.ModelOffersReady):
        view.show_offers(event.account, event.offers)
    else:
        view.show_what_if(event.account, event.question, event.outcome, event.sentence)

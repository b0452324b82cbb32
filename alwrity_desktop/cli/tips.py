"""`tips`: what could be changed, what it would save, and what was said of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, calls, plain, print_document
from alwrity_desktop.core.documents import moment, tip_document
from alwrity_desktop.core.domain.budgets import Status
from alwrity_desktop.core.domain.periods import local_time
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.tip import NOTHING_TO_SAY, Tip, TipClass, TipState
from alwrity_desktop.core.domain.tip_states import SNOOZE_DAYS, KeptTip
from alwrity_desktop.core.domain.words import money_words

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context

_ACTIONS: Final = {
    "dismiss": (TipState.DISMISSED, "say that a tip is of no use; it does not come again"),
    "snooze": (TipState.SNOOZED, "put a tip off for some days"),
    "done": (TipState.DONE, "say that a tip was followed; it is measured after seven days"),
    "reopen": (TipState.OPEN, "take back what was said of a tip"),
}
_CLASSES: Final = {
    TipClass.DO_NOW: "Do now",
    TipClass.HABIT: "Make it a habit",
    TipClass.INFORMATION: "For information",
}
_UNCHANGED: Final = "No tip: there are no calls to look at."


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "What could be changed, from the own calls of a period: each tip with its saving, what "
        "it\nrests on, and the calls behind it. A tip is named by its ID.",
        (
            "tips",
            "tips --period week --json",
            "tips snooze more_searches --days 14",
            "tips done cheaper_model:gemini:gemini-2.5-flash:gemini-2.0-flash-lite",
        ),
    )
    parsing.add_account(parser)
    parsing.add_period(parser)
    parsing.add_json(parser)
    actions = parser.add_subparsers(dest="action", metavar="|".join(_ACTIONS))
    for name, (state, summary) in _ACTIONS.items():
        acting: Parser = actions.add_parser(
            name, help=summary, summary=summary, prog=f"{PROGRAM} tips {name}"
        )
        acting.add_argument("tip", metavar="ID", help="as tips lists it")
        if state is TipState.SNOOZED:
            acting.add_argument(
                "--days",
                type=int,
                default=SNOOZE_DAYS,
                metavar="N",
                help=f"for how many days (default: {SNOOZE_DAYS})",
            )
        # Given before or after the action, they mean the same.
        absent = argparse.SUPPRESS
        acting.add_argument("--account", default=absent, metavar="A", help="whose calls")
        acting.add_argument(
            "--json", action="store_true", default=absent, help="print one JSON document"
        )


def run(arguments: Arguments, session: Session) -> int:
    """Print the tips, or keep what is said of one."""
    context = session.context(arguments.account)
    if arguments.action is not None:
        return _mark(arguments, context)
    report = context.report(arguments.account, parsing.period_choice(arguments), ())
    message = _message(report)
    if arguments.json:
        put_off = context.advice.put_off(arguments.account)
        print_document(
            {
                "account": arguments.account,
                "tips": [tip_document(tip) for tip in report.tips],
                "message": message or None,
                "put_off": [_kept_document(kept) for kept in put_off],
            }
        )
    else:
        zone = report.period.timezone
        print(message or "\n\n".join(_paragraphs(report.tips, zone)))
    return 0


def _message(report: Report) -> str:
    """Return what is said where there is no tip; "" where there are some."""
    if report.tips:
        return ""
    if not report.totals.calls:
        return _UNCHANGED
    return NOTHING_TO_SAY if report.status is Status.ACTIVE else "No tip."


def _paragraphs(tips: tuple[Tip, ...], zone: str) -> Iterator[str]:
    for tip_class, title in _CLASSES.items():
        found = [tip for tip in tips if tip.tip_class is tip_class]
        if found:
            yield title + ":\n" + "\n".join(line for tip in found for line in _lines(tip, zone))


def _lines(tip: Tip, zone: str) -> Iterator[str]:
    yield plain(f"  {tip.text}")
    if tip.saving_pico is not None:
        yield (
            f"    Saves {money_words(tip.saving_pico)} of {money_words(tip.cost_pico)} "
            f"({tip.basis.value}), {calls(tip.calls)}."
        )
    yield plain(f"    {tip.assumption}")
    if tip.done_at_ms is not None:
        yield f"    Done on {local_time(tip.done_at_ms, zone):%Y-%m-%d}."
    yield plain(f"    ID: {tip.id}")


def _mark(arguments: Arguments, context: Context) -> int:
    context.account(arguments.account)
    state, _ = _ACTIONS[arguments.action]
    days = arguments.days if state is TipState.SNOOZED else SNOOZE_DAYS
    kept = context.advice.mark(
        arguments.account,
        arguments.tip,
        state,
        parsing.period_choice(arguments),
        snooze_days=days,
    )
    if arguments.json:
        print_document({"tip": arguments.tip, "state": state.value, **_until(kept)})
    else:
        print(plain(f"{_said(state, days)}: {arguments.tip}"))
    return 0


def _until(kept: KeptTip | None) -> dict[str, str | None]:
    return {"until": None if kept is None else moment(kept.until_ms)}


def _said(state: TipState, days: int) -> str:
    return {
        TipState.DISMISSED: "Dismissed",
        TipState.SNOOZED: f"Snoozed for {days} days",
        TipState.DONE: "Done; it is measured again in seven days",
        TipState.OPEN: "Open again",
    }[state]


def _kept_document(kept: KeptTip) -> dict[str, str | None]:
    return {
        "id": kept.tip_id,
        "state": kept.state.value,
        "text": kept.text,
        "set_at": moment(kept.set_at_ms),
        "until": moment(kept.until_ms),
    }

"""`prices reprice`: applies today's prices to past calls, and takes that back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, calls, count, plain, print_document, table
from alwrity_desktop.core.documents import amount, moment
from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.domain.periods import custom
from alwrity_desktop.core.domain.repricing import RepriceQuestion, Repricing, RevisionKind
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS
from alwrity_desktop.core.domain.words import money_words

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context

SCHEMA: Final = "alwrity-desktop/repricing/1"

_MAX_MODELS: Final = 20
_LATEST: Final = "2999-12-30"


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parsing.add_account(parser)
    parser.add_argument("--from", dest="first", type=parsing.iso_day, metavar="D", help="first day")
    parser.add_argument(
        "--to", dest="last", type=parsing.iso_day, metavar="D", help="last day (default: today)"
    )
    parser.add_argument("--provider", metavar="P", help="only the calls to this provider")
    parser.add_argument("--model", metavar="M", help="only the calls to this model")
    parser.add_argument(
        "--with-reported",
        action="store_true",
        help="replace costs that providers reported as well",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would change, and change nothing"
    )
    parser.add_argument(
        "--undo", action="store_true", help="take back what was applied last, in one step"
    )


def run(arguments: Arguments, session: Session) -> int:
    """Apply, try or undo, and print what changes."""
    context = session.context(arguments.account)
    if context.account(arguments.account).kind == ALL_ACCOUNTS:
        raise UsageError("Prices are applied account by account: name one with --account.")
    result = _undone(arguments, context) if arguments.undo else _applied(arguments, context)
    if arguments.json:
        print_document(_document(result))
    else:
        print("\n".join(_paragraphs(result, is_trial=arguments.dry_run)))
    return 0


def _undone(arguments: Arguments, context: Context) -> Repricing:
    if arguments.first or arguments.last or arguments.dry_run:
        raise UsageError("--undo takes the last change back as a whole: name nothing beside it.")
    return context.advice.undo_repricing(arguments.account)


def _applied(arguments: Arguments, context: Context) -> Repricing:
    zone = context.timezone()
    if arguments.first is None:
        raise UsageError("Name the first day with --from, such as --from 2026-11-01.")
    last = arguments.last or _LATEST
    if arguments.first > last:
        message = f"--from {arguments.first} lies after --to {last}: the first day comes first."
        raise UsageError(message)
    days = custom(arguments.first, last, zone)
    provider = arguments.provider.strip().lower() if arguments.provider else None
    question = RepriceQuestion(
        arguments.account,
        days.start_ms,
        days.end_ms,
        provider,
        arguments.model,
        arguments.with_reported,
    )
    return context.advice.reprice(question, is_trial=arguments.dry_run)


def _document(result: Repricing) -> dict[str, Any]:
    question = result.question
    return {
        "schema": SCHEMA,
        "account": question.account,
        "revision": result.revision_id,
        "kind": result.kind.value,
        "undoes": result.undoes_id,
        "at": moment(result.made_at_ms),
        "from": moment(question.start_ms),
        "calls": result.calls,
        "changed": result.changed,
        "before_usd": amount(result.before_pico),
        "after_usd": amount(result.after_pico),
        "difference_usd": amount(result.after_pico - result.before_pico),
        "models": [
            {
                "provider": change.provider,
                "model": change.model,
                "calls": change.calls,
                "before_usd": amount(change.before_pico),
                "after_usd": amount(change.after_pico),
                "newly_priced": change.newly_priced,
            }
            for change in result.models
        ],
    }


def _paragraphs(result: Repricing, *, is_trial: bool) -> Iterator[str]:
    if not result.changed:
        yield f"Nothing changes: {calls(result.calls)} cost what they cost."
        return
    rows = [
        (
            f"{change.model} ({change.provider})",
            count(change.calls),
            money_words(change.known_before_pico),
            money_words(change.known_after_pico),
            count(change.newly_priced),
        )
        for change in result.models[:_MAX_MODELS]
    ]
    yield table(("Model", "Calls", "Before", "After", "Newly priced"), rows)
    more = len(result.models) - len(rows)
    if more:
        yield f"and {more:,} more models."
    before, after = money_words(result.known_before_pico), money_words(result.known_after_pico)
    moved = f"from {before} to {after}"
    if is_trial:
        yield plain(f"{calls(result.changed)} would move {moved}. Nothing was changed.")
    elif result.kind is RevisionKind.UNDONE:
        yield f"{calls(result.changed)} moved back {moved}, as revision {result.revision_id}."
    else:
        yield (
            f"{calls(result.changed)} moved {moved}, as revision {result.revision_id}. "
            f"{PROGRAM} prices reprice --undo takes it back."
        )

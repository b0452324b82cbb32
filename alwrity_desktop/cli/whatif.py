"""`whatif`: what the calls of a period would have cost on another model, and with more of them."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import Any, Final

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import calls, plain, print_document
from alwrity_desktop.core.documents import amount
from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.domain.model_families import title_of
from alwrity_desktop.core.domain.providers import provider_of
from alwrity_desktop.core.domain.what_if_values import Outcome, WhatIf
from alwrity_desktop.core.domain.words import money_words, tokens_words

SCHEMA: Final = "alwrity-desktop/what-if/1"


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "What the own calls of a period would have cost on another model, token for token, and "
        "with\nmore or fewer of them. Nothing is changed.",
        (
            "whatif --model gemini-2.0-flash-lite --from-model gemini-2.5-flash",
            "whatif --model claude-haiku-4-5 --from-provider anthropic --volume 1.5 --json",
        ),
    )
    parser.add_argument("--model", required=True, metavar="M", help="the model to move to")
    parser.add_argument("--provider", metavar="P", help="whose it is (default: as its name says)")
    parser.add_argument("--from-model", metavar="N", help="only the calls to this model")
    parser.add_argument("--from-provider", metavar="Q", help="only the calls to this provider")
    parser.add_argument(
        "--volume",
        type=_factor,
        default=Fraction(1),
        metavar="X",
        help="how many times as many calls there are (default: 1)",
    )
    parsing.add_account(parser)
    parsing.add_period(parser)
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Print what it would cost."""
    context = session.context(arguments.account)
    model = arguments.model.strip()
    provider = (arguments.provider or provider_of(model) or "").strip().lower()
    if not provider:
        raise UsageError(f"Name the provider of {model:.80} with --provider.")
    question = WhatIf(
        provider, model, arguments.from_provider, arguments.from_model, arguments.volume
    )
    outcome = context.advice.what_if(arguments.account, question, parsing.period_choice(arguments))
    if arguments.json:
        print_document(_document(arguments.account, outcome))
    else:
        print("\n".join(map(plain, _sentences(outcome))))
    return 0


def _factor(text: str) -> Fraction:
    """Return a factor. Raises ArgumentTypeError for what is no number."""
    try:
        return Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        message = f'"{text:.40}" is no factor; write it as 1.5'
        raise argparse.ArgumentTypeError(message) from None


def _document(account: str, outcome: Outcome) -> dict[str, Any]:
    question = outcome.question
    return {
        "schema": SCHEMA,
        "account": account,
        "provider": question.provider,
        "model": question.model,
        "from_provider": question.from_provider,
        "from_model": question.from_model,
        "volume": float(question.volume),
        "calls": outcome.calls,
        "tokens": outcome.tokens,
        "cost_usd": amount(outcome.cost_pico),
        "instead_usd": amount(outcome.instead_pico),
        "saving_usd": amount(outcome.saving_pico),
        "at_volume_usd": amount(outcome.at_volume_pico),
        "list_equivalent": outcome.is_list_equivalent,
        "unpriced_calls": outcome.unpriced_calls,
        "unfit_calls": outcome.unfit_calls,
        "assumption": outcome.assumption,
    }


def _sentences(outcome: Outcome) -> list[str]:
    question = outcome.question
    title = title_of(question.provider, question.model)
    saving = outcome.saving_pico
    less = f"{money_words(saving)} less" if saving >= 0 else f"{money_words(-saving)} more"
    whole = (
        f"{calls(outcome.calls)} with {tokens_words(outcome.tokens)} tokens cost "
        f"{money_words(outcome.cost_pico)}; on {title} they would have cost "
        f"{money_words(outcome.instead_pico)}, {less}."
    )
    said = [whole]
    if question.volume != 1:
        said.append(
            f"With {float(question.volume):g} times as many calls: "
            f"{money_words(outcome.at_volume_pico)}."
        )
    if outcome.is_list_equivalent:
        said.append("Some of these calls are paid by a flat rate: their cost is the list's.")
    return [*said, *_left_out(outcome, title), outcome.assumption]


def _left_out(outcome: Outcome, title: str) -> list[str]:
    """Return which calls are in none of the sums."""
    said = []
    if outcome.unpriced_calls:
        said.append(f"Left out: {calls(outcome.unpriced_calls)} without a price now.")
    if outcome.unfit_calls:
        said.append(f"Left out: {calls(outcome.unfit_calls)} that {title} has no price for.")
    return said

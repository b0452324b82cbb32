"""`prices`: shows, lists, sets, updates and applies what models cost."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from alwrity_desktop.cli import parsing, reprice
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.cli.words import PROGRAM, plain, print_document, table
from alwrity_desktop.core.domain.errors import NotFoundError, UsageError
from alwrity_desktop.core.domain.price_book import PriceEntry
from alwrity_desktop.core.domain.price_list import start_ms
from alwrity_desktop.core.domain.pricing import PriceOverride, Quote
from alwrity_desktop.core.domain.words import UNKNOWN
from alwrity_desktop.core.price_documents import price_document, price_text

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context

OWN_PRICES: Final = MappingProxyType(
    {
        "input": ("input_usd_per_million", "dollars for a million input tokens"),
        "output": ("output_usd_per_million", "dollars for a million output tokens"),
        "cache-read": ("cache_read_usd_per_million", "… read from the cache"),
        "cache-write": ("cache_write_usd_per_million", "… written to it for five minutes"),
        "cache-write-1h": ("cache_write_1h_usd_per_million", "… written to it for one hour"),
        "per-request": ("per_request_usd", "dollars for one request, such as a search"),
        "per-image": ("per_image_usd", "dollars for one image"),
        "per-page": ("per_page_usd", "dollars for one page"),
    }
)
"""The options of `prices set`, with the field each fills and what it means."""

_SHOWN: Final = MappingProxyType(
    {
        "input": "for a million input tokens",
        "output": "for a million output tokens",
        "cache_read": "for a million tokens read from the cache",
        "cache_write_5m": "for a million tokens written to the cache for five minutes",
        "cache_write_1h": "for a million tokens written to the cache for one hour",
        "request": "for one request",
        "web_search": "for one web search",
        "image": "for one image",
        "page": "for one page",
    }
)
_LISTED: Final = ("input", "output", "cache_read", "request", "image", "page")


def configure(parser: Parser) -> None:
    """Add the arguments of the actions."""
    parser.explain(
        "What models cost, which list says so, and since when. A price of your own outranks the\n"
        "lists. A model that nobody has a price for is never counted as free.",
        (
            "prices show --provider gemini --model gemini-2.5-pro --json",
            "prices list --provider anthropic",
            "prices set --provider acme --model big-1 --input 3 --output 15 --from 2026-11-01",
            "prices update",
            "prices reprice --from 2026-11-01 --model big-1 --dry-run",
        ),
    )
    actions = parser.add_subparsers(
        dest="action", metavar="show|list|set|update|reprice", required=True
    )
    showing = _action(actions, "show", "show the prices of one model")
    _add_model(showing)
    _add_at(showing)
    listing = _action(actions, "list", "list every model that has a price")
    listing.add_argument("--provider", metavar="P", help="only the models of this provider")
    _add_at(listing)
    setting = _action(actions, "set", "set a price of your own")
    _add_model(setting)
    for option, (field, meaning) in OWN_PRICES.items():
        setting.add_argument(f"--{option}", dest=field, type=_dollars, metavar="USD", help=meaning)
    setting.add_argument(
        "--from", dest="first", type=parsing.iso_day, metavar="DATE", help="first day, in UTC"
    )
    updating = _action(actions, "update", "take a newer price list")
    updating.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="the list; without it, an installed newer genai-prices",
    )
    reprice.configure(_action(actions, "reprice", "apply today's prices to past calls"))


def run(arguments: Arguments, session: Session) -> int:
    """Do what was asked."""
    actions = {"show": _show, "list": _list, "set": _set, "update": _update}
    if arguments.action == "reprice":
        return reprice.run(arguments, session)
    return actions[arguments.action](arguments, session)


def _action(actions: argparse._SubParsersAction[Parser], name: str, summary: str) -> Parser:
    parser: Parser = actions.add_parser(
        name, help=summary, summary=summary, prog=f"{PROGRAM} prices {name}"
    )
    parsing.add_json(parser)
    return parser


def _add_model(parser: Parser) -> None:
    parser.add_argument("--provider", required=True, metavar="P", help="such as gemini")
    parser.add_argument("--model", required=True, metavar="M", help="such as gemini-2.5-pro")


def _add_at(parser: Parser) -> None:
    parser.add_argument(
        "--at", type=parsing.iso_day, metavar="DATE", help="the day, in UTC (default: now)"
    )


def _dollars(text: str) -> str:
    """Return *text* without its dollar sign. Raises ArgumentTypeError for what is no amount."""
    digits = text.strip().removeprefix("$")
    try:
        is_amount = Decimal(digits).is_finite()
    except InvalidOperation:
        is_amount = False
    if not is_amount:
        message = f'"{text:.40}" is not a price; write dollars as 1.25'
        raise argparse.ArgumentTypeError(message)
    return digits


def _moment(arguments: Arguments, session: Session) -> int:
    return start_ms(arguments.at) if arguments.at else session.now_ms()


def _show(arguments: Arguments, session: Session) -> int:
    provider, model = arguments.provider.strip().lower(), arguments.model.strip()
    at_ms = _moment(arguments, session)
    entry = session.context().price_book().describe(provider, model, at_ms)
    if entry is None:
        message = (
            f"No price is known for {model:.80} of {provider:.80}. Set one: {PROGRAM} prices set "
            "--provider P --model M --input X --output Y"
        )
        raise NotFoundError(message)
    if arguments.json:
        print_document(price_document(entry))
    else:
        print("\n".join(map(plain, _sentences(entry))))
    return 0


def _sentences(entry: PriceEntry) -> Iterator[str]:
    quote = entry.quote
    since = f", in force since {quote.effective}" if quote.effective else ""
    dated = f" of {quote.list_date}" if quote.list_date else ""
    yield f"{entry.model} ({entry.provider}), by {quote.origin}{dated}{since}:"
    yield from _price_lines(quote)
    for longer in entry.longer:
        yield f"In a request of more than {longer.context_above:,} input tokens:"
        yield from _price_lines(longer)
    for variant in entry.variants:
        yield f"As {variant.tier}:"
        yield from _price_lines(variant)


def _price_lines(quote: Quote) -> Iterator[str]:
    for kind, meaning in _SHOWN.items():
        usd = price_text(quote, kind)
        if usd is not None:
            yield f"  ${usd} {meaning}"


def _list(arguments: Arguments, session: Session) -> int:
    provider = arguments.provider.strip().lower() if arguments.provider else None
    entries = list(session.context().price_book().all_prices(_moment(arguments, session), provider))
    if arguments.json:
        print_document({"prices": [price_document(entry) for entry in entries]})
    elif entries:
        headings = ("Provider", "Model", *(kind.replace("_", " ") for kind in _LISTED), "Origin")
        print(table(tuple(map(str.capitalize, headings)), [_row(each) for each in entries], 2))
    else:
        named = f" of {provider:.80}" if provider else ""
        print(plain(f"No price is known{named}."))
    return 0


def _row(entry: PriceEntry) -> tuple[str, ...]:
    prices = (price_text(entry.quote, kind) for kind in _LISTED)
    return (entry.provider, entry.model, *(each or UNKNOWN for each in prices), entry.quote.origin)


def _set(arguments: Arguments, session: Session) -> int:
    prices = {field: getattr(arguments, field) for field, _ in OWN_PRICES.values()}
    prices = {field: text for field, text in prices.items() if text is not None}
    provider, model = arguments.provider.strip().lower(), arguments.model.strip()
    if not prices:
        options = ", ".join(f"--{option}" for option in OWN_PRICES)
        message = f"Name at least one price: {options}."
        raise UsageError(message)
    if not provider or not model or not (provider + model).isprintable():
        raise UsageError("--provider and --model are names of one line.")
    context = session.context()
    context.set_price(
        PriceOverride(provider=provider, model=model, effective_from=arguments.first, **prices)
    )
    return _say_what_stands(context, session, arguments, (provider, model))


def _say_what_stands(
    context: Context, session: Session, arguments: Arguments, names: tuple[str, str]
) -> int:
    at_ms = start_ms(arguments.first) if arguments.first else session.now_ms()
    entry = context.price_book().describe(*names, at_ms)
    if arguments.json:
        print_document(None if entry is None else price_document(entry))
    elif entry is not None:
        print("\n".join(map(plain, _sentences(entry))))
    return 0


def _update(arguments: Arguments, session: Session) -> int:
    from alwrity_desktop.core.price_update import update_prices

    path = arguments.file.expanduser() if arguments.file else None
    sentence = update_prices(path, session.profile.data, session.now_ms())
    if arguments.json:
        print_document({"result": sentence})
    else:
        print(plain(sentence))
    return 0

"""`gateway`: passes calls on to their providers and counts them, until it is stopped."""

from __future__ import annotations

import json
from pathlib import Path

from alwrity_desktop.cli import parsing
from alwrity_desktop.cli.parsing import Arguments, Parser
from alwrity_desktop.cli.session import Session
from alwrity_desktop.core.domain.errors import UsageError, WorldError
from alwrity_desktop.core.gateway_control import FOLDER, KEY_VARIABLE, noted

LAST_PORT = 65_535


def configure(parser: Parser) -> None:
    """Add the arguments."""
    parser.explain(
        "Track any program by another base URL: http://127.0.0.1:PORT/openai/v1 in place of\n"
        "https://api.openai.com/v1, and so for anthropic, gemini, mistral, tavily, serper, exa,\n"
        "metaphor, firecrawl and stability. Calls pass unchanged; what they cost is booked.\n"
        "Budgets set with --enforce block say no before the money is gone.\n\n"
        f"{KEY_VARIABLE}, if set, is a key that every request has to bring in the header\n"
        "X-Gateway-Key.",
        (
            "gateway",
            "gateway --port 8080 --upstream groq=https://api.groq.com/openai",
        ),
    )
    parser.add_argument("--port", type=int, metavar="N", help="0 for any free one (default: 4815)")
    parser.add_argument(
        "--upstream",
        action="append",
        default=[],
        metavar="PROVIDER=URL",
        help="another address for a provider, or a server that speaks as OpenAI does",
    )
    parsing.add_json(parser)


def run(arguments: Arguments, session: Session) -> int:
    """Serve until SIGINT or SIGTERM."""
    from alwrity_desktop.core.gateway.config import GatewayConfig
    from alwrity_desktop.core.gateway.running import serve
    from alwrity_desktop.core.gateway.upstreams import upstreams_of
    from alwrity_desktop.core.gateway_ledger import ContextDoor

    kept = session.settings
    port = kept.gateway_port if arguments.port is None else arguments.port
    if not 0 <= port <= LAST_PORT:
        raise UsageError(f"--port {port} is no port: it lies between 0 and {LAST_PORT}.")
    context = session.context()
    config = GatewayConfig(
        folder=_folder(session),
        port=port,
        upstreams=upstreams_of((*kept.gateway_upstreams, *arguments.upstream)),
        tag_headers=kept.gateway_headers,
        asks_usage=kept.gateway_asks_usage,
        fails_closed=kept.gateway_fail == "block",
        receives_otlp=kept.receive_otlp,
        hashes=session.hashes(),
        key=session.environ.get(KEY_VARIABLE, ""),
        clock=context.clock,
    )

    with noted(config.folder) as note:

        def tell(url: str) -> None:
            note(url)
            if arguments.json:
                print(json.dumps({"listening": url}), flush=True)
            else:
                print(f"Listening at {url}. Give programs {url}/openai/v1 and so on.", flush=True)

        serve(config, ContextDoor(context), tell)
    return 0


def _folder(session: Session) -> Path:
    folder = session.profile.data / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorldError(f"The folder {folder} cannot be made ({reason}).") from error
    return folder

"""How programs are tracked: for each provider its base URL, and what the usual tools need."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

import msgspec


class Recipe(msgspec.Struct, frozen=True):
    """What one SDK or tool needs, with ``{base}`` for the provider's base URL."""

    tool: str
    #: What to copy, ready to be pasted.
    text: str
    #: Where it is pasted: "shell", "python", "javascript" or the name of a file.
    where: str = "shell"


class Tracked(msgspec.Struct, frozen=True):
    """One provider as the gateway offers it."""

    provider: str
    #: What follows the provider's name in the base URL.
    path: str = ""
    #: The variable that the provider's SDKs read; "" where they read none.
    variable: str = ""
    recipes: tuple[Recipe, ...] = ()


_CODEX: Final = """\
model_provider = "tracked"

[model_providers.tracked]
name = "OpenAI, tracked"
base_url = "{base}"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
"""

TRACKED: Final = (
    Tracked(
        "openai", "/v1", "OPENAI_BASE_URL",
        (
            Recipe("OpenAI SDK", 'client = OpenAI(base_url="{base}")', "python"),
            Recipe("OpenAI SDK", 'const client = new OpenAI({ baseURL: "{base}" });', "javascript"),
            Recipe("LangChain", 'ChatOpenAI(model="gpt-4o-mini", base_url="{base}")', "python"),
            Recipe("LiteLLM", 'litellm.completion(..., api_base="{base}")', "python"),
            Recipe("Codex", _CODEX, "~/.codex/config.toml"),
            Recipe(
                "curl",
                'curl {base}/chat/completions -H "Authorization: Bearer $OPENAI_API_KEY" '
                '-H "Content-Type: application/json" '
                """-d '{ "model": "gpt-4o-mini", "messages": """
                """[{ "role": "user", "content": "Hello" }] }'""",
            ),
        ),
    ),
    Tracked(
        "anthropic", "", "ANTHROPIC_BASE_URL",
        (
            Recipe("Claude Code", "ANTHROPIC_BASE_URL={base} claude"),
            Recipe("Anthropic SDK", 'client = Anthropic(base_url="{base}")', "python"),
            Recipe(
                "Anthropic SDK", 'const client = new Anthropic({ baseURL: "{base}" });',
                "javascript",
            ),
            Recipe("LangChain", 'ChatAnthropic(model="…", base_url="{base}")', "python"),
            Recipe("LiteLLM", 'litellm.completion(..., api_base="{base}")', "python"),
            Recipe(
                "curl",
                'curl {base}/v1/messages -H "x-api-key: $ANTHROPIC_API_KEY" '
                '-H "anthropic-version: 2023-06-01" -H "Content-Type: application/json" '
                """-d '{ "model": "claude-haiku-4-5", "max_tokens": 50, "messages": """
                """[{ "role": "user", "content": "Hello" }] }'""",
            ),
        ),
    ),
    Tracked(
        "gemini", "", "GOOGLE_GEMINI_BASE_URL",
        (
            Recipe(
                "Google Gen AI SDK",
                'client = genai.Client(http_options={ "base_url": "{base}" })', "python",
            ),
            Recipe(
                "Google Gen AI SDK",
                'const ai = new GoogleGenAI({ httpOptions: { baseUrl: "{base}" } });',
                "javascript",
            ),
            Recipe("Gemini CLI", "GOOGLE_GEMINI_BASE_URL={base} gemini"),
            Recipe(
                "curl",
                "curl {base}/v1beta/models/gemini-2.5-flash:generateContent "
                '-H "x-goog-api-key: $GEMINI_API_KEY" -H "Content-Type: application/json" '
                """-d '{ "contents": [{ "parts": [{ "text": "Hello" }] }] }'""",
            ),
        ),
    ),
    Tracked(
        "mistral", "", "",
        (
            Recipe("Mistral SDK", 'client = Mistral(server_url="{base}")', "python"),
            Recipe(
                "Mistral SDK", 'const client = new Mistral({ serverURL: "{base}" });', "javascript"
            ),
            Recipe("LangChain", 'ChatMistralAI(endpoint="{base}/v1")', "python"),
        ),
    ),
    Tracked(
        "tavily", "", "",
        (
            Recipe("Tavily SDK", 'client = TavilyClient(api_base_url="{base}")', "python"),
        ),
    ),
    Tracked(
        "exa", "", "",
        (
            Recipe("Exa SDK", 'exa = Exa(api_key, base_url="{base}")', "python"),
            Recipe("Exa SDK", 'const exa = new Exa(apiKey, "{base}");', "javascript"),
        ),
    ),
    Tracked(
        "firecrawl", "", "",
        (
            Recipe("Firecrawl SDK", 'app = Firecrawl(api_key=api_key, api_url="{base}")', "python"),
            Recipe(
                "Firecrawl SDK", 'new Firecrawl({ apiKey, apiUrl: "{base}" });', "javascript"
            ),
        ),
    ),
    Tracked(
        "serper", "", "",
        (
            Recipe(
                "curl",
                'curl {base}/search -H "X-API-KEY: $SERPER_API_KEY" '
                """-H "Content-Type: application/json" -d '{ "q": "Hello" }'""",
            ),
        ),
    ),
    Tracked(
        "stability", "", "",
        (
            Recipe(
                "curl",
                'curl {base}/v2beta/stable-image/generate/core -F prompt="A boat" -F none="" '
                '-H "Authorization: Bearer $STABILITY_API_KEY" -H "Accept: image/*" -o boat.png',
            ),
        ),
    ),
    Tracked("metaphor", "", "", ()),
)  # fmt: skip
"""Every provider that the gateway knows, the usual ones first."""

_COMPATIBLE: Final = (
    Recipe("OpenAI SDK", 'client = OpenAI(base_url="{base}")', "python"),
    Recipe("OpenAI SDK", 'const client = new OpenAI({ baseURL: "{base}" });', "javascript"),
    Recipe("LiteLLM", 'litellm.completion(..., api_base="{base}")', "python"),
)

_FIELD: Final = re.compile(r"\{base\}")


def tracked_of(names: tuple[str, ...]) -> tuple[Tracked, ...]:
    """Return how the providers *names* are tracked; those of the person's own speak as OpenAI."""
    known = {each.provider: each for each in TRACKED}
    own = sorted(set(names) - known.keys())
    compatible = tuple(Tracked(name, "/v1", "", _COMPATIBLE) for name in own)
    return (*TRACKED, *compatible)


def base_url(gateway: str, tracked: Tracked, project: str = "") -> str:
    """Return what a program is given in place of the provider's own base URL.

    With *project* the calls are booked to it.
    """
    prefix = f"/project/{quote(project.strip(), safe='')}" if project.strip() else ""
    return f"{gateway}{prefix}/{tracked.provider}{tracked.path}"


def filled(recipe: Recipe, base: str) -> str:
    """Return the text of *recipe* with the base URL in it."""
    return _FIELD.sub(lambda _found: base, recipe.text)


def export_line(tracked: Tracked, base: str) -> str:
    """Return the shell's line that sets the provider's variable; "" where it has none."""
    return f"export {tracked.variable}={base}" if tracked.variable else ""

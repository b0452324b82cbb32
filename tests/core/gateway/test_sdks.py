"""The providers' own SDKs work through the gateway as they do without it, and count the same."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from alwrity_desktop.core.domain.budgets import Budget, Enforcement, LimitKind
from alwrity_desktop.core.domain.report import CallRow
from tests.core.gateway.harness import KEY, RunningGateway
from tests.servers.upstreams.providers import CACHED, OUTPUT, PROMPT, REASONING, respond, whole
from tests.servers.upstreams.wire import Heard, Line, Upstream, send_answer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    openai = pytest.importorskip("openai", reason="The SDKs are test dependencies of their own")
    anthropic = pytest.importorskip("anthropic")
    genai = pytest.importorskip("google.genai")
    mistralai = pytest.importorskip("mistralai.client")

pytestmark = pytest.mark.filterwarnings("ignore")

USER = [{"role": "user", "content": "Say hello, please."}]
TOOLS = [
    {
        "type": "function",
        "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}},
    }
]


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(respond) as running:
        yield running


@pytest.fixture
def gateway(upstream: Upstream) -> Iterator[RunningGateway]:
    with RunningGateway(upstream.url) as running:
        yield running


def openai_client(gateway: RunningGateway, **options: object) -> Any:  # noqa: ANN401 - a client of an SDK that may be missing
    return openai.OpenAI(api_key=KEY, base_url=f"{gateway.url}/openai/v1", **options)


def anthropic_client(gateway: RunningGateway, **options: object) -> Any:  # noqa: ANN401 - a client of an SDK that may be missing
    return anthropic.Anthropic(api_key=KEY, base_url=f"{gateway.url}/anthropic", **options)


def gemini_client(gateway: RunningGateway) -> Any:  # noqa: ANN401 - a client of an SDK that may be missing
    options = {"base_url": f"{gateway.url}/gemini"}
    return genai.Client(api_key=KEY, http_options=options)


def counts(call: CallRow) -> tuple[int, int, int, int]:
    return (call.input_tokens, call.cache_read_tokens, call.output_tokens, call.reasoning_tokens)


USED = (PROMPT - CACHED, CACHED, OUTPUT, REASONING)
USED_ANTHROPIC = (PROMPT, CACHED, OUTPUT, 0)


def test_openai_chat(gateway: RunningGateway) -> None:
    with openai_client(gateway) as client:
        answer = client.chat.completions.create(model="gpt-4o-mini", messages=USER)
        assert answer.choices[0].message.content == "Hello there, owner."
        assert answer.usage.total_tokens == PROMPT + OUTPUT
        tool = client.chat.completions.create(model="gpt-4o-mini", messages=USER, tools=TOOLS)
        assert tool.choices[0].message.tool_calls[0].function.name == "weather"
    calls = gateway.booked()
    assert [counts(call) for call in calls] == [USED, USED]
    assert [call.response_id for call in calls] == [answer.id, tool.id]


def test_openai_streams(gateway: RunningGateway) -> None:
    with openai_client(gateway) as client:
        words = client.chat.completions.create(
            model="gpt-4o-mini", messages=USER, stream=True, stream_options={"include_usage": True}
        )
        text = "".join(choice.delta.content or "" for chunk in words for choice in chunk.choices)
        assert text == "Hellothere,owner."
        events = list(client.responses.create(model="gpt-5", input="hi", stream=True))
        assert events[-1].type == "response.completed"
    assert [counts(call) for call in gateway.booked()] == [USED, USED]


def test_openai_others(gateway: RunningGateway) -> None:
    with openai_client(gateway) as client:
        assert client.responses.create(model="gpt-5", input="hi").output_text == "Hello there."
        vectors = client.embeddings.create(
            model="text-embedding-3-small", input="hi", encoding_format="float"
        )
        assert vectors.data[0].embedding == [0.5, 0.25]
        pictures = client.images.generate(model="dall-e-3", prompt="a cat", n=1)
        assert pictures.data[0].b64_json
        spoken = client.audio.speech.create(model="tts-1", voice="alloy", input="Hello")
        assert spoken.read().startswith(b"ID3")
        heard = client.audio.transcriptions.create(
            model="gpt-4o-transcribe", file=("a.mp3", b"ID3" * 1000)
        )
        assert heard.text == "Hello."
        assert list(client.models.list()) == []
    response, embedding, picture, _, transcription = gateway.booked()
    assert counts(response) == USED
    assert counts(embedding) == (PROMPT, 0, 0, 0)
    assert [(line.kind, line.quantity) for line in picture.lines] == [("image", 1)]
    assert counts(transcription) == (PROMPT, 0, OUTPUT, 0)


def test_anthropic_messages(gateway: RunningGateway) -> None:
    model = "claude-sonnet-4-5"
    with anthropic_client(gateway) as client:
        answer = client.messages.create(model=model, max_tokens=100, messages=USER)
        assert answer.content[0].text == "Hello there."
        with client.messages.stream(model=model, max_tokens=100, messages=USER) as stream:
            assert "".join(stream.text_stream) == "Hello there."
            final = stream.get_final_message()
        tool = {"name": "weather", "input_schema": {"type": "object"}}
        used = client.messages.create(model=model, max_tokens=100, messages=USER, tools=[tool])
        assert used.content[0].name == "weather"
    calls = gateway.booked()
    assert [counts(call) for call in calls] == [USED_ANTHROPIC] * 3
    assert final.usage.output_tokens == OUTPUT
    assert calls[0].response_id == answer.id
    assert {line.kind: line.quantity for line in calls[1].lines}["cache_write_1h"] == 30


def test_gemini(gateway: RunningGateway) -> None:
    client = gemini_client(gateway)
    answer = client.models.generate_content(model="gemini-2.5-pro", contents="hi")
    assert answer.text == "Hello there."
    parts = client.models.generate_content_stream(model="gemini-2.5-pro", contents="hi")
    assert "".join(part.text for part in parts) == "Hello there."
    vectors = client.models.embed_content(model="gemini-embedding-001", contents="hello there")
    assert vectors.embeddings[0].values == [0.5]
    client.close()
    whole_answer, stream, embedding = gateway.booked()
    assert (counts(whole_answer), counts(stream)) == (USED, USED)
    assert embedding.is_estimated
    assert embedding.output_tokens == 0


def test_mistral(gateway: RunningGateway) -> None:
    with mistralai_client(gateway) as client:
        answer = client.chat.complete(model="mistral-small-latest", messages=USER)
        assert answer.choices[0].message.content == "Hello there, owner."
        chunks = list(client.chat.stream(model="mistral-small-latest", messages=USER))
        assert chunks[-1].data.usage.completion_tokens == OUTPUT
        client.embeddings.create(model="mistral-embed", inputs=["hi"])
    calls = gateway.booked()
    assert [counts(call) for call in calls] == [USED, USED, (PROMPT, 0, 0, 0)]


def mistralai_client(gateway: RunningGateway) -> Any:  # noqa: ANN401 - a client of an SDK that may be missing
    return mistralai.Mistral(api_key=KEY, server_url=f"{gateway.url}/mistral")


def test_errors_are_the_provider_s_own(gateway: RunningGateway) -> None:
    with openai_client(gateway, max_retries=0) as client:
        with pytest.raises(openai.RateLimitError):
            client.chat.completions.create(model="error-429", messages=USER)
        with pytest.raises(openai.AuthenticationError):
            client.chat.completions.create(model="error-401", messages=USER)
    with (
        anthropic_client(gateway, max_retries=0) as client,
        pytest.raises(anthropic.APIStatusError) as raised,
    ):
        client.messages.create(model="error-529", max_tokens=9, messages=USER)
    assert raised.value.status_code == 529
    gemini = gemini_client(gateway)
    with pytest.raises(genai.errors.APIError):
        gemini.models.generate_content(model="error-400", contents="hi")
    assert [call.status_code for call in gateway.booked()] == [429, 401, 529, 400]


def test_retries_are_calls_of_their_own() -> None:
    answers = threading.Semaphore(2)

    def fail_twice(heard: Heard, line: Line) -> None:
        if answers.acquire(blocking=False):
            headers = ("retry-after-ms", "1")
            send_answer(line, whole({"error": {"message": "Later."}}, 500, headers))
        else:
            respond(heard, line)

    with (
        Upstream(fail_twice) as upstream,
        RunningGateway(upstream.url) as gateway,
        openai_client(gateway) as client,
    ):
        client.chat.completions.create(model="gpt-4o-mini", messages=USER)
        calls = gateway.booked()
    assert [call.status_code for call in calls] == [500, 500, 200]
    assert [call.tokens for call in calls] == [0, 0, PROMPT + OUTPUT]


def test_a_budget_s_refusal_is_understood_and_not_tried_again(
    gateway: RunningGateway, upstream: Upstream
) -> None:
    budget = Budget(0, "Mine", LimitKind.CALLS, 0, "month", enforcement=Enforcement.BLOCK)
    gateway.context.set_budget(budget)
    with openai_client(gateway) as client, pytest.raises(openai.RateLimitError, match="Mine"):
        client.chat.completions.create(model="gpt-4o-mini", messages=USER)
    with (
        anthropic_client(gateway) as client,
        pytest.raises(anthropic.RateLimitError, match="Mine"),
    ):
        client.messages.create(model="claude-haiku-4-5", max_tokens=9, messages=USER)
    gemini = gemini_client(gateway)
    with pytest.raises(genai.errors.ClientError, match="Mine"):
        gemini.models.generate_content(model="gemini-2.5-pro", contents="hi")
    assert gateway.health()["blocked"] == 3
    assert upstream.heard == []

"""What every provider does alike, shown with its real SDK against the stub that speaks its API over HTTP."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from typing import Any, cast

import pytest
from tests.llm_calls import DEADLINE, ask, events_of, failure_of, finish_of, text_of
from tests.llm_script import Break, Cite, Cut, Deny, End, Fail, Hold, Raw, Refuse, Say, Step, Think, Tokens
from tests.llm_stub import LLMStub
from tests.llm_wires import MODEL

from weft.errors import ProviderError
from weft.llm.clients import close_models
from weft.llm.event_bound import MOST_BYTES
from weft.llm.model import Model, ModelEvent, ReasoningDelta, RequestSent, SourceFound, TextDelta
from weft.llm.registry import resolve_model
from weft.threads.messages import FinishReason
from weft.threads.usage import Usage

SPECS = ("openai:stub-model", "openai-chat:stub-model", "anthropic:stub-model")
SOON = (("retry-after-ms", "1"),)


@pytest.fixture(params=SPECS)
def model(request: pytest.FixtureRequest) -> Model:
    return resolve_model(str(request.param))


async def failed(model: Model, **settings: Any) -> tuple[list[ModelEvent], ProviderError]:
    """What the model said before it failed, and the error."""
    seen, error = await failure_of(model, ask("Hello", **settings), ProviderError)
    return [event for event in seen if not isinstance(event, RequestSent)], error


async def test_streams_text_as_it_comes_and_ends_with_one_finish(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("Good morning to you"))
    events = await events_of(model)
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["Good ", "morning ", "to ", "you"]
    finish = finish_of(events)
    assert (finish.reason, finish.model, finish.warnings) == (FinishReason.STOP, MODEL, ())
    assert stub.calls[0].body["model"] == "stub-model"
    assert stub.calls[0].body["stream"] is True


async def test_the_first_words_are_there_before_the_last_are_written(model: Model, stub: LLMStub) -> None:
    rest = asyncio.Event()
    stub.reply(Say("first "), Hold(rest), Say("second"))
    seen = ""
    async with asyncio.timeout(DEADLINE):
        async for event in model.stream(ask()):
            seen += event.text if isinstance(event, TextDelta) else ""
            if seen == "first ":
                rest.set()
    assert seen == "first second"


@pytest.mark.parametrize("size", [1, 3, 7])
async def test_characters_cut_in_the_middle_come_out_whole(model: Model, stub: LLMStub, size: int) -> None:
    text = "Grüße 👋🏽 日本語 \u2028 \u0085 \x0b e\u0301 “fin”"
    stub.reply(Say(text), slice=size)
    assert text_of(await events_of(model)) == text


async def test_reasoning_comes_apart_from_the_text(model: Model, stub: LLMStub) -> None:
    stub.reply(Think("let me see"), Say("Yes"))
    events = await events_of(model)
    thoughts = [event for event in events if isinstance(event, ReasoningDelta)]
    assert "".join(thought.text for thought in thoughts) == "let me see"
    assert len({thought.id for thought in thoughts}) == 1
    assert text_of(events) == "Yes"


async def test_counts_every_kind_of_token(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("Yes"), tokens=Tokens(uncached=8, cached=4, written=3, output=7, reasoning=2))
    assert finish_of(await events_of(model)).usage == Usage(15, 7, 22, 4, 3, 2)


async def test_an_answer_without_usage_counts_nothing(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("Yes"), tokens=None)
    assert finish_of(await events_of(model)).usage == Usage()


async def test_a_page_cited_twice_is_one_source(model: Model, stub: LLMStub) -> None:
    page = Cite("https://example.org/a", "A")
    stub.reply(Say("Yes"), page, page, Cite("https://example.org/b", ""))
    sources = [event for event in await events_of(model) if isinstance(event, SourceFound)]
    assert sources == [
        SourceFound("source-1", "https://example.org/a", "A"),
        SourceFound("source-2", "https://example.org/b", None),
    ]


@pytest.mark.parametrize("stop", ["stop", "length", "content-filter"])
async def test_says_why_it_stopped(model: Model, stub: LLMStub, stop: str) -> None:
    stub.reply(Say("Yes"), stop=stop)
    assert finish_of(await events_of(model)).reason is FinishReason(stop)


async def test_a_refusal_is_a_content_filter(model: Model, stub: LLMStub) -> None:
    stub.reply(Refuse("I will not"))
    assert finish_of(await events_of(model)).reason is FinishReason.CONTENT_FILTER


async def test_settings_go_into_the_request(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    options = {model.provider: {"metadata": {"user_id": "u1"}, "stream": False}, "another": {"surprise": 1}}
    await events_of(model, ask(max_output_tokens=99, provider_options=options))
    body = stub.calls[0].body
    limits = [body.get(name) for name in ("max_output_tokens", "max_tokens", "max_completion_tokens")]
    assert 99 in limits
    assert body["metadata"] == {"user_id": "u1"}
    assert body["stream"] is True
    assert "surprise" not in body


async def test_what_a_provider_does_not_know_is_a_warning(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    settings: dict[str, Any] = {"temperature": 0.5, "top_p": 0.9, "seed": 7, "stop_sequences": ("END",)}
    finish = finish_of(await events_of(model, ask(**settings)))
    warned = {warning["feature"] for warning in finish.warnings if warning["type"] == "unsupported"}
    body = {"stop_sequences" if name == "stop" else name for name in stub.calls[0].body}
    assert warned | (body & settings.keys()) == settings.keys()
    assert not warned & body


async def test_a_refused_key_is_named_by_its_variable_and_never_shown(model: Model, stub: LLMStub) -> None:
    stub.deny(Deny(401, "invalid_api_key", "Incorrect API key provided: sk-stub-o*****"))
    seen, error = await failed(model)
    assert (seen, error.http_status, error.provider_code, error.retryable) == ([], 401, "invalid_api_key", False)
    assert error.provider == model.provider
    assert "_API_KEY" in error.message
    assert "sk-" not in error.message
    assert len(stub.calls) == 1


@pytest.mark.parametrize(("status", "code"), [(429, "rate_limit_error"), (500, "server_error"), (529, "overloaded")])
async def test_what_passes_is_tried_again(model: Model, stub: LLMStub, status: int, code: str) -> None:
    stub.deny(Deny(status, code, headers=SOON))
    stub.reply(Say("Yes"))
    assert text_of(await events_of(model)) == "Yes"
    assert len(stub.calls) == 2


@pytest.mark.parametrize(("status", "code"), [(429, "rate_limit_error"), (500, "server_error"), (529, "overloaded")])
async def test_the_last_try_tells(model: Model, stub: LLMStub, status: int, code: str) -> None:
    stub.deny(*[Deny(status, code, "too much just now", headers=SOON)] * 4)
    _, error = await failed(model, max_retries=3)
    assert (error.http_status, error.provider_code, error.retryable) == (status, code, True)
    assert "too much just now" in error.message
    assert len(stub.calls) == 4


async def test_no_retries_when_none_are_wanted(model: Model, stub: LLMStub) -> None:
    stub.deny(Deny(500, "server_error", headers=SOON))
    await failed(model, max_retries=0)
    assert len(stub.calls) == 1


async def test_an_empty_purse_is_not_worth_another_try(model: Model, stub: LLMStub) -> None:
    stub.deny(Deny(429, "insufficient_quota"))
    _, error = await failed(model, max_retries=0)
    assert not error.retryable


async def test_a_bad_request_keeps_the_providers_words(model: Model, stub: LLMStub) -> None:
    stub.deny(Deny(400, "invalid_request_error", "the model `stub-model`\n does not exist"))
    _, error = await failed(model)
    assert (error.http_status, error.retryable) == (400, False)
    assert error.message.endswith("the model `stub-model` does not exist")
    assert len(stub.calls) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html><h1>Bad gateway</h1></html>", "no explanation given"),
        (b'{"detail": "not here"}', "not here"),
        (b"x" * 9000, "x" * 499 + "…"),
    ],
)
async def test_a_stranger_in_between_is_quoted_briefly(model: Model, stub: LLMStub, body: bytes, said: str) -> None:
    stub.deny(Deny(502, "", body=body))
    _, error = await failed(model, max_retries=0)
    assert error.message.endswith(f"answered HTTP 502: {said}")


@pytest.mark.parametrize("kind", [Break, Fail])
async def test_an_error_in_the_middle_keeps_what_came_before(
    model: Model, stub: LLMStub, kind: type[Break] | type[Fail]
) -> None:
    stub.reply(Say("Half an"), kind("overloaded_error", "too busy"), End())
    seen, error = await failed(model)
    assert text_of(seen) == "Half an"
    assert (error.provider_code, error.http_status, error.retryable) == ("overloaded_error", None, True)
    assert error.message.endswith("failed while answering: too busy")
    assert len(stub.calls) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Cut(), "connection_error"),
        (End(), "truncated_stream"),
        (Raw(b"event: x\ndata: {no\n\n"), "malformed_stream"),
        (Raw(b"event: content_block_delta\ndata: [1]\n\n"), "malformed_stream"),
    ],
    ids=["cut", "end", "nonsense", "no event"],
)
async def test_half_an_answer_is_an_error_and_is_not_asked_for_again(
    model: Model, stub: LLMStub, fault: Step, code: str
) -> None:
    stub.reply(Say("Half an"), fault)
    seen, error = await failed(model)
    assert text_of(seen) == "Half an"
    assert (error.provider_code, error.retryable) == (code, True)
    assert len(stub.calls) == 1


async def test_an_event_without_an_end_is_an_error_before_it_fills_the_memory(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("Half an"), Raw(b"event: x\ndata: " + b"x" * (MOST_BYTES + 1)), Hold(asyncio.Event()))
    async with asyncio.timeout(DEADLINE):
        seen, error = await failed(model)
    assert text_of(seen) == "Half an"
    assert (error.provider_code, error.retryable) == ("malformed_stream", True)


async def test_nothing_at_all_is_an_error(model: Model, stub: LLMStub) -> None:
    stub.reply(End(), bare=True)
    _, error = await failed(model)
    assert error.provider_code == "truncated_stream"


async def test_an_event_of_tomorrow_changes_nothing(model: Model, stub: LLMStub) -> None:
    unknown = b'event: response.sung\ndata: {"type": "response.sung", "choices": [], "tune": "la"}\n\n'
    stub.reply(Raw(unknown), Say("Yes"))
    assert text_of(await events_of(model)) == "Yes"


async def test_a_server_that_does_not_hang_up_holds_nobody(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("Yes"), linger=asyncio.Event())
    assert text_of(await events_of(model)) == "Yes"
    async with asyncio.timeout(DEADLINE):
        await stub.calls[0].gone.wait()


async def test_a_page_in_place_of_a_stream_is_an_error(model: Model, stub: LLMStub) -> None:
    stub.reply(Raw(b"<html><p>Welcome</p></html>\n\n"), End(), bare=True)
    _, error = await failed(model)
    assert error.provider_code == "truncated_stream"


async def test_closing_the_iterator_hangs_up(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("More to"), Hold(asyncio.Event()))
    answer = cast(AsyncGenerator[ModelEvent], model.stream(ask()))
    async with asyncio.timeout(DEADLINE):
        while not isinstance(await anext(answer), TextDelta):
            pass
        await answer.aclose()
        await stub.calls[0].gone.wait()


async def test_cancelling_the_task_hangs_up(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("More to"), Hold(asyncio.Event()))
    speaking = asyncio.Event()

    async def listen() -> None:
        async for event in model.stream(ask()):
            if isinstance(event, TextDelta):
                speaking.set()

    task = asyncio.create_task(listen())
    async with asyncio.timeout(DEADLINE):
        await speaking.wait()
        task.cancel()
        await stub.calls[0].gone.wait()
    assert task.cancelled() or task.cancelling()


async def test_without_a_key_says_which_variable_to_set(
    model: Model, stub: LLMStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = "ANTHROPIC_API_KEY" if model.provider == "anthropic" else "OPENAI_API_KEY"
    monkeypatch.delenv(variable)
    monkeypatch.delenv("OPENAI_BASE_URL")
    seen, error = await failed(model)
    assert (seen, error.provider_code, error.retryable) == ([], "missing_api_key", False)
    assert variable in error.message
    assert stub.calls == []


async def test_a_key_that_no_header_can_hold_is_never_shown(
    model: Model, stub: LLMStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(variable, "sk-secret\nsk-other")
    _, error = await failed(model)
    assert error.provider_code == "invalid_api_key"
    assert "secret" not in error.message
    assert stub.calls == []


async def test_an_address_where_nobody_answers(model: Model, stub: LLMStub, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv("OPENAI_BASE_URL", nowhere)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", nowhere)
        _, error = await failed(model, max_retries=0)
    assert (error.provider_code, error.retryable) == ("connection_error", True)


async def test_answers_in_a_row_share_a_connection(model: Model, stub: LLMStub) -> None:
    for _ in range(3):
        stub.reply(Say("Yes"))
        await events_of(model)
    assert len({call.connection for call in stub.calls}) == 1


async def test_answers_at_the_same_time_do_not_mix(model: Model, stub: LLMStub) -> None:
    for name in ("one", "two", "three"):
        stub.reply(Say(f"{name} " * 20))
    answers = await asyncio.gather(*(events_of(model) for _ in range(3)))
    assert {text_of(answer) for answer in answers} == {f"{name} " * 20 for name in ("one", "two", "three")}


async def test_calls_work_again_after_the_models_were_closed(model: Model, stub: LLMStub) -> None:
    for _ in range(2):
        stub.reply(Say("Yes"))
        assert text_of(await events_of(model)) == "Yes"
        await close_models()


async def test_each_event_loop_has_clients_of_its_own(model: Model, stub: LLMStub) -> None:
    async def call() -> str:
        answer = text_of(await events_of(model))
        await close_models()
        return answer

    stub.reply(Say("here"))
    stub.reply(Say("in a thread"))
    stub.reply(Say("in another"))
    assert text_of(await events_of(model)) == "here"
    async with asyncio.timeout(DEADLINE):
        assert await asyncio.to_thread(asyncio.run, call()) == "in a thread"
        assert await asyncio.to_thread(asyncio.run, call()) == "in another"

"""A thread's history, as a model of pydantic-ai is shown it."""

from pydantic_ai.messages import (
    BinaryContent,
    ImageUrl,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from tests.llm_calls import ask, assistant, events_of, failure_of, system, user
from tests.llm_pydantic_ai import Scripted, call, result

from weft.errors import ProviderError
from weft.llm import model as weft
from weft.threads.messages import Part


async def test_the_whole_history_reaches_the_model() -> None:
    scripted = Scripted("Yes")
    kept = {"pydantic-ai": {"signature": "sig", "providerName": "function"}}
    said: list[Part] = [
        {"type": "reasoning", "text": "hm", "providerMetadata": kept},
        {"type": "reasoning", "text": "of another model"},
        {"type": "text", "text": "Let me look."},
        call("c1", {"city": "Rome"}),
        call("c2", "{broken"),
        call("c3", {}),
    ]
    messages = [
        system("Be kind."),
        user(
            "Look at ",
            {"type": "image", "image": "https://example.org/a.png"},
            {"type": "file", "data": "aGk=", "mediaType": "text/plain"},
        ),
        assistant(*said),
        result("c1", {"type": "json", "value": {"sky": "blue"}}),
        result("c2", {"type": "error-text", "value": "Error: no city"}),
        result("c3", {"type": "execution-denied", "reason": "not now"}),
    ]
    await events_of(scripted.model, weft.ModelRequest("Answer briefly.", messages))
    first, asked, answered, *results = scripted.messages
    assert [part.content for part in first.parts if isinstance(part, SystemPromptPart)] == ["Be kind."]
    [prompt] = [part for part in asked.parts if isinstance(part, UserPromptPart)]
    assert list(prompt.content) == [
        "Look at ",
        ImageUrl("https://example.org/a.png"),
        BinaryContent(b"hi", media_type="text/plain"),
    ]
    assert isinstance(answered, ModelResponse)
    thought, text, *calls = answered.parts
    assert isinstance(thought, ThinkingPart)
    assert (thought.content, thought.signature, thought.provider_name) == ("hm", "sig", "function")
    assert isinstance(text, TextPart)
    assert text.content == "Let me look."
    assert [(part.tool_call_id, part.args) for part in calls if isinstance(part, ToolCallPart)] == [
        ("c1", {"city": "Rome"}),
        ("c2", {"invalid_input": "{broken"}),
        ("c3", {}),
    ]
    returned = [part for message in results for part in message.parts if isinstance(part, ToolReturnPart)]
    assert [(part.tool_call_id, part.content, part.outcome) for part in returned] == [
        ("c1", '{"sky": "blue"}', "success"),
        ("c2", "Error: no city", "failed"),
        ("c3", "not now", "denied"),
    ]
    last = scripted.messages[-1]
    assert isinstance(last, ModelRequest)
    assert last.instructions == "Answer briefly."


async def test_a_result_with_a_picture_is_shown_with_it() -> None:
    scripted = Scripted("Yes")
    picture = {"type": "file", "data": {"type": "data", "data": "aGk="}, "mediaType": "image/png"}
    output = {"type": "content", "value": [{"type": "text", "text": "Here."}, picture]}
    await events_of(scripted.model, ask("Hi", assistant(call("c1", {})), result("c1", output)))
    [returned] = [part for part in scripted.messages[-1].parts if isinstance(part, ToolReturnPart)]
    assert returned.content == ["Here.", BinaryContent(b"hi", media_type="image/png")]


async def test_instructions_alone_are_enough_to_ask() -> None:
    scripted = Scripted("Yes")
    await events_of(scripted.model, weft.ModelRequest("Greet.", [user("")]))
    [asked] = scripted.messages
    assert isinstance(asked, ModelRequest)
    assert asked.instructions == "Greet."


async def test_what_is_no_base64_is_refused() -> None:
    broken = {"type": "file", "data": "§", "mediaType": "text/plain"}
    _, error = await failure_of(Scripted("Yes").model, ask(user(broken)), ProviderError)
    assert error.provider_code == "unsupported_content"

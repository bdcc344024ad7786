"""Prompts are cached by their beginning: that of a request is, byte for byte, the beginning of the next one."""

from dataclasses import replace
from itertools import pairwise, takewhile

import pytest
from tests.llm_calls import ask, assistant, call, events_of, result, results, tool, user
from tests.llm_script import Say
from tests.llm_stub import LLMStub

from weft.llm.model import ModelMessage
from weft.llm.registry import resolve_model

TURNS = (
    user("Hello", {"type": "image", "image": "iVBORw0KGgoAAAANSUhEUg=="}),
    assistant("Let me look.", call("call_1", input={"b": 1, "a": ["ß", None]})),
    results(result("call_1", {"type": "json", "value": {"z": 1, "y": 2}})),
    assistant("So it is."),
    user("And?"),
    assistant({"type": "reasoning", "text": "hm", "providerMetadata": {"openai": {"itemId": "rs_1"}}}, call("call_2")),
    results(result("call_2", "no")),
    user("Well?"),
)
ENDS = (1, 3, 5, 7, 8)


def common(first: bytes, second: bytes) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


@pytest.mark.parametrize("spec", ["openai:gpt-5-mini", "openai-chat:llama"])
async def test_a_request_begins_with_the_one_before(stub: LLMStub, spec: str) -> None:
    async def sent(*turns: ModelMessage) -> bytes:
        stub.reply(Say("Yes"))
        request = ask(*turns, instructions="Be brief", temperature=0.5, provider_options={"openai": {"store": True}})
        tools = [tool("hear", "Hears"), tool("look", "Looks", at={"type": "string"})]
        await events_of(resolve_model(spec), replace(request, tools=tools, tool_choice="auto", cache_key="thr_1"))
        return stub.calls[-1].raw

    bodies = [await sent(*TURNS[:end]) for end in ENDS]
    for earlier, later in pairwise(bodies):
        assert len(earlier) < len(later)
        assert common(earlier, later) >= len(earlier) - len(b"]}")


@pytest.mark.parametrize("spec", ["openai:gpt-5-mini", "openai-chat:llama"])
async def test_the_same_request_is_the_same_to_the_byte(stub: LLMStub, spec: str) -> None:
    for _ in range(2):
        stub.reply(Say("Yes"))
        await events_of(resolve_model(spec), ask(*TURNS, instructions="Be brief"))
    assert stub.calls[0].raw == stub.calls[1].raw

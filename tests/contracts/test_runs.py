"""Runs of several steps through the real SDKs: what is stored of a step goes back to its provider as it came.

The stub takes no request that the provider's SDK has no type for.
"""

import json
from itertools import pairwise

import pytest
from tests.agents.services import Services
from tests.llm_script import Say, Think, Use
from tests.llm_stub import LLMStub
from tests.support import in_time

from weft import Agent, tool
from weft.storage.store import Store
from weft.threads.generations import GenerationStatus

SPECS = ("openai:stub-model", "openai-chat:stub-model", "anthropic:stub-model")


@tool
def weather(city: str) -> dict[str, str]:
    """Tells the weather."""
    if city == "Nowhere":
        raise ValueError("no such city")
    return {"city": city, "sky": "blue"}


@pytest.mark.parametrize("spec", SPECS)
async def test_steps_with_reasoning_broken_input_and_failing_tools(store: Store, stub: LLMStub, spec: str) -> None:
    services = Services(store, Agent("helper", model=spec, instructions="Be brief", tools=[weather]))
    stub.reply(Think("one\n\ntwo", proof="sealed"), Say("Let me look."), Use("call_1", "weather", '{"city": "Rome"}'))
    stub.reply(Use("call_2", "weather", '{"city": "Nowhere"}'), Use("call_3", "weather", '{"city": "Os'))
    stub.reply(Use("call_4", "wheather", '{"city": "Rome"}'))
    stub.reply(Say("It is blue."))
    asked = await services.asked("What is it like in Rome?")
    await in_time(services.attempt(await services.claimed(asked)).run())
    ended = await services.job(asked)
    assert (ended.status, ended.error) == (GenerationStatus.SUCCEEDED, None)
    assert len(stub.calls) == 4
    bodies = [json.dumps(call.body, ensure_ascii=False) for call in stub.calls]
    assert "no such city" in bodies[2]
    assert "there is no tool" in bodies[3]
    for number in range(1, 5):
        assert bodies[3].count(f"call_{number}") == 2
    if spec.startswith("openai:"):
        kinds = [item.get("type") or item["role"] for item in stub.calls[1].body["input"]]
        assert kinds == ["user", "reasoning", "message", "function_call", "function_call_output"]
        reasoning = stub.calls[3].body["input"][1]
        assert (reasoning["id"], len(reasoning["summary"]), reasoning["encrypted_content"]) == ("rs_0", 2, "sealed")


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec.startswith("openai")])
async def test_each_step_of_a_run_begins_with_the_request_of_the_one_before(
    store: Store, stub: LLMStub, spec: str
) -> None:
    services = Services(store, Agent("helper", model=spec, instructions="Be brief", tools=[weather]))
    for number in range(3):
        stub.reply(Think("hm"), Use(f"call_{number}", "weather", '{"city": "Rome", "why": null}'))
    stub.reply(Say("It is blue."))
    asked = await services.asked("What is it like in Rome?")
    await in_time(services.attempt(await services.claimed(asked)).run())
    sent = [call.raw for call in stub.calls]
    assert len(sent) == 4
    for earlier, later in pairwise(sent):
        assert later.startswith(earlier.removesuffix(b"]}"))

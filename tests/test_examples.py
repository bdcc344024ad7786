"""The examples of the guides do what they say: their agents answer by a script, everything else is real."""

import importlib.util
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType

import pytest
from tests.support import in_time, new_thread

from weft import Agent
from weft.agents.weft import Weft
from weft.storage.store import Store
from weft.testing import Call, ScriptedModel
from weft.threads.drafts import draft
from weft.threads.generations import GenerationStatus
from weft.threads.messages import FinishReason
from weft.threads.paging import PageRequest
from weft.threads.threads import ThreadFilter, ThreadOrder
from weft.threads.tool_parts import ToolState

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"


def example(name: str) -> ModuleType:
    """The example as a module of its own."""
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@asynccontextmanager
async def running(store: Store, agents: Sequence[Agent]) -> AsyncGenerator[Weft]:
    async with Weft(store, agents) as weft:
        yield weft


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.py")))
def test_every_example_is_an_app_that_a_server_can_run(name: str) -> None:
    assert example(name).app.agents


async def test_a_support_agent_looks_up_by_itself_and_asks_before_it_pays(empty_store: Store) -> None:
    module = example("support_with_approval")
    script = ScriptedModel(
        [
            [Call("look_up", {"order": "A-1"})],
            ["I can give you that back. ", Call("refund", {"order": "A-1", "amount": 24})],
            "It is on its way.",
        ]
    )
    thread = await new_thread(empty_store, user_id="ann")
    async with running(empty_store, [module.support(script)]) as weft:
        answer = await weft.answers.generate_text("support", thread_id=thread.id, prompt="My chain broke. Order A-1.")
        assert answer.generation is not None
        assert (answer.generation.status, answer.finish_reason) == (GenerationStatus.WAITING, FinishReason.TOOL_CALLS)
        [asked] = await weft.approvals.pending(thread.id)
        assert (asked.tool_name, asked.state) == ("refund", ToolState.APPROVAL_REQUESTED)
        assert asked.approval is not None
        assert module.ORDERS["A-1"]["refunded"] == 0
        await weft.approvals.approve(thread.id, asked.approval.id, decided_by="kim")
        done = await in_time(weft.waiters.settled(answer.generation.id, 60))
        assert done.status is GenerationStatus.SUCCEEDED
        assert module.ORDERS["A-1"]["refunded"] == 24
        [_, shown] = (await weft.messages.ui_page(thread.id, PageRequest.of(last=10))).nodes
        assert shown.text == "I can give you that back.  It is on its way."


async def test_a_person_answers_what_the_agent_asks_and_takes_over(empty_store: Store) -> None:
    module = example("human_agent")
    script = ScriptedModel([[Call("ask_human", {"question": "Is it in stock?"})], "Yes, we have it."])
    thread = await new_thread(empty_store)
    async with running(empty_store, [module.support(script)]) as weft:
        answer = await weft.answers.generate_text("support", thread_id=thread.id, prompt="Do you have it?")
        assert answer.generation is not None
        await module.answer_for(weft, thread.id, "call_1", "Two of them.", "kim")
        done = await in_time(weft.waiters.settled(answer.generation.id, 60))
        assert done.status is GenerationStatus.SUCCEEDED
        await module.take_over(weft, thread.id, "I have put one aside for you.", "Kim")
        shown = (await weft.messages.ui_page(thread.id, PageRequest.of(last=10))).nodes
        assert [(message.agent_name, message.text) for message in shown[1:]] == [
            ("support", "Yes, we have it."),
            ("Kim", "I have put one aside for you."),
        ]


async def test_an_agent_asks_another_one_in_a_thread_of_its_own(empty_store: Store) -> None:
    asks = Call("librarian", {"task": "Who wrote Emma?"}, id="a provider's long id " * 20)
    script = ScriptedModel([[asks], "Jane Austen.", "It is by Jane Austen."])
    thread = await new_thread(empty_store, user_id="ann")
    async with running(empty_store, example("agent_as_tool").team(script)) as weft:
        answer = await weft.answers.generate_text("guide", thread_id=thread.id, prompt="Who wrote Emma?")
        assert answer.text == "It is by Jane Austen."
        anns = await weft.threads.page(ThreadFilter(user_id="ann"), ThreadOrder.CREATED, PageRequest.of(first=10))
        [own] = [each for each in anns.nodes if each.id != thread.id]
        assert own.metadata == {"parentThreadId": thread.id, "agentName": "librarian"}


async def test_an_agent_remembers_what_its_user_said_in_another_thread(empty_store: Store) -> None:
    module = example("memory")
    script = ScriptedModel([[Call("search_messages", {"query": "colour of the zebra"})], "It is striped."])
    other, thread = await new_thread(empty_store, user_id="ann"), await new_thread(empty_store, user_id="ann")
    async with running(empty_store, [module.assistant(script, "demo")]) as weft:
        await weft.messages.save(other.id, [draft(prompt="My zebra is striped."), draft(prompt="I like tea.")])
        answer = await weft.answers.generate_text("assistant", thread_id=thread.id, prompt="Which colour has my zebra?")
        assert answer.text == "It is striped."
        first, last = script.requests
        assert "My zebra is striped." in [part.get("text") for message in first.messages for part in message.content]
        [result] = last.messages[-1].content
        assert result["output"]["value"][0]["text"] == "My zebra is striped."
        found = await module.look_up(weft, "ann", "zebra")
        assert "My zebra is striped." in [one.message.text for one in found]


async def test_a_thread_is_named_by_its_agent(empty_store: Store) -> None:
    script = ScriptedModel([[Call("name_thread", {"title": "A broken chain"})], "Bring it in."])
    thread = await new_thread(empty_store)
    async with running(empty_store, [example("thread_that_names_itself").assistant(script)]) as weft:
        answer = await weft.answers.generate_text("assistant", thread_id=thread.id, prompt="My chain broke.")
        assert answer.text == "Bring it in."
        named = await weft.threads.get(thread.id)
        assert named is not None
        assert named.title == "A broken chain"

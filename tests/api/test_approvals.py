"""Tool calls that wait, end to end: an agent with tools, decisions through the API, and the answer that follows."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from tests.api.conftest import Api
from tests.support import wait_until

from weft import Agent, Tool, ToolContext, tool
from weft.agents.tools.answered import client_tool, human_tool
from weft.agents.weft import Weft
from weft.storage.store import Store
from weft.storage.types import Database
from weft.testing import Call, Gate, ScriptedModel

ERRORS = "userErrors { code path errorMessage }"
DECISION = f"messageId stillPending generation {{ id status }} {ERRORS}"
APPROVE = f"mutation($input: ToolDecisionInput!) {{ approveToolCall(input: $input) {{ {DECISION} }} }}"
DENY = f"mutation($input: ToolDecisionInput!) {{ denyToolCall(input: $input) {{ {DECISION} }} }}"
SUBMIT = f"mutation($input: SubmitToolResultInput!) {{ submitToolResult(input: $input) {{ {DECISION} }} }}"
SEND = """mutation($id: ID!, $prompt: String!) { sendMessage(input: { threadId: $id, prompt: $prompt }) {
  generation { id } userErrors { code errorMessage } } }"""
START = """mutation($input: StartGenerationInput!) { startGeneration(input: $input) {
  generation { id } userErrors { code errorMessage } } }"""
ABORT = (
    'mutation($id: ID!) { abortGeneration(input: { generationId: $id, reason: "never mind" }) { generation { id } } }'
)
UPDATE = (
    """mutation($input: UpdateMessageInput!) { updateMessage(input: $input) { userErrors { code errorMessage } } }"""
)
TOOL = """toolCallId toolName state input output errorText
  approval { id approved reason decidedBy isAutomatic decidedAt }"""
THREAD = f"""query($id: ID!) {{ thread(id: $id) {{ pendingApprovals {{ {TOOL} }}
  messages {{ edges {{ node {{ id order stepOrder role status content }} }} }}
  uiMessages {{ edges {{ node {{ text parts {{ __typename ... on ToolPart {{ {TOOL} }} }} }} }} }} }} }}"""
STATUS = "query($id: ID!) { generation(id: $id) { status error order } }"


class Desk(Api):
    """The API of an agent with tools; `ran` notes what they were called with."""

    ran: list[Any]

    async def asked(self, prompt: str = "Go", thread_id: str | None = None) -> tuple[str, str]:
        """A thread and a generation that answers in it."""
        thread_id = await self.new_thread() if thread_id is None else thread_id
        sent = (await self(SEND, id=thread_id, prompt=prompt))["sendMessage"]
        assert sent["userErrors"] == []
        return thread_id, sent["generation"]["id"]

    async def comes_to(self, generation_id: str, status: str) -> Mapping[str, Any]:
        """The generation, once it has this status."""
        found: dict[str, Any] = {}

        async def there() -> bool:
            found.update((await self(STATUS, id=generation_id))["generation"])
            return bool(found["status"] == status)

        await wait_until(there)
        return found

    async def thread(self, thread_id: str) -> Mapping[str, Any]:
        thread: dict[str, Any] = (await self(THREAD, id=thread_id))["thread"]
        return thread

    async def pending(self, thread_id: str) -> list[Mapping[str, Any]]:
        waiting: list[Mapping[str, Any]] = (await self.thread(thread_id))["pendingApprovals"]
        return waiting

    async def outline(self, thread_id: str, order: int = 0) -> list[tuple[str, list[str]]]:
        """The role and the kinds of parts of each row of a turn."""
        rows = [edge["node"] for edge in (await self.thread(thread_id))["messages"]["edges"]]
        return [
            (row["role"].lower(), [part["type"] for part in row["content"]]) for row in rows if row["order"] == order
        ]

    async def calls(self, thread_id: str) -> dict[str, Mapping[str, Any]]:
        """The calls as a screen shows them, by tool."""
        messages = [edge["node"] for edge in (await self.thread(thread_id))["uiMessages"]["edges"]]
        return {part["toolName"]: part for each in messages for part in each["parts"] if "toolName" in part}

    async def decide(self, mutation: str, thread_id: str, **fields: Any) -> Mapping[str, Any]:
        (payload,) = (await self(mutation, input={"threadId": thread_id, **fields})).values()
        assert payload["userErrors"] == []
        outcome: dict[str, Any] = payload
        return outcome


Start = Callable[..., Any]


@pytest_asyncio.fixture(loop_scope="session")
async def start(db: Database) -> AsyncGenerator[Start, None]:
    """Starts Weft with an agent that has tools and plays these answers."""
    async with AsyncExitStack() as stack:

        async def started(*answers: Any, tools: Sequence[Tool] = ()) -> Desk:
            ran: list[Any] = []
            model = ScriptedModel(answers)
            agent = Agent("support", model=model, tools=[*tools, *_tools(ran)])
            desk = Desk(await stack.enter_async_context(Weft(Store(db), [agent])), model)
            desk.ran = ran
            return desk

        yield started


def _tools(ran: list[Any]) -> list[Tool]:
    @tool(needs_approval=True)
    def mail(to: str) -> str:
        """Sends a mail."""
        ran.append(("mail", to))
        return f"sent to {to}"

    def much(_: ToolContext, amount: int) -> bool:
        return amount > 100

    @tool(needs_approval=much)
    def pay(amount: int) -> str:
        """Pays."""
        ran.append(("pay", amount))
        return f"paid {amount}"

    @tool
    def look() -> str:
        """Looks."""
        ran.append(("look",))
        return "nothing new"

    return [mail, pay, look, human_tool(), client_tool("locate", "Where the user is")]


CALL = ("assistant", ["tool-call", "tool-approval-request"])
RESPONSE = ("tool", ["tool-approval-response"])
RESULT = ("tool", ["tool-result"])
TEXT = ("assistant", ["text"])
PROMPT = ("user", ["text"])


async def test_82_to_84_an_approved_call_runs_and_the_answer_follows_by_itself(start: Start) -> None:
    desk: Desk = await start(Call("mail", {"to": "bob"}), "I wrote to Bob.")
    thread_id, generation_id = await desk.asked()
    await desk.comes_to(generation_id, "WAITING")
    assert desk.ran == []
    (waiting,) = await desk.pending(thread_id)
    assert (waiting["toolName"], waiting["state"], waiting["input"]) == ("mail", "APPROVAL_REQUESTED", {"to": "bob"})
    decision = await desk.decide(APPROVE, thread_id, approvalId=waiting["approval"]["id"], reason="go ahead")
    assert (decision["stillPending"], decision["generation"]["id"]) == (0, generation_id)
    await desk.comes_to(generation_id, "SUCCEEDED")
    assert desk.ran == [("mail", "bob")]
    assert await desk.outline(thread_id) == [PROMPT, CALL, RESPONSE, RESULT, TEXT]
    assert await desk.pending(thread_id) == []
    call = (await desk.calls(thread_id))["mail"]
    assert (call["state"], call["output"]) == ("OUTPUT_AVAILABLE", "sent to bob")
    approval = call["approval"]
    assert (approval["approved"], approval["reason"], approval["decidedBy"]) == (True, "go ahead", "u1")
    assert approval["decidedAt"] is not None


async def test_84_a_denied_call_does_not_run_and_the_model_is_told_why(start: Start) -> None:
    desk: Desk = await start(Call("mail", {"to": "bob"}), "Then not.")
    thread_id, generation_id = await desk.asked()
    await desk.comes_to(generation_id, "WAITING")
    (waiting,) = await desk.pending(thread_id)
    await desk.decide(DENY, thread_id, approvalId=waiting["approval"]["id"], reason="not today")
    await desk.comes_to(generation_id, "SUCCEEDED")
    assert desk.ran == []
    assert await desk.outline(thread_id) == [PROMPT, CALL, RESPONSE, RESULT, TEXT]
    told = [part for message in desk.model.requests[-1].messages for part in message.content]
    outputs = [part["output"] for part in told if part["type"] == "tool-result"]
    assert outputs == [{"type": "execution-denied", "reason": "not today"}]
    assert (await desk.calls(thread_id))["mail"]["state"] == "OUTPUT_DENIED"


async def test_85_in_a_mixed_step_the_others_run_at_once(start: Start) -> None:
    desk: Desk = await start([Call("look"), Call("mail", {"to": "bob"})], "Done.")
    thread_id, generation_id = await desk.asked()
    await desk.comes_to(generation_id, "WAITING")
    assert desk.ran == [("look",)]
    (waiting,) = await desk.pending(thread_id)
    await desk.decide(APPROVE, thread_id, approvalId=waiting["approval"]["id"])
    await desk.comes_to(generation_id, "SUCCEEDED")
    assert desk.ran == [("look",), ("mail", "bob")]
    calls = ("assistant", ["tool-call", "tool-call", "tool-approval-request"])
    assert await desk.outline(thread_id) == [PROMPT, calls, RESULT, RESPONSE, RESULT, TEXT]


async def test_83_several_calls_of_a_step_are_decided_one_by_one(start: Start) -> None:
    desk: Desk = await start([Call("mail", {"to": "bob"}), Call("pay", {"amount": 200})], "Done.")
    thread_id, generation_id = await desk.asked()
    await desk.comes_to(generation_id, "WAITING")
    mail, pay = await desk.pending(thread_id)
    first = await desk.decide(APPROVE, thread_id, approvalId=mail["approval"]["id"])
    assert (first["stillPending"], first["generation"]["status"]) == (1, "WAITING")
    assert [each["toolName"] for each in await desk.pending(thread_id)] == ["pay"]
    second = await desk.decide(DENY, thread_id, approvalId=pay["approval"]["id"], reason="too much")
    assert (second["stillPending"], second["messageId"]) == (0, first["messageId"])
    await desk.comes_to(generation_id, "SUCCEEDED")
    assert desk.ran == [("mail", "bob")]
    assert [kinds for role, kinds in await desk.outline(thread_id) if role == "tool"] == [
        ["tool-approval-response", "tool-approval-response"],
        ["tool-result", "tool-result"],
    ]


@pytest.mark.parametrize(("amount", "status"), [(100, "SUCCEEDED"), (101, "WAITING")])
async def test_87_a_function_says_for_each_call_whether_it_waits(start: Start, amount: int, status: str) -> None:
    desk: Desk = await start(Call("pay", {"amount": amount}), "Done.")
    _, generation_id = await desk.asked()
    await desk.comes_to(generation_id, status)
    assert bool(desk.ran) == (status == "SUCCEEDED")


async def test_86_a_message_in_between_does_not_disturb(start: Start) -> None:
    desk: Desk = await start(Call("mail", {"to": "bob"}), "Done.")
    thread_id, generation_id = await desk.asked()
    await desk.comes_to(generation_id, "WAITING")
    save = """mutation($id: ID!) { saveMessages(input: { threadId: $id, messages: [{ prompt: "By the way" }] }) {
      userErrors { code } } }"""
    await desk(save, id=thread_id)
    (waiting,) = await desk.pending(thread_id)
    await desk.decide(APPROVE, thread_id, approvalId=waiting["approval"]["id"])
    await desk.comes_to(generation_id, "SUCCEEDED")
    assert await desk.outline(thread_id) == [PROMPT, CALL, RESPONSE, RESULT, TEXT]
    assert await desk.outline(thread_id, 1) == [PROMPT]


async def test_88_a_new_message_denies_what_waits_and_a_late_approval_runs_nothing(start: Start) -> None:
    desk: Desk = await start(Call("mail", {"to": "bob"}), "Never mind.")
    thread_id, first = await desk.asked()
    await desk.comes_to(first, "WAITING")
    (waiting,) = await desk.pending(thread_id)
    _, second = await desk.asked("Something else", thread_id)
    await desk.comes_to(second, "SUCCEEDED")
    ended = await desk.comes_to(first, "ABORTED")
    assert ended["error"] == "auto-denied: new generation started"
    call = (await desk.calls(thread_id))["mail"]
    assert (call["state"], call["approval"]["approved"]) == ("OUTPUT_DENIED", False)
    given = {"threadId": thread_id, "approvalId": waiting["approval"]["id"]}
    code, path, message = await desk.refusal(APPROVE, input=given)
    assert (code, path) == ("ALREADY_HANDLED", ["input", "approvalId"])
    assert message == f"Approval {waiting['approval']['id']} was already handled"
    assert desk.ran == []


async def test_79_a_person_answers_a_call_and_the_answer_goes_on_with_it(start: Start) -> None:
    desk: Desk = await start(Call("ask_human", {"question": "When?"}), "At noon, then.")
    thread_id, generation_id = await desk.asked()
    await desk.comes_to(generation_id, "WAITING")
    (waiting,) = await desk.pending(thread_id)
    assert (waiting["input"], waiting["approval"]) == ({"question": "When?"}, None)
    given = {"toolCallId": waiting["toolCallId"], "output": "noon", "answeredBy": "Ann"}
    await desk.decide(SUBMIT, thread_id, **given)
    await desk.comes_to(generation_id, "SUCCEEDED")
    assert await desk.outline(thread_id) == [PROMPT, ("assistant", ["tool-call"]), RESULT, TEXT]
    assert (await desk.calls(thread_id))["ask_human"]["output"] == "noon"
    code, path, _ = await desk.refusal(SUBMIT, input={"threadId": thread_id, **given})
    assert (code, path) == ("ALREADY_HANDLED", ["input", "toolCallId"])


async def test_81_a_client_gives_the_result_of_its_own_tool(start: Start) -> None:
    desk: Desk = await start(Call("locate"), "You are in Rome.")
    thread_id, generation_id = await desk.asked()
    await desk.comes_to(generation_id, "WAITING")
    (waiting,) = await desk.pending(thread_id)
    call_id = waiting["toolCallId"]
    for fields in ({}, {"output": 1, "errorText": "x"}):
        code, path, _ = await desk.refusal(SUBMIT, input={"threadId": thread_id, "toolCallId": call_id, **fields})
        assert (code, path) == ("INVALID", ["input", "output"])
    await desk.decide(SUBMIT, thread_id, toolCallId=call_id, output={"city": "Rome"})
    await desk.comes_to(generation_id, "SUCCEEDED")
    assert (await desk.calls(thread_id))["locate"]["output"] == {"city": "Rome"}


async def test_a_call_that_was_changed_after_it_was_shown_is_not_run(start: Start) -> None:
    desk: Desk = await start(Call("mail", {"to": "bob"}), "Hm.")
    thread_id, generation_id = await desk.asked()
    await desk.comes_to(generation_id, "WAITING")
    (waiting,) = await desk.pending(thread_id)
    rows = [edge["node"] for edge in (await desk.thread(thread_id))["messages"]["edges"]]
    call, request = rows[1]["content"]
    for content in ([{**call, "input": {"to": "eve"}}, request], [{**call, "input": {"to": "eve"}}]):
        changed = {"messageId": rows[1]["id"], "content": content}
        assert (await desk(UPDATE, input=changed))["updateMessage"]["userErrors"] == []
    await desk.decide(APPROVE, thread_id, approvalId=waiting["approval"]["id"])
    await desk.comes_to(generation_id, "SUCCEEDED")
    assert desk.ran == []
    assert "changed after it was approved" in (await desk.calls(thread_id))["mail"]["errorText"]


async def test_what_is_denied_while_other_tools_run_never_runs(start: Start) -> None:
    gate = Gate()

    @tool
    async def slow() -> str:
        """Takes its time."""
        await gate.wait()
        return "at last"

    desk: Desk = await start(
        [Call("slow"), Call("mail", {"to": "bob"}), Call("ask_human", {"question": "Why?"})], "Done.", tools=[slow]
    )
    thread_id, generation_id = await desk.asked()
    await gate.reached()
    mail, ask = [each for each in await desk.pending(thread_id) if each["toolName"] != "slow"]
    decision = await desk.decide(DENY, thread_id, approvalId=mail["approval"]["id"])
    assert decision["generation"]["status"] == "RUNNING"
    await desk.decide(SUBMIT, thread_id, toolCallId=ask["toolCallId"], output="because")
    gate.open()
    await desk.comes_to(generation_id, "SUCCEEDED")
    assert desk.ran == []
    calls = await desk.calls(thread_id)
    assert {name: call["state"] for name, call in calls.items()} == {
        "slow": "OUTPUT_AVAILABLE", "mail": "OUTPUT_DENIED", "ask_human": "OUTPUT_AVAILABLE",
    }  # fmt: skip
    assert calls["ask_human"]["output"] == "because"


async def test_what_is_denied_while_tools_run_does_not_run_either_where_they_are_run_again(start: Start) -> None:
    gate = Gate()

    @tool
    async def slow() -> str:
        """Takes its time."""
        await gate.wait()
        return "at last"

    step = [Call("slow"), Call("mail", {"to": "bob"}), Call("pay", {"amount": 200})]
    first: Desk = await start(step, tools=[slow])
    thread_id, generation_id = await first.asked()
    await gate.reached()
    mail, pay = [each for each in await first.pending(thread_id) if each["toolName"] != "slow"]
    await first.decide(DENY, thread_id, approvalId=mail["approval"]["id"], reason="no")
    await first.decide(APPROVE, thread_id, approvalId=pay["approval"]["id"])
    await first.weft.aclose()
    gate.open()
    second: Desk = await start("Done.", tools=[slow])
    await second.comes_to(generation_id, "SUCCEEDED")
    assert (first.ran, second.ran) == ([], [("pay", 200)])
    calls = await second.calls(thread_id)
    assert {name: call["state"] for name, call in calls.items()} == {
        "slow": "OUTPUT_AVAILABLE", "mail": "OUTPUT_DENIED", "pay": "OUTPUT_AVAILABLE",
    }  # fmt: skip
    responses, results = ("tool", ["tool-approval-response"] * 2), ("tool", ["tool-result"] * 2)
    assert (await second.outline(thread_id))[2:] == [RESULT, responses, results, TEXT]


async def test_a_generation_that_waits_can_be_aborted_and_nothing_of_it_can_be_decided(start: Start) -> None:
    desk: Desk = await start([Call("mail", {"to": "bob"}), Call("ask_human", {"question": "Why?"})])
    thread_id, generation_id = await desk.asked()
    await desk.comes_to(generation_id, "WAITING")
    mail, ask = await desk.pending(thread_id)
    await desk(ABORT, id=generation_id)
    assert await desk.pending(thread_id) == []
    calls = await desk.calls(thread_id)
    assert (calls["mail"]["state"], calls["mail"]["approval"]["reason"]) == ("OUTPUT_DENIED", "never mind")
    assert (calls["ask_human"]["state"], calls["ask_human"]["errorText"]) == ("OUTPUT_ERROR", "Aborted: never mind")
    late = {"threadId": thread_id, "toolCallId": ask["toolCallId"], "output": "x"}
    assert (await desk.refusal(SUBMIT, input=late))[0] == "ALREADY_HANDLED"
    late = {"threadId": thread_id, "approvalId": mail["approval"]["id"]}
    assert (await desk.refusal(DENY, input=late))[0] == "ALREADY_HANDLED"


@pytest.mark.parametrize("again", ["the decision's row", "the prompt"])
async def test_89_who_says_no_continues_with_the_decisions_row_or_the_prompt(start: Start, again: str) -> None:
    desk: Desk = await start(Call("mail", {"to": "bob"}), "Done.")
    thread_id, generation_id = await desk.asked()
    await desk.comes_to(generation_id, "WAITING")
    (waiting,) = await desk.pending(thread_id)
    given = {"approvalId": waiting["approval"]["id"], "continueGeneration": False}
    decision = await desk.decide(APPROVE, thread_id, **given)
    assert (decision["stillPending"], decision["generation"]["status"]) == (0, "WAITING")
    first = (await desk.thread(thread_id))["messages"]["edges"][0]["node"]["id"]
    message_id = first if again == "the prompt" else decision["messageId"]
    asked = {"agentName": "support", "threadId": thread_id, "promptMessageId": message_id}
    started = (await desk(START, input=asked))["startGeneration"]
    assert started["userErrors"] == []
    await desk.comes_to(started["generation"]["id"], "SUCCEEDED")
    assert desk.ran == [("mail", "bob")]
    assert await desk.outline(thread_id) == [PROMPT, CALL, RESPONSE, RESULT, TEXT]


async def test_a_strangers_thread_cannot_decide(start: Start) -> None:
    desk: Desk = await start(Call("mail", {"to": "bob"}))
    thread_id, generation_id = await desk.asked()
    await desk.comes_to(generation_id, "WAITING")
    (waiting,) = await desk.pending(thread_id)
    approval, call_id, other = waiting["approval"]["id"], waiting["toolCallId"], await desk.new_thread()
    for mutation in (APPROVE, DENY):
        code, path, _ = await desk.refusal(mutation, input={"threadId": other, "approvalId": approval})
        assert (code, path) == ("NOT_FOUND", ["input", "approvalId"])
    code, path, _ = await desk.refusal(SUBMIT, input={"threadId": other, "toolCallId": call_id, "output": 1})
    assert (code, path) == ("NOT_FOUND", ["input", "toolCallId"])
    assert len(await desk.pending(thread_id)) == 1

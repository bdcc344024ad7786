"""Answers that the caller waits for: what is stored, what is told, and what happens when it fails."""

import pytest
from tests.agents.runs import agent, at_rest, model_of, outline, outputs, rows_of, thread_of, told, weather

from weft import tool
from weft.agents.agent import Agent
from weft.agents.tools.context import ToolContext
from weft.agents.weft import Weft
from weft.errors import ErrorCode, GenerationFailed, InputError, ProviderError
from weft.storage.store import Store
from weft.testing import DEFAULT_USAGE, Answer, Call, Fail, Finish, ReasoningDelta, ScriptedModel, SourceFound, Step
from weft.threads.generations import GenerationOptions, GenerationStatus
from weft.threads.messages import FinishReason, MessageRole, MessageStatus
from weft.threads.usage import Usage

SYSTEM, USER, ASSISTANT, TOOL = MessageRole.SYSTEM, MessageRole.USER, MessageRole.ASSISTANT, MessageRole.TOOL
WEATHER: list[Answer] = [["Let me look. ", Call("weather", {"city": "Rome"})], "It is sunny."]


async def test_row_46_an_answer_is_told_with_all_that_was_stored_for_it(weft: Weft) -> None:
    warnings = ({"type": "other", "message": "seed is ignored"},)
    thread = await thread_of(weft, "ann")
    helper = agent(["It is so.", Finish(FinishReason.STOP, DEFAULT_USAGE, "scripted-1", warnings=warnings)])
    answer = await weft.answers.generate_text(helper, thread_id=thread, prompt="Is it?")
    assert (answer.text, answer.finish_reason, answer.order) == ("It is so.", FinishReason.STOP, 0)
    assert (answer.usage, tuple(answer.warnings)) == (DEFAULT_USAGE, warnings)
    prompt, reply = answer.saved_messages
    assert (prompt.role, prompt.text, prompt.status) == (USER, "Is it?", MessageStatus.SUCCESS)
    assert (reply.role, reply.text, reply.status) == (ASSISTANT, "It is so.", MessageStatus.SUCCESS)
    assert answer.prompt_message_id == prompt.id
    assert (prompt.user_id, reply.user_id, reply.agent_name, reply.model) == ("ann", "ann", "helper", "scripted-1")
    assert answer.generation is not None
    assert (answer.generation.status, answer.generation.usage) == (GenerationStatus.SUCCEEDED, DEFAULT_USAGE)
    assert await rows_of(weft, thread) == [prompt, reply]
    await at_rest(weft, thread)


async def test_row_46_a_prompt_that_was_stored_before_is_not_among_the_saved_messages(weft: Weft) -> None:
    thread = await thread_of(weft)
    sent = await weft.messages.send(thread, prompt="Is it?", generate=False)
    answer = await weft.answers.generate_text(agent("Yes."), thread_id=thread, prompt_message_id=sent.message.id)
    assert outline(answer.saved_messages) == [(1, "assistant", "success")]
    assert (answer.prompt_message_id, answer.order) == (sent.message.id, 0)


async def test_row_46_usage_of_all_steps_is_summed_up_and_added_to_the_threads(weft: Weft) -> None:
    thread = await thread_of(weft)
    answer = await weft.answers.generate_text(agent(*WEATHER), thread_id=thread, prompt="Hi")
    assert answer.usage == DEFAULT_USAGE + DEFAULT_USAGE
    stored = await weft.store.threads.get(thread)
    assert stored is not None
    assert stored.usage == answer.usage


async def test_row_50_a_step_with_tools_is_a_row_of_calls_and_a_row_of_results(weft: Weft) -> None:
    thread = await thread_of(weft)
    calls = [Call("weather", {"city": "Rome"}), Call("broken"), Call("weather", {"city": "Oslo"})]
    answer = await weft.answers.generate_text(
        agent([ReasoningDelta("Both. "), "Let me look. ", *calls], "Sunny."), thread_id=thread, prompt="Hi"
    )
    assert outline(answer.saved_messages) == [
        (0, "user", "success"),
        (1, "assistant", "success"),
        (2, "tool", "success"),
        (3, "assistant", "success"),
    ]
    asked, results = answer.saved_messages[1:3]
    assert [part["type"] for part in asked.content] == ["reasoning", "text", "tool-call", "tool-call", "tool-call"]
    assert [(part["toolCallId"], part["toolName"]) for part in results.content] == [
        ("call_1", "weather"),
        ("call_2", "broken"),
        ("call_3", "weather"),
    ]
    assert outputs([results]) == {
        "call_1": {"type": "text", "value": "sunny in Rome"},
        "call_2": {"type": "error-text", "value": "Error: no such city"},
        "call_3": {"type": "text", "value": "sunny in Oslo"},
    }
    assert (asked.tool, results.tool, answer.saved_messages[3].tool) == (True, True, False)


async def test_row_50_every_answers_row_tells_of_its_own_step(weft: Weft) -> None:
    thread = await thread_of(weft)
    facts = {"scripted": {"tier": "flex"}}
    first: list[Step] = [
        ReasoningDelta("Hm. "),
        SourceFound("1", "https://weft.example"),
        Call("weather", {"city": "Rome"}),
    ]
    script: list[Answer] = [
        [*first, Finish(FinishReason.TOOL_CALLS, Usage(1, 2, 3), "one", facts)],
        ["Sunny.", Finish(FinishReason.STOP, Usage(10, 20, 30), "two", warnings=({"type": "other"},))],
    ]
    answer = await weft.answers.generate_text(agent(*script), thread_id=thread, prompt="Hi")
    _, asked, results, last = answer.saved_messages
    assert (asked.model, asked.usage, asked.finish_reason) == ("one", Usage(1, 2, 3), FinishReason.TOOL_CALLS)
    assert (asked.provider, asked.provider_metadata, asked.reasoning) == ("scripted", facts, "Hm. ")
    assert [source["url"] for source in asked.sources or ()] == ["https://weft.example"]
    assert (last.model, last.usage, last.finish_reason) == ("two", Usage(10, 20, 30), FinishReason.STOP)
    assert (list(last.warnings or ()), last.sources, last.reasoning) == ([{"type": "other"}], None, None)
    assert (results.model, results.usage, results.agent_name) == (None, None, "helper")


async def test_row_54_a_further_answer_to_the_same_prompt_sees_the_results_and_is_the_next_step(weft: Weft) -> None:
    thread = await thread_of(weft)
    helper = agent(*WEATHER, max_steps=1)
    first = await weft.answers.generate_text(helper, thread_id=thread, prompt="Hi")
    assert (first.finish_reason, outline(first.saved_messages)[-1]) == (
        FinishReason.TOOL_CALLS,
        (2, "tool", "success"),
    )
    second = await weft.answers.generate_text(helper, thread_id=thread, prompt_message_id=first.prompt_message_id)
    assert told(helper) == ["Hi", "Let me look. ", "tool-call", "tool-result"]
    assert (second.text, second.order, outline(second.saved_messages)) == (
        "It is sunny.",
        0,
        [(3, "assistant", "success")],
    )


async def test_row_57_a_failed_answer_is_an_error_and_a_failed_row(weft: Weft) -> None:
    thread = await thread_of(weft)
    error = ProviderError("slow down", provider="scripted", provider_code="rate_limit", http_status=429)
    with pytest.raises(GenerationFailed, match="slow down") as failed:
        await weft.answers.generate_text(agent([Fail(error)]), thread_id=thread, prompt="Hi")
    wanted = (ErrorCode.PROVIDER_ERROR, "rate_limit", 429)
    assert (failed.value.reason, failed.value.provider_code, failed.value.http_status) == wanted
    rows = await rows_of(weft, thread)
    assert outline(rows) == [(0, "user", "success"), (1, "assistant", "failed")]
    assert (rows[1].error, rows[1].content, rows[1].finish_reason) == ("slow down", [], FinishReason.ERROR)
    assert (rows[1].agent_name, rows[1].model, rows[1].provider) == ("helper", "scripted", "scripted")
    await at_rest(weft, thread)


async def test_row_57_a_further_try_is_the_next_step_and_is_not_shown_the_failed_one(weft: Weft) -> None:
    thread = await thread_of(weft)
    helper = agent(["Half an ", Fail(ProviderError("cut off", provider="scripted"))], "Whole.")
    with pytest.raises(GenerationFailed):
        await weft.answers.generate_text(helper, thread_id=thread, prompt="Hi")
    prompt, failed = await rows_of(weft, thread)
    assert failed.text == "Half an "
    answer = await weft.answers.generate_text(helper, thread_id=thread, prompt_message_id=prompt.id)
    assert (answer.text, told(helper)) == ("Whole.", ["Hi"])
    assert outline(await rows_of(weft, thread)) == [
        (0, "user", "success"),
        (1, "assistant", "failed"),
        (2, "assistant", "success"),
    ]


async def test_row_57_a_failure_in_a_later_step_keeps_the_steps_before_it(weft: Weft) -> None:
    thread = await thread_of(weft)
    helper = agent(WEATHER[0], [Fail(ProviderError("cut off", provider="scripted"))], "It is sunny.")
    with pytest.raises(GenerationFailed):
        await weft.answers.generate_text(helper, thread_id=thread, prompt="Hi")
    rows = await rows_of(weft, thread)
    assert outline(rows) == [
        (0, "user", "success"),
        (1, "assistant", "success"),
        (2, "tool", "success"),
        (3, "assistant", "failed"),
    ]
    answer = await weft.answers.generate_text(helper, thread_id=thread, prompt_message_id=rows[0].id)
    assert (answer.text, told(helper)) == ("It is sunny.", ["Hi", "Let me look. ", "tool-call", "tool-result"])
    await at_rest(weft, thread)


async def test_row_58_an_answer_without_content_is_a_success_with_all_its_facts(weft: Weft) -> None:
    thread = await thread_of(weft)
    facts = {"scripted": {"id": "r1"}}
    empty = [Finish(FinishReason.STOP, DEFAULT_USAGE, "scripted-1", facts)]
    answer = await weft.answers.generate_text(agent(empty), thread_id=thread, prompt="Hi")
    reply = answer.saved_messages[1]
    assert (answer.text, reply.status, reply.content) == ("", MessageStatus.SUCCESS, [])
    assert (reply.model, reply.usage, reply.provider_metadata) == ("scripted-1", DEFAULT_USAGE, facts)
    await at_rest(weft, thread)


async def test_row_58_an_empty_answer_after_tools_ends_the_run(weft: Weft) -> None:
    thread = await thread_of(weft)
    answer = await weft.answers.generate_text(
        agent(WEATHER[0], [Finish(FinishReason.STOP)]), thread_id=thread, prompt="Hi"
    )
    assert outline(answer.saved_messages)[-1] == (3, "assistant", "success")
    assert (answer.text, answer.finish_reason) == ("", FinishReason.STOP)


async def test_row_66_an_agent_may_be_made_for_one_call(weft: Weft) -> None:
    thread = await thread_of(weft)
    for city in ("Rome", "Oslo"):
        helper = agent("Yes.", instructions=f"You know {city}.", tools=[weather] if city == "Rome" else [])
        await weft.answers.generate_text(helper, thread_id=thread, prompt="Hi")
        (request,) = model_of(helper).requests
        assert (request.instructions, len(request.tools)) == (f"You know {city}.", int(city == "Rome"))
    assert [row.agent_name for row in await rows_of(weft, thread, 1)] == [None, "helper"]


async def test_row_66_an_agent_of_the_same_name_as_one_of_the_apps_is_the_one_that_answers(store: Store) -> None:
    async with Weft(store, [Agent("twin", model=ScriptedModel(["The app's."], repeat=True))]) as weft:
        thread = await thread_of(weft)
        mine = Agent("twin", model=ScriptedModel(["Mine."]))
        assert (await weft.answers.generate_text(mine, thread_id=thread, prompt="Hi")).text == "Mine."
        assert (await weft.answers.generate_text("twin", thread_id=thread, prompt="Hi")).text == "The app's."


async def test_row_66_an_agent_made_for_one_call_goes_on_after_a_decision(weft: Weft) -> None:
    thread = await thread_of(weft)
    helper = agent([Call("transfer", {"amount": 5})], "Done.")
    waits = await weft.answers.generate_text(helper, thread_id=thread, prompt="Pay")
    assert waits.generation is not None
    assert waits.generation.status is GenerationStatus.WAITING
    (part,) = await weft.approvals.pending(thread)
    assert part.approval is not None
    await weft.approvals.approve(thread, part.approval.id)
    done = await weft.waiters.settled(waits.generation.id, 20)
    rows = await rows_of(weft, thread)
    assert (done.status, rows[-1].text, outputs(rows)) == (
        GenerationStatus.SUCCEEDED,
        "Done.",
        {"call_1": {"type": "text", "value": "sent 5"}},
    )


async def test_row_66_an_unknown_agent_is_refused(weft: Weft) -> None:
    with pytest.raises(InputError, match="there is no agent 'nobody'"):
        await weft.answers.generate_text("nobody", thread_id=await thread_of(weft), prompt="Hi")


async def test_row_67_a_generation_may_be_started_and_its_steps_read_as_they_are_stored(store: Store) -> None:
    async with Weft(store, [Agent("started", model=ScriptedModel(WEATHER), tools=[weather])]) as weft:
        thread = await thread_of(weft)
        sent = await weft.messages.send(thread, prompt="Hi", generate=False)
        started = await weft.generations.start("started", thread, sent.message.id, GenerationOptions())
        done = await weft.waiters.settled(started.id, 20)
        assert done.status is GenerationStatus.SUCCEEDED
        rows = await weft.messages.of_generation(done)
        assert outline(rows) == [(1, "assistant", "success"), (2, "tool", "success"), (3, "assistant", "success")]


async def test_what_the_caller_gives_reaches_the_tools(weft: Weft) -> None:
    seen: list[ToolContext] = []

    @tool
    async def look(ctx: ToolContext) -> str:
        """Looks."""
        seen.append(ctx)
        return "nothing"

    thread = await thread_of(weft, "ann")
    helper = agent([Call("look")], "Nothing.", tools=[look])
    answer = await weft.answers.generate_text(helper, thread_id=thread, prompt="Hi", custom={"org": "o1"})
    (ctx,) = seen
    assert answer.generation is not None
    assert (ctx.user_id, ctx.thread_id, ctx.order, ctx.custom) == ("ann", thread, 0, {"org": "o1"})
    assert (ctx.prompt_message_id, ctx.generation_id) == (answer.prompt_message_id, answer.generation.id)
    assert (ctx.tool_call_id, ctx.tool_name, ctx.agent) == ("call_1", "look", helper)
    assert [message.role for message in ctx.messages] == [USER]

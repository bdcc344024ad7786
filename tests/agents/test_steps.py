"""How a run goes from step to step, and when it ends (behaviour.md rows 51 to 53)."""

from collections.abc import Sequence
from typing import Any

import pytest
from tests.agents.runs import agent, at_rest, model_of, outline, rows_of, thread_of, told
from tests.support import text

from weft.agents.agent import Agent, PrepareStep, StepChanges
from weft.agents.answers import TextAnswer
from weft.agents.run_context import RunContext
from weft.agents.stops import StopCondition, has_tool_call, step_count_is
from weft.agents.weft import Weft
from weft.errors import ConfigError, GenerationFailed, ProviderError
from weft.llm.model import ModelMessage, ModelSettings
from weft.testing import Call, Fail, Finish, FinishReason, ScriptedModel, Step, ToolAnswered, ToolCalled
from weft.threads.generations import GenerationOptions, GenerationStatus
from weft.threads.messages import MessageRole
from weft.threads.steps import Step as Made

LOOK: list[Step] = [Call("weather", {"city": "Rome"})]
FAILS: list[Step] = [Call("broken")]
PAY: list[Step] = [Call("transfer", {"amount": 5})]


async def asked(weft: Weft, helper: Agent, **options: Any) -> TextAnswer:
    """Its answer in a thread of its own."""
    thread = await thread_of(weft)
    answer = await weft.answers.generate_text(
        helper, thread_id=thread, prompt="Hi", options=GenerationOptions(**options)
    )
    assert answer.generation is not None
    if answer.generation.status is not GenerationStatus.WAITING:
        await at_rest(weft, thread)
    return answer


def always(changes: StepChanges, *, first: bool = False) -> PrepareStep:
    """Prepares every step so, or only the first."""

    def prepare(run: RunContext, steps: Sequence[Made]) -> StepChanges | None:
        return None if first and steps else changes

    return prepare


async def decided(weft: Weft, answer: TextAnswer) -> list[tuple[int, str, str]]:
    """The rows of a turn once its only approval was given and it has come to rest."""
    assert answer.generation is not None
    thread = answer.generation.thread_id
    (part,) = await weft.approvals.pending(thread)
    assert part.approval is not None
    await weft.approvals.approve(thread, part.approval.id)
    await weft.waiters.settled(answer.generation.id, 20)
    return outline(await rows_of(weft, thread))


async def test_row_51_a_run_goes_on_until_no_tool_is_called(weft: Weft) -> None:
    helper = agent(LOOK, LOOK, LOOK, "Sunny.")
    answer = await asked(weft, helper)
    assert (answer.text, answer.finish_reason, len(model_of(helper).requests)) == ("Sunny.", FinishReason.STOP, 4)
    assert [row.role.value for row in answer.saved_messages] == ["user", *["assistant", "tool"] * 3, "assistant"]


async def test_row_51_each_step_is_shown_the_steps_before_it(weft: Weft) -> None:
    helper = agent(["One. ", *LOOK], ["Two. ", *LOOK], "Sunny.")
    await asked(weft, helper)
    step = ["tool-call", "tool-result"]
    assert [told(helper, call) for call in range(3)] == [
        ["Hi"],
        ["Hi", "One. ", *step],
        ["Hi", "One. ", *step, "Two. ", *step],
    ]


async def test_row_51_without_a_bound_a_run_has_twenty_steps(weft: Weft) -> None:
    helper = agent(model=ScriptedModel([LOOK], repeat=True))
    answer = await asked(weft, helper)
    assert len(model_of(helper).requests) == 20
    assert (answer.finish_reason, outline(answer.saved_messages)[-1]) == (
        FinishReason.TOOL_CALLS,
        (40, "tool", "success"),
    )


@pytest.mark.parametrize(("own", "call", "steps"), [(2, None, 2), (None, 3, 3), (2, 4, 4), (4, 1, 1)])
async def test_row_51_max_steps_of_the_call_go_before_the_agents(
    weft: Weft, own: int | None, call: int | None, steps: int
) -> None:
    helper = agent(model=ScriptedModel([LOOK], repeat=True), max_steps=own)
    await asked(weft, helper, max_steps=call)
    assert len(model_of(helper).requests) == steps


@pytest.mark.parametrize("bound", [0, -1])
def test_row_51_a_bound_below_one_is_refused(bound: int) -> None:
    with pytest.raises(ConfigError, match="max_steps of agent helper"):
        agent(max_steps=bound)


@pytest.mark.parametrize("reason", [FinishReason.LENGTH, FinishReason.CONTENT_FILTER, FinishReason.ERROR])
async def test_row_51_an_answer_that_was_cut_off_is_not_gone_on_with(weft: Weft, reason: FinishReason) -> None:
    helper = agent([*LOOK, Finish(reason)], "Never.")
    answer = await asked(weft, helper)
    assert (answer.finish_reason, outline(answer.saved_messages)[-1]) == (reason, (2, "tool", "success"))
    assert len(model_of(helper).requests) == 1


async def test_row_51_tools_that_the_provider_ran_need_no_further_step(weft: Weft) -> None:
    ran: list[Step] = [
        ToolCalled("p1", "web_search", '{"q": "x"}', provider_executed=True),
        ToolAnswered("p1", "web_search", {"type": "json", "value": []}),
        "Nothing found.",
    ]
    answer = await asked(weft, agent(ran, "Never."))
    assert (answer.text, outline(answer.saved_messages)) == (
        "Nothing found.",
        [(0, "user", "success"), (1, "assistant", "success")],
    )


async def test_row_51_beside_a_call_that_the_provider_ran_our_own_are_run(weft: Weft) -> None:
    both: list[Step] = [
        ToolCalled("p1", "web_search", "{}", provider_executed=True),
        ToolAnswered("p1", "web_search", {"type": "json", "value": []}),
        *LOOK,
    ]
    answer = await asked(weft, agent(both, "Sunny."))
    assert [row.role.value for row in answer.saved_messages] == ["user", "assistant", "tool", "assistant"]
    assert [part["toolCallId"] for part in answer.saved_messages[2].content] == ["call_1"]


async def test_row_51_a_step_that_waits_is_not_gone_on_with(weft: Weft) -> None:
    helper = agent([*LOOK, *PAY], "Done.")
    answer = await asked(weft, helper)
    assert answer.generation is not None
    assert (answer.generation.status, len(model_of(helper).requests)) == (GenerationStatus.WAITING, 1)
    assert outline(answer.saved_messages)[-1] == (2, "tool", "success")
    assert (await decided(weft, answer))[-3:] == [
        (3, "tool", "success"),
        (4, "tool", "success"),
        (5, "assistant", "success"),
    ]


async def test_row_51_after_a_decision_the_count_starts_anew(weft: Weft) -> None:
    helper = agent(LOOK, PAY, LOOK, LOOK, "Never.", max_steps=2)
    answer = await asked(weft, helper)
    assert len(model_of(helper).requests) == 2
    rows = await decided(weft, answer)
    assert len(model_of(helper).requests) == 4
    assert rows[-1][1:] == ("tool", "success")


async def test_row_51_with_a_bound_of_one_an_allowed_call_is_still_answered(weft: Weft) -> None:
    helper = agent(PAY, "Done.", max_steps=1)
    rows = await decided(weft, await asked(weft, helper))
    assert rows == [
        (0, "user", "success"),
        (1, "assistant", "success"),
        (2, "tool", "success"),
        (3, "tool", "success"),
        (4, "assistant", "success"),
    ]


async def test_row_52_a_run_may_stop_at_a_number_of_steps(weft: Weft) -> None:
    helper = agent(LOOK, LOOK, LOOK, stop_when=step_count_is(2))
    answer = await asked(weft, helper)
    assert (len(model_of(helper).requests), answer.finish_reason) == (2, FinishReason.TOOL_CALLS)
    assert outline(answer.saved_messages)[-1] == (4, "tool", "success")


async def test_row_52_a_run_may_stop_when_a_tool_has_succeeded(weft: Weft) -> None:
    helper = agent(FAILS, LOOK, "Never.", stop_when=has_tool_call("weather"))
    answer = await asked(weft, helper)
    assert (len(model_of(helper).requests), outline(answer.saved_messages)[-1]) == (2, (4, "tool", "success"))


async def test_row_52_a_call_that_failed_stops_nothing(weft: Weft) -> None:
    answer = await asked(weft, agent(FAILS, "It failed.", stop_when=has_tool_call("broken")))
    assert answer.text == "It failed."


async def test_row_52_a_tool_that_was_allowed_may_stop_a_run(weft: Weft) -> None:
    helper = agent(PAY, "Never.", stop_when=has_tool_call("transfer"))
    rows = await decided(weft, await asked(weft, helper))
    assert (rows[-1], len(model_of(helper).requests)) == ((3, "tool", "success"), 1)


async def test_row_52_of_several_conditions_one_is_enough(weft: Weft) -> None:
    both = [step_count_is(9), has_tool_call("weather")]
    assert len(model_of(agent(stop_when=both)).requests) == 0
    helper = agent(FAILS, LOOK, "Never.", stop_when=both)
    await asked(weft, helper)
    assert len(model_of(helper).requests) == 2


@pytest.mark.parametrize("waits", [False, True])
async def test_row_52_any_function_may_be_a_condition(weft: Weft, waits: bool) -> None:
    seen: list[list[str]] = []

    def condition(steps: Sequence[Made]) -> bool:
        seen.append([call.name for step in steps for call in step.calls if call.output is not None])
        return len(seen) == 2

    async def later(steps: Sequence[Made]) -> bool:
        return condition(steps)

    stop: StopCondition = later if waits else condition
    await asked(weft, agent(FAILS, LOOK, "Never.", stop_when=stop))
    assert seen == [["broken"], ["broken", "weather"]]


async def test_row_52_conditions_are_not_asked_when_the_run_ends_anyway(weft: Weft) -> None:
    def never(steps: Sequence[Made]) -> bool:
        raise AssertionError("asked")

    assert (await asked(weft, agent("Hi.", stop_when=never))).text == "Hi."


async def test_row_52_a_condition_that_fails_fails_the_answer_and_keeps_the_results(weft: Weft) -> None:
    def broken(steps: Sequence[Made]) -> bool:
        raise ValueError("a secret")

    thread = await thread_of(weft)
    with pytest.raises(GenerationFailed, match="Internal error"):
        await weft.answers.generate_text(agent(LOOK, stop_when=broken), thread_id=thread, prompt="Hi")
    rows = await rows_of(weft, thread)
    assert outline(rows)[1:] == [(1, "assistant", "success"), (2, "tool", "success"), (3, "assistant", "failed")]
    assert (rows[-1].agent_name, rows[-1].model, rows[-1].provider) == ("helper", "scripted", "scripted")
    await at_rest(weft, thread)


async def test_row_52_conditions_and_the_calls_bound_hold_together(weft: Weft) -> None:
    helper = agent(model=ScriptedModel([LOOK], repeat=True), stop_when=step_count_is(5))
    await asked(weft, helper, max_steps=2)
    assert len(model_of(helper).requests) == 2


async def test_row_52_the_same_holds_of_a_run_that_stores_nothing(weft: Weft) -> None:
    helper = agent(LOOK, LOOK, "Never.", stop_when=step_count_is(2))
    answer = await weft.answers.generate_text(helper, user_id="ann", prompt="Hi")
    assert (len(model_of(helper).requests), answer.finish_reason) == (2, FinishReason.TOOL_CALLS)


async def test_row_53_each_step_may_have_a_model_of_its_own_and_the_rows_say_which(weft: Weft) -> None:
    other = ScriptedModel(["Sunny."], name="large", provider="other")

    def prepare(run: RunContext, steps: Sequence[Made]) -> StepChanges | None:
        return StepChanges(model=other) if steps else None

    answer = await asked(weft, agent(LOOK, prepare_step=prepare))
    _, asking, _, last = answer.saved_messages
    assert (asking.model, asking.provider) == ("scripted", "scripted")
    assert (last.text, last.model, last.provider) == ("Sunny.", "large", "other")


async def test_row_53_a_failed_step_carries_the_model_really_used(weft: Weft) -> None:
    down = ScriptedModel([[Fail(ProviderError("down", provider="other"))]], name="large", provider="other")
    helper = agent(prepare_step=always(StepChanges(model=down)))
    thread = await thread_of(weft)
    with pytest.raises(GenerationFailed, match="down"):
        await weft.answers.generate_text(helper, thread_id=thread, prompt="Hi")
    failed = (await rows_of(weft, thread))[-1]
    assert (failed.model, failed.provider) == ("large", "other")


async def test_row_53_the_next_step_is_prepared_with_the_steps_before_it(weft: Weft) -> None:
    seen: list[tuple[RunContext, list[str]]] = []

    async def prepare(run: RunContext, steps: Sequence[Made]) -> None:
        seen.append((run, [call.name for step in steps for call in step.calls]))

    answer = await asked(weft, agent(LOOK, FAILS, "Sunny.", prepare_step=prepare))
    assert [names for _, names in seen] == [[], ["weather"], ["weather", "broken"]]
    assert answer.generation is not None
    assert {run.generation_id for run, _ in seen} == {answer.generation.id}


async def test_row_53_everything_of_a_step_may_be_changed(weft: Weft) -> None:
    changes = StepChanges(
        instructions="Be brief.",
        tools=["weather"],
        tool_choice="weather",
        settings=ModelSettings(temperature=0.5),
        messages=[ModelMessage(MessageRole.USER, text("instead"))],
    )
    helper = agent(LOOK, "Sunny.", prepare_step=always(changes, first=True))
    await asked(weft, helper, instructions="Be long.", temperature=1.0)
    first, second = model_of(helper).requests
    assert (first.instructions, first.tool_choice, first.settings.temperature) == ("Be brief.", "weather", 0.5)
    assert ([spec.name for spec in first.tools], told(helper, 0)) == (["weather"], ["instead"])
    assert (second.instructions, second.tool_choice, second.settings.temperature) == ("Be long.", None, 1.0)
    assert [spec.name for spec in second.tools] == ["broken", "transfer", "weather"]
    assert told(helper, 1) == ["Hi", "tool-call", "tool-result"]


async def test_row_53_a_step_cannot_be_given_a_tool_that_the_agent_has_not(weft: Weft) -> None:
    helper = agent("Never.", prepare_step=always(StepChanges(tools=["nope"])))
    with pytest.raises(GenerationFailed, match="there is no tool 'nope'; there are: broken, transfer, weather"):
        await asked(weft, helper)


async def test_row_53_a_step_that_shows_the_model_nothing_fails(weft: Weft) -> None:
    helper = agent("Never.", prepare_step=always(StepChanges(messages=[])))
    with pytest.raises(GenerationFailed, match="there is nothing to send to the model"):
        await asked(weft, helper)

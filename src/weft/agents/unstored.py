"""A run that stores nothing: without a thread, or told to save no messages. The same steps, kept in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from weft.agents.agent import Agent
from weft.agents.chunker import Chunker
from weft.agents.context.assembly import Contexts
from weft.agents.context.history import END_OF_TURN, Place
from weft.agents.handlers import Outcome, note_failure, report_call
from weft.agents.model_call import Answer, ModelCall
from weft.agents.plans import Plan, plan_step, stops, tools_of
from weft.agents.run_context import RunContext
from weft.agents.telemetry import agent_span
from weft.agents.tool_calls import ToolCalls
from weft.agents.tools.context import ToolContext
from weft.agents.tools.definition import Tool
from weft.agents.tools.execution import needs_approval_of
from weft.agents.turns import message_at
from weft.errors import ErrorCode, GenerationFailed, ProviderError, not_found
from weft.llm.model import ModelMessage
from weft.threads.clock import utc_now
from weft.threads.generations import GenerationOptions, Given
from weft.threads.messages import FinishReason, Message, MessageRole, Part, text_of
from weft.threads.steps import Call, Step, steps_of
from weft.threads.streams import Chunk
from weft.threads.usage import NO_USAGE, Usage

if TYPE_CHECKING:
    from weft.agents.weft import Weft


@dataclass(frozen=True, slots=True)
class Unstored:
    """What a run gave of which nothing is stored."""

    text: str
    finish_reason: FinishReason
    usage: Usage
    warnings: Sequence[Any] = ()
    object: Any = None


class UnstoredRun:
    """Run it once. With a thread its messages are read, and nothing is written."""

    def __init__(self, weft: "Weft", agent: Agent, options: GenerationOptions, *, run: RunContext) -> None:
        self._weft = weft
        self._agent = agent
        self._options = options
        self._run = run
        self._chunker = Chunker()
        self._messages: Sequence[ModelMessage] = ()
        self._rows: list[Message] = []
        self._usage: Usage = NO_USAGE

    async def run(self, given: Given) -> Unstored:
        """Answers to the end, or up to a call that somebody would have to decide.

        Raises:
            GenerationFailed: the provider failed, or the object is none. InputError: there is nothing to answer.
        """
        with agent_span(self._agent.name, self._run.thread_id) as span:
            self._messages = await self._context(given)
            tools = await tools_of(self._agent, self._options)
            while True:
                answer = await self._ask(tools)
                if not await self._use(tools, answer):
                    span.finished(self._usage)
                    finish, text = answer.finish, text_of(answer.content) or ""
                    return Unstored(text, finish.reason, self._usage, finish.warnings, answer.object)

    async def _context(self, given: Given) -> Sequence[ModelMessage]:
        options = self._agent.context.changed(self._options.context)
        return (await Contexts(self._run, options, given).at(await self._place())).messages

    async def _place(self) -> Place | None:
        """Where in its thread the run reads: at the end of the turn of its prompt, or after all turns."""
        thread_id, message_id = self._run.thread_id, self._run.prompt_message_id
        if thread_id is None:
            return None
        thread = await self._weft.store.threads.get(thread_id)
        if thread is None:
            raise not_found("thread", thread_id, "input", "threadId")
        if message_id is None:
            return Place(thread_id, thread.last_order + 1, 0, None)
        prompt = await self._weft.store.messages.get(message_id)
        if prompt is None or prompt.thread_id != thread_id:
            raise not_found("message", message_id, "input", "promptMessageId")
        return Place(thread_id, prompt.order, END_OF_TURN, message_id)

    async def _ask(self, tools: Mapping[str, Tool]) -> Answer:
        steps = steps_of(self._rows)
        plan = await plan_step(self._run, self._options, self._messages, steps, tools)
        call = self._model_call(plan)
        outcome = Outcome.ABORTED
        try:
            answer = await call.run()
            outcome = Outcome.SUCCEEDED
        except ProviderError as error:
            outcome = Outcome.FAILED
            note_failure(self._run, plan.model, error)
            raise GenerationFailed(
                error.message,
                reason=ErrorCode.PROVIDER_ERROR,
                provider_code=error.provider_code,
                http_status=error.http_status,
            ) from error
        except Exception:
            outcome = Outcome.FAILED
            raise
        finally:
            await report_call(self._run, len(steps), plan.model, call, outcome)
        self._usage += answer.usage
        self._add(MessageRole.ASSISTANT, answer.content, finish_reason=answer.finish.reason, usage=answer.usage)
        return answer

    def _model_call(self, plan: Plan) -> ModelCall:
        return ModelCall(
            plan.model,
            plan.request,
            chunker=self._chunker,
            show=_nobody,
            tools=plan.tools,
            context_of=self._tool_context,
            object_options=self._options.object,
        )

    async def _use(self, tools: Mapping[str, Tool], answer: Answer) -> bool:
        """Runs the tools of an answer; False when the run ends here."""
        for made in answer.calls:
            if made.tool is not None and (
                made.tool.execute is None
                or await needs_approval_of(made.tool, self._tool_context(made.id, made.name), made.value)
            ):
                return False
        if not answer.calls:
            return False
        results: dict[str, Part] = {}

        async def record(result: Part) -> None:
            results[result["toolCallId"]] = result

        calls = [Call(made.id, made.name, made.input) for made in answer.calls]
        await ToolCalls(tools, {}, context_of=self._tool_context, show=_nobody, record=record).run(calls)
        self._add(MessageRole.TOOL, [results[call.id] for call in calls])
        return not await stops(self._agent, self._options, self._steps())

    def _steps(self) -> list[Step]:
        return steps_of(self._rows)

    def _add(self, role: MessageRole, content: Sequence[Part], **fields: Any) -> None:
        self._messages = [*self._messages, ModelMessage(role, content)]
        self._rows.append(message_at(utc_now(), role, content, **fields))

    def _tool_context(self, call_id: str, name: str) -> ToolContext:
        run = self._run
        return ToolContext(
            run.weft, run.agent, call_id, name,
            user_id=run.user_id, thread_id=run.thread_id, messages=self._messages, custom=run.custom,
        )  # fmt: skip


async def _nobody(chunks: Sequence[Chunk]) -> None:
    """Nobody watches."""

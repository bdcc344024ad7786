"""One attempt at an answer: step by step, each stored in one transaction together with the row that comes next.

Only the holder of the lease may store a step; an attempt that lost it leaves no trace but deltas nobody shows.
"""

import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from weft.agents.agent import Agent
from weft.agents.approval.questions import Question, questions_of
from weft.agents.chunker import Chunker
from weft.agents.context.assembly import Context, Contexts
from weft.agents.context.history import Place
from weft.agents.context.receipts import Receipts
from weft.agents.handlers import Outcome, note_failure, report_call
from weft.agents.model_call import Answer, ModelCall
from weft.agents.moves import Next, go_on
from weft.agents.plans import Plan, plan_step, stops, tools_of
from weft.agents.ready_calls import ready_calls
from weft.agents.run_context import RunContext
from weft.agents.stream_writer import THROTTLE_SECONDS, StreamWriter
from weft.agents.telemetry import agent_span
from weft.agents.tool_calls import ToolCalls
from weft.agents.tool_results import ToolResults
from weft.agents.tools.context import ToolContext
from weft.agents.turns import Ending, end_turn, ended_reply, streamed
from weft.errors import ConfigError, ErrorCode, GenerationFailed, InputError, ProviderError, UnavailableError, WeftError
from weft.llm.model import ModelMessage
from weft.storage.changes import Change
from weft.threads.generations import Failure, Generation, GenerationStatus
from weft.threads.messages import FinishReason, Message, MessageRole, MessageStatus, Part
from weft.threads.pending_calls import PendingKind
from weft.threads.steps import Step, steps_of
from weft.threads.streams import Chunk, Stream
from weft.threads.usage import NO_USAGE, Usage

if TYPE_CHECKING:
    from weft.agents.weft import Weft

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Somebody else answers now, or the answer was aborted, or its thread is deleted."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed generation: what to answer, into which row and stream, under which lease."""

    generation: Generation
    lease_id: str
    agent: Agent
    prompt: Message
    reply: Message
    stream: Stream | None


class Attempt:
    """Runs one job, from the row that is to be written now, to its end or until it waits for somebody."""

    def __init__(self, weft: "Weft", job: Job) -> None:
        self._weft = weft
        self._store = weft.store
        self._job = job
        self._options = job.generation.options
        self._generation = job.generation
        self._reply: Message | None = job.reply
        self._chunker = Chunker(self._options.chunking)
        throttle = self._options.throttle_ms
        seconds = THROTTLE_SECONDS if throttle is None else throttle / 1000
        self._writer = None if job.stream is None else StreamWriter(self._store.deltas, job.stream, seconds)
        self._call: ModelCall | None = None
        self._messages: Sequence[ModelMessage] = ()
        self._contexts: Contexts | None = None
        self._receipts = Receipts(weft.store)
        self._run = RunContext(
            weft,
            job.agent,
            user_id=job.reply.user_id or job.prompt.user_id,
            thread_id=job.generation.thread_id,
            order=job.generation.order,
            prompt_message_id=job.generation.prompt_message_id,
            generation_id=job.generation.id,
            custom=job.generation.custom,
        )

    @property
    def generation(self) -> Generation:
        """The job as this attempt last stored it."""
        return self._generation

    @property
    def lost_usage(self) -> Usage:
        """What a call that was broken off has used, as far as the provider had reported."""
        return NO_USAGE if self._call is None else self._call.usage

    async def run(self) -> None:
        """Answers to the end, good or bad, or to the point where somebody must decide.

        Raises:
            LeaseLost: the turn is not ours any more; nothing was ended.
            UnavailableError: the store failed; the turn is still open, for another attempt.
        """
        try:
            with agent_span(self._job.agent.name, self._generation.thread_id, self._generation.id) as span:
                while self._reply is not None:
                    step = self._use_tools if self._reply.role is MessageRole.TOOL else self._ask
                    await step(self._reply)
                span.finished(self._generation.usage)
        except (ProviderError, GenerationFailed, InputError, ConfigError) as error:
            await self._fail(error.message, _failure(error))
        except (LeaseLost, UnavailableError):
            raise
        except Exception:
            error_id = uuid.uuid4().hex[:12]
            _LOG.exception("an answer failed", extra={"error_id": error_id, "generation": self._generation.id})
            await self._fail(f"Internal error ({error_id})", Failure("INTERNAL"))
        finally:
            try:
                await self._receipts.aclose()
            finally:
                if self._writer is not None:
                    await self._writer.aclose()

    async def _ask(self, reply: Message) -> None:
        """A model call, and the row that it fills."""
        steps = await self._steps()
        tools = await tools_of(self._job.agent, self._options)
        context = await self._context(reply)
        plan = await plan_step(self._run, self._options, context.messages, steps, tools)
        call = self._call = self._model_call(plan)
        outcome = Outcome.ABORTED
        self._receipts.keep(self._generation, len(steps), context.as_sent(plan.request.messages))
        try:
            answer = await call.run()
            outcome = Outcome.SUCCEEDED
        except Exception as error:
            outcome = Outcome.FAILED
            note_failure(self._run, plan.model, error)
            raise
        finally:
            await self._receipts.settled()
            await report_call(self._run, len(steps), plan.model, call, outcome)
        questions = await questions_of(answer.calls, self._tool_context, self._generation, reply)
        for question in questions:
            if question.pending.kind is PendingKind.APPROVAL:
                await call.show(question.chunk)
        await self._save_answer(reply, replace(answer, content=call.content()), plan, questions)
        self._call = None

    def _model_call(self, plan: Plan) -> ModelCall:
        return ModelCall(
            plan.model,
            plan.request,
            chunker=self._chunker,
            show=self._show,
            tools=plan.tools,
            context_of=self._tool_context,
            object_options=self._options.object,
        )

    async def _save_answer(self, reply: Message, answer: Answer, plan: Plan, questions: Sequence[Question]) -> None:
        waits = {question.pending.tool_call_id for question in questions}
        ends = all(call.id in waits for call in answer.calls)
        await self._show(list(self._chunker.end(answer.finish.reason) if ends else ()))
        end = await self._flushed()
        finish = answer.finish
        ending = Ending(
            GenerationStatus.SUCCEEDED,
            answer.content,
            finish.reason,
            answer.usage,
            model=finish.model or plan.model.name,
            provider=plan.model.provider,
            provider_metadata=finish.provider_metadata,
            warnings=finish.warnings,
        )

        async def work(change: Change) -> Next:
            generation = await self._held(change)
            change.add_usage(answer.usage)
            await change.replace_message(ended_reply(reply, ending, change))
            await change.insert_pending_calls([question.at(change.now) for question in questions])
            used = replace(generation, usage=generation.usage + answer.usage)
            return await go_on(self._store, change, used, stream_end=end)

        self._move(await self._change(work))

    async def _use_tools(self, row: Message) -> None:
        """The tools of the newest step that can run now, and the row with their results."""
        found = await ready_calls(self._store, row)
        if not self._messages:
            await self._context(row)
        tools = await tools_of(self._job.agent, self._options)
        await self._show(list(self._chunker.message()))
        async with ToolResults(row, found.step.calls, self._save_results, expected=len(found.calls)) as results:
            running = ToolCalls(
                tools, found.asked, context_of=self._tool_context, show=self._show, record=results.record
            )
            await running.run(found.calls)
        await self._save_tools(row, results.content, found.step)

    async def _save_results(self, row: Message, content: Sequence[Part]) -> None:
        """Stores what is there of the results, so that no tool that is through is run again."""

        async def work(change: Change) -> None:
            await self._held(change)
            await change.replace_message(replace(row, content=content, updated_at=change.now))

        await self._change(work)

    async def _save_tools(self, row: Message, content: Sequence[Part], step: Step) -> None:
        done = replace(row, content=content, status=MessageStatus.SUCCESS)
        steps = await self._steps(done)
        stop = await stops(self._job.agent, self._options, steps, self._generation.steps_before)
        pending = await self._store.pending_calls.of_message(None, step.row.id)
        await self._show(list(self._chunker.end_step()))
        if stop or any(call.open for call in pending):
            await self._show(list(self._chunker.end(step.finish_reason or FinishReason.OTHER)))
        end = await self._flushed()

        async def work(change: Change) -> Next:
            generation = await self._held(change)
            await change.replace_message(replace(done, updated_at=change.now))
            return await go_on(self._store, change, generation, stop=stop, stream_end=end)

        self._move(await self._change(work))

    async def _steps(self, *rows: Message) -> list[Step]:
        """The steps of this generation, with `rows` in place of what is stored."""
        begun = self._reply is not None and self._reply.step_order > 1
        stored = await self._store.messages.of_generation(self._generation.id) if begun or rows else []
        instead = {row.id: row for row in rows}
        return steps_of(instead.get(row.id, row) for row in stored)

    async def _context(self, reply: Message) -> Context:
        if self._contexts is None:
            options = self._job.agent.context.changed(self._options.context)
            self._contexts = Contexts(self._run, options, self._generation.given)
        context = await self._contexts.at(Place.of(self._generation, reply))
        self._messages = context.messages
        return context

    def _tool_context(self, call_id: str, name: str) -> ToolContext:
        run = self._run
        return ToolContext(
            run.weft,
            run.agent,
            call_id,
            name,
            user_id=run.user_id,
            thread_id=run.thread_id,
            order=run.order,
            prompt_message_id=run.prompt_message_id,
            generation_id=run.generation_id,
            messages=self._messages,
            custom=run.custom,
        )

    async def _show(self, chunks: Sequence[Chunk]) -> None:
        if self._writer is not None and chunks:
            await self._writer.add(*chunks)

    async def _flushed(self) -> int:
        """How many parts the stream has, all of them stored."""
        if self._writer is None:
            return 0
        await self._writer.flush()
        return self._writer.end

    def _move(self, done: Next) -> None:
        self._generation, self._reply = done.generation, done.reply

    async def _fail(self, error: str, failure: Failure) -> None:
        """The partial content is kept, in the row and in the stream: as much of it as the store can hold."""
        call = self._call
        reason = FinishReason.ABORTED if failure.code == ErrorCode.ABORTED.value else FinishReason.ERROR
        failed = Ending(GenerationStatus.FAILED, [], reason, self.lost_usage, error, failure=failure)
        try:
            if call is not None:
                await call.close()
                used = call.model
                failed = replace(failed, content=call.content(), model=used.name, provider=used.provider)
            await self._show(list(self._chunker.cut(error)))
            await self._flushed()
            await self._end(failed)
        except InputError:
            content, end = await streamed(self._store, self._generation)
            await self._end(replace(failed, content=content, stream_end=end))

    async def _end(self, ending: Ending) -> None:
        async def work(change: Change) -> None:
            await end_turn(self._store, change, await self._held(change), ending)

        await self._change(work)

    async def _held(self, change: Change) -> Generation:
        """The generation as it is stored, if its lease is still ours."""
        found = await self._store.generations.leased(change.session, self._generation.id, self._job.lease_id)
        if found is None or found.status is not GenerationStatus.RUNNING:
            raise LeaseLost
        return found

    async def _change(self, work: Callable[[Change], Awaitable[T]]) -> T:
        try:
            return await self._store.change(self._generation.thread_id, work)
        except InputError as error:
            if error.reason is ErrorCode.NOT_FOUND:
                raise LeaseLost from None
            raise


def _failure(error: WeftError) -> Failure:
    """The error for programs: a provider's with its own code and HTTP status."""
    if isinstance(error, ProviderError):
        return Failure(error.code, error.provider_code, error.http_status)
    return Failure(error.code)

"""Answers that the caller waits for: a text or an object, in a thread as a durable generation, or without one.

What the caller gives is stored together with the job, in one transaction; a caller that goes away stops nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from weft.agents.agent import Agent
from weft.agents.asking import Asked, asked_of
from weft.agents.call_checks import check_context, check_tools
from weft.agents.generations import NO_OPTIONS, queue, require_agent
from weft.agents.limits import MAX_CLIENT_ID, check_text
from weft.agents.object_checks import check_object
from weft.agents.objects import PART_NAME
from weft.agents.overrides import check_overrides
from weft.agents.places import too_many
from weft.agents.run_context import RunContext
from weft.agents.saving import SaveOptions, Saving
from weft.agents.unstored import Unstored, UnstoredRun
from weft.errors import ErrorCode, GenerationFailed, UnavailableError, not_found
from weft.storage.changes import Change
from weft.storage.owners import this_process
from weft.threads.drafts import Draft
from weft.threads.generations import (
    Failure,
    Generation,
    GenerationOptions,
    GenerationStatus,
    Given,
    ObjectKind,
    ObjectOptions,
    SaveMode,
)
from weft.threads.messages import FinishReason, Message, MessageStatus
from weft.threads.quotas import Quota
from weft.threads.steps import steps_of
from weft.threads.usage import Usage

if TYPE_CHECKING:
    from weft.agents.weft import Weft

PATIENCE_SECONDS: Final = 600.0
"""How long a caller waits at most; the generation itself goes on."""

_FAILED: Final = (GenerationStatus.FAILED, GenerationStatus.ABORTED)


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """The text of the last step. `saved_messages` are the inputs that were stored, then the rows of the answer.

    `generation` is None where nothing was stored. With finish reason `tool-calls` the run ended after a step that
    called tools: because it was told to, or, if the generation is WAITING, because somebody must decide.
    """

    text: str
    finish_reason: FinishReason | None
    order: int
    prompt_message_id: str | None
    saved_messages: Sequence[Message]
    usage: Usage
    warnings: Sequence[Any] = ()
    generation: Generation | None = None


@dataclass(frozen=True, slots=True)
class ObjectAnswer:
    """The JSON value, as asked for: an object, a list, or one of an enumeration's values."""

    object: Any
    finish_reason: FinishReason | None
    order: int
    prompt_message_id: str | None
    saved_messages: Sequence[Message]
    usage: Usage
    generation: Generation | None = None


class AnswerService:
    """`weft.answers`."""

    def __init__(self, weft: "Weft") -> None:
        self._weft = weft
        self._store = weft.store
        self._unstored_ones: Counter[str] = Counter()

    async def generate_text(
        self,
        agent: Agent | str | None,
        *,
        thread_id: str | None = None,
        user_id: str | None = None,
        prompt: str | None = None,
        content: Any = None,
        messages: Sequence[Draft] = (),
        prompt_message_id: str | None = None,
        options: GenerationOptions = NO_OPTIONS,
        custom: Mapping[str, Any] | None = None,
        client_id: str | None = None,
        at_once: bool = False,
        timeout: float = PATIENCE_SECONDS,
        quota: Quota | None = None,
    ) -> TextAnswer:
        """Answers and waits. `agent` is the name of one of the app's, or any `Agent`: one made for this call.

        `content` is the prompt as content parts. `messages` go before the prompt. `prompt_message_id` answers a stored
        message; a prompt beside it is sent in its place and not stored. Without a thread nothing is stored.
        `custom` reaches tools and handlers: a JSON object. The same `client_id` again, in the same thread, waits for
        the answer that the first call asked for. `at_once`: this process answers, however busy its worker is: for a
        tool, whose own run has a place already. `quota`: as with `weft.messages.send`; answers that are not stored are
        counted by themselves, in this process.

        Raises:
            InputError: unknown agent, thread or message, or nothing to answer. GenerationFailed: the answer failed or
                was aborted. UnavailableError: it takes longer than `timeout` seconds. RateLimitedError: the quota is
                used up.
        """
        asked = asked_of(
            thread_id, user_id, prompt, content, messages, prompt_message_id, options, custom, self._weft.sizes
        )
        check_text(client_id, MAX_CLIENT_ID, "input", "clientId")
        asked = replace(asked, client_id=client_id, at_once=at_once, quota=quota)
        done, saved = await self._answered(agent, asked, timeout)
        if isinstance(done, Unstored):
            return TextAnswer(done.text, done.finish_reason, 0, None, [], done.usage, done.warnings)
        rows = await self._rows(done, saved)
        steps = steps_of(rows)
        last = steps[-1].row if steps else None
        return TextAnswer(
            text=(last.text or "") if last else "",
            finish_reason=last.finish_reason if last else None,
            order=done.order,
            prompt_message_id=done.prompt_message_id,
            saved_messages=[*saved, *rows],
            usage=done.usage,
            warnings=(last.warnings or ()) if last else (),
            generation=done,
        )

    async def generate_object(
        self,
        agent: Agent | str | None,
        *,
        kind: ObjectKind = ObjectKind.OBJECT,
        schema: Any = None,
        thread_id: str | None = None,
        user_id: str | None = None,
        prompt: str | None = None,
        content: Any = None,
        messages: Sequence[Draft] = (),
        prompt_message_id: str | None = None,
        options: GenerationOptions = NO_OPTIONS,
        custom: Mapping[str, Any] | None = None,
        timeout: float = PATIENCE_SECONDS,
        quota: Quota | None = None,
    ) -> ObjectAnswer:
        """Like `generate_text`, but for one JSON value and without tools. `schema` is that of the object, or of a
        list's elements, or the list of an enumeration's values.

        Raises:
            InputError: as `generate_text`, or the schema is none. GenerationFailed: also when the answer is not of the
                schema.
        """
        asked_for = ObjectOptions(kind, schema)
        check_object(asked_for, options)
        options = replace(options, object=asked_for)
        asked = asked_of(
            thread_id, user_id, prompt, content, messages, prompt_message_id, options, custom, self._weft.sizes
        )
        done, saved = await self._answered(agent, replace(asked, quota=quota), timeout)
        if isinstance(done, Unstored):
            return ObjectAnswer(done.object, done.finish_reason, 0, None, [], done.usage)
        rows = await self._rows(done, saved)
        last = steps_of(rows)[-1].row
        value = next((part["data"] for part in last.content if part.get("name") == PART_NAME), None)
        found = [*saved, *rows]
        return ObjectAnswer(value, last.finish_reason, done.order, done.prompt_message_id, found, done.usage, done)

    async def _answered(
        self, given: Agent | str | None, asked: Asked, timeout: float
    ) -> tuple[Generation | Unstored, list[Message]]:
        weft = self._weft
        agent = given if isinstance(given, Agent) else require_agent(weft.agents, given, "input", "agentName")
        mode = asked.options.save_messages or agent.save_messages
        check_overrides(agent, asked.options)
        check_context(agent, asked.options.context, "input", "options", "contextOptions")
        if asked.options.object is None:
            await check_tools(agent, asked.options)
        if asked.thread_id is None or mode is SaveMode.NONE:
            with self._in_place(asked.quota):
                return await self._unstored(agent, asked, timeout), []
        known = (weft.agents.get(agent.name), weft.workable.get(agent.name))
        local = not any(agent is each for each in known)
        generation, saved = await self._queue(agent, asked.thread_id, asked, mode, local=local)
        if local or (asked.at_once and agent.name in weft.workable):
            weft.worker.adopt(generation.id, agent)
        done_generation = await weft.waiters.settled(generation.id, timeout)
        if done_generation.status in _FAILED:
            raise _failed(done_generation)
        return done_generation, saved

    @contextmanager
    def _in_place(self, quota: Quota | None) -> Generator[None, None, None]:
        """Counts an answer that is not stored, as long as this lasts."""
        if quota is None:
            yield
            return
        if self._unstored_ones[quota.holder] >= quota.most:
            raise too_many(quota)
        self._unstored_ones[quota.holder] += 1
        try:
            yield
        finally:
            self._unstored_ones[quota.holder] -= 1
            if not self._unstored_ones[quota.holder]:
                del self._unstored_ones[quota.holder]

    async def _unstored(self, agent: Agent, asked: Asked, timeout: float) -> Unstored:
        run = RunContext(
            self._weft,
            agent,
            user_id=asked.user_id,
            thread_id=asked.thread_id,
            prompt_message_id=asked.prompt_message_id,
            custom=asked.custom,
        )
        given = Given([(each.role, each.content) for each in asked.messages], asked.prompt)
        try:
            async with asyncio.timeout(timeout):
                return await UnstoredRun(self._weft, agent, asked.options, run=run).run(given)
        except TimeoutError:
            raise UnavailableError(f"the answer took longer than {timeout:g} s") from None

    async def _queue(
        self, agent: Agent, thread_id: str, asked: Asked, mode: SaveMode, *, local: bool
    ) -> tuple[Generation, list[Message]]:
        async def work(change: Change) -> tuple[Generation, list[Message]]:
            if asked.client_id is not None:
                known = await self._store.generations.by_client_id(change.session, thread_id, asked.client_id)
                if known is not None:
                    return known, []
            saved: list[Message] = []
            if asked.prompt_message_id is not None:
                prompt = await self._store.messages.get(asked.prompt_message_id, change.session)
                if prompt is None or prompt.thread_id != thread_id:
                    raise not_found("message", asked.prompt_message_id, "input", "promptMessageId")
            else:
                options = SaveOptions(user_id=asked.user_id)
                saved = await Saving(self._store, asked.saved(mode), options).work(change)
                prompt = saved[-1]
            fields: dict[str, Any] = {"given": asked.given(mode), "custom": dict(asked.custom)}
            fields["local_to"] = this_process() if local else None
            fields["quota"] = asked.quota
            job = await queue(self._store, change, agent, prompt, asked.options, client_id=asked.client_id, **fields)
            return job, saved

        return await self._store.change(thread_id, work)

    async def _rows(self, generation: Generation, saved: Sequence[Message]) -> list[Message]:
        known = {row.id for row in saved}
        rows = await self._store.messages.of_generation(generation.id)
        return [row for row in rows if row.id not in known and row.status is not MessageStatus.PENDING]


def _failed(generation: Generation) -> GenerationFailed:
    failure = generation.failure or Failure(ErrorCode.ABORTED.value)
    known = failure.code in ErrorCode.__members__
    reason = ErrorCode(failure.code) if known else ErrorCode.PROVIDER_ERROR
    return GenerationFailed(
        generation.error or "the answer failed",
        reason=reason,
        provider_code=failure.provider_code,
        http_status=failure.http_status,
        generation_id=generation.id,
    )

"""What a run searches for, where, and what becomes of it when the search fails (behaviour.md rows 96 to 100).

A run searches once: all its steps are shown the same hits, so that what a provider has cached of the prompt stays.
A search that fails is a problem that the receipt tells, not the end of the answer, unless the agent says so.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from weft.agents.context.history import History
from weft.agents.context.options import ContextOptions
from weft.agents.run_context import RunContext
from weft.agents.search import Query
from weft.errors import ErrorCode, InputError, ProviderError, UnavailableError, WeftError
from weft.threads.context_items import SearchedFor
from weft.threads.generations import Given
from weft.threads.messages import MessageRole, text_of
from weft.threads.search import MAX_LIMIT, Hit, Reach, SearchOptions

_LOG: Final = logging.getLogger(__name__)
PATIENCE_SECONDS: Final = 15.0
"""How long an answer waits for its search."""
LONGEST_TEXT: Final = 10_000
"""Characters of a text that are searched for: as many as are embedded."""
NO_TEXT: Final = "No text to search"
_MISSING_MODEL: Final = "search by meaning needs an embedding model: give the agent one, or search for text alone"


class ContextSearch:
    """One for a run. `strict`: a failure is raised, for somebody who wants to see whether the search works."""

    def __init__(self, run: RunContext, options: ContextOptions, *, strict: bool = False) -> None:
        self._run = run
        self._options = options
        self._strict = strict
        self._hits: Sequence[Hit] | None = None
        self.problems: list[str] = []
        self.user_id: str | None = None
        """Whose other threads are searched, if any are."""

    async def hits(self, searched: SearchedFor | None, history: History) -> Sequence[Hit]:
        """The best first. When other threads are searched there are more than asked for: some may be copies.

        Raises:
            ProviderError, InputError: it failed, and the agent's answers require it. When strict, whatever happened.
        """
        if self._hits is None:
            options = self._options.search
            self._hits = [] if options is None else await self._searched(searched, history, options)
        return self._hits

    async def _searched(self, searched: SearchedFor | None, history: History, options: SearchOptions) -> Sequence[Hit]:
        if searched is None:
            self.problems.append(NO_TEXT)
            return []
        if options.vector and self._run.agent.embeddings is None:
            path = ("input", "contextOptions", "search", "vectorSearch")
            self._none(InputError(_MISSING_MODEL, reason=ErrorCode.UNSUPPORTED, path=path), options)
            if not options.text:
                return []
            options = replace(options, vector=False)
        reach = await self._reach(history)
        return [] if reach is None else await self._found(searched, reach, options)

    async def _reach(self, history: History) -> Reach | None:
        """None when there is nowhere to look."""
        if self._options.search_other_threads:
            self.user_id = await self._user()
            if self.user_id is not None:
                return Reach(user_id=self.user_id, before=history.end)
            self.problems.append("other threads were not searched: it is not known whose they are")
        if history.thread_id is None:
            self.problems.append("nothing was searched: there is no thread, and no others were to be searched")
            return None
        return None if history.complete else Reach(thread_id=history.thread_id, before=history.end)

    async def _user(self) -> str | None:
        run = self._run
        if run.user_id is not None or run.thread_id is None:
            return run.user_id
        thread = await run.weft.store.threads.get(run.thread_id)
        return None if thread is None else thread.user_id

    async def _found(self, searched: SearchedFor, reach: Reach, options: SearchOptions) -> Sequence[Hit]:
        """When meaning cannot be searched for, words still can."""
        if reach.user_id is not None:
            options = replace(options, limit=min(2 * options.limit, MAX_LIMIT))
        try:
            return await self._find(searched, reach, options)
        except Exception as error:
            if not (options.text and options.vector is not False) or self._demanded(options):
                return self._none(error, options)
            self._note(error, "the search by meaning failed, words were searched for")
        try:
            return await self._find(searched, reach, replace(options, vector=False))
        except Exception as error:
            return self._none(error, options)

    async def _find(self, searched: SearchedFor, reach: Reach, options: SearchOptions) -> Sequence[Hit]:
        run = self._run
        text, model = searched.text.strip()[:LONGEST_TEXT], run.agent.embeddings
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                query = Query(text, reach, options, model, run=run, message_id=searched.message_id)
                return await run.weft.search.find(query)
        except TimeoutError:
            raise UnavailableError(f"the search took longer than {PATIENCE_SECONDS:g} s") from None

    def _demanded(self, options: SearchOptions) -> bool:
        return self._strict or options.required

    def _none(self, error: Exception, options: SearchOptions) -> Sequence[Hit]:
        """No hits, because of that; or the error, where the search is demanded."""
        if self._strict:
            raise error
        if options.required:
            raise _for_answers(error)
        self._note(error, "the search failed")
        return []

    def _note(self, error: Exception, what: str) -> None:
        run = self._run
        message = error.message if isinstance(error, WeftError) else f"internal error, {type(error).__name__}"
        self.problems.append(f"{what}: {message}")
        code = error.code if isinstance(error, WeftError) else None
        about = {"thread_id": run.thread_id, "generation": run.generation_id, "agent": run.agent.name}
        unforeseen = None if isinstance(error, WeftError) else error
        _LOG.warning(
            "%s", what, extra={**about, "error": type(error).__name__, "error_code": code}, exc_info=unforeseen
        )


def _for_answers(error: Exception) -> Exception:
    """A search that does not answer is no failure of the store, after which an answer would be tried again at once."""
    if isinstance(error, UnavailableError):
        return ProviderError(error.message, provider="search", provider_code="search_unavailable", retryable=True)
    return error


def text_to_find(explicit: str | None, given: Given, history: History) -> SearchedFor | None:
    """Row 97: what the caller wants searched for, else what is answered, else the last message that the call gave."""
    if explicit is not None:
        return SearchedFor(explicit) if explicit.strip() else None
    if given.prompt is not None and (text := _said(text_of(given.prompt))):
        return SearchedFor(text, given=-1)
    answered = [] if given.prompt is not None or history.prompt is None else [*history.opening, history.prompt]
    for row in reversed(answered):
        if (row.role is MessageRole.USER or row is history.prompt) and (text := _said(row.text)):
            return SearchedFor(text, message_id=row.id)
    for index, (role, content) in reversed(list(enumerate(given.messages))):
        if text := _said(text_of(content, role)):
            return SearchedFor(text, given=index)
    return None


def _said(text: str | None) -> str | None:
    return text if text and text.strip() else None

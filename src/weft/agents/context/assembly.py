"""What a model is shown: what a search finds, the newest whole turns, what the call gives, and the turn so far.

The prompt is always among them; what a provider would refuse, a call without its result, never is. The same thread,
options and search results give the same messages in the same order (behaviour.md rows 90 to 103).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import isawaitable
from typing import Final

from weft.agents.agent import Agent
from weft.agents.context.findings import NOTHING, read_findings
from weft.agents.context.history import Place, read_history
from weft.agents.context.lists import Listing, Lists
from weft.agents.context.options import ContextOptions
from weft.agents.context.parts import ContextParts
from weft.agents.context.searching import ContextSearch, text_to_find
from weft.agents.context.tokens import CountTokens
from weft.agents.run_context import RunContext
from weft.errors import InputError
from weft.llm.model import ModelMessage
from weft.threads.context_items import ContextItem, ContextSource, LeftOut, SearchedFor, tokens_of
from weft.threads.generations import Given
from weft.threads.messages import MessageRole
from weft.threads.orphans import bound_parts

_NOTHING: Final = Given()
_SEARCH: Final = (ContextSource.SEARCH, ContextSource.SEARCH_NEIGHBOUR)


@dataclass(frozen=True, slots=True)
class Context:
    """What is sent for one model call: `messages`, side by side with the `items` that say why.

    `left_out`: what was looked at and is not sent. `problems`: what did not go as the options wanted, in words.
    """

    messages: Sequence[ModelMessage]
    items: Sequence[ContextItem]
    left_out: Sequence[ContextItem]
    count: CountTokens
    searched: SearchedFor | None = None
    problems: Sequence[str] = ()

    def as_sent(self, messages: Sequence[ModelMessage]) -> "Context":
        """What it is when something else is sent in the end, as `prepare_step` may want."""
        if messages is self.messages:
            return self
        known = _noted(zip(self.messages, self.items, strict=True))
        items, dropped = _matched(messages, known, self.count)
        return replace(self, messages=messages, items=items, left_out=[*self.left_out, *dropped])


class Contexts:
    """The contexts of one run, one for each of its model calls.

    `search_text`: what to search for, in place of what is answered. `strict`: a search that fails raises its error.
    """

    def __init__(
        self,
        run: RunContext,
        options: ContextOptions,
        given: Given | None = None,
        *,
        search_text: str | None = None,
        strict: bool = False,
    ) -> None:
        self._run = run
        self._options = options
        self._given = given or _NOTHING
        self._search_text = search_text
        self._search = ContextSearch(run, options, strict=strict)

    async def at(self, place: Place | None) -> Context:
        """What to send for the answer at a place; without one, for an answer without a thread.

        Raises:
            InputError: the agent allows no system messages, and there is one.
            ProviderError: the search failed, and the agent's answers require it.
        """
        run, options = self._run, self._options
        history = await read_history(run.weft.store, place, options)
        findings, searched = NOTHING, None
        if options.search is not None:
            searched = text_to_find(self._search_text, self._given, history)
            hits = await self._search.hits(searched, history)
            user_id = self._search.user_id
            findings = await read_findings(run.weft.store, hits, history, options.search, user_id)
        lists = Listing(options, run.agent.count_tokens).lists(history, findings, self._given)
        context = await _handled(run, lists)
        problems = [*self._search.problems, *_size(context.items, options)]
        return replace(context, searched=searched, problems=problems)


async def _handled(run: RunContext, lists: Lists) -> Context:
    """What the agent's context handler makes of it, without orphans."""
    parts, known = _parts(lists)
    messages: Sequence[ModelMessage] = parts.all
    if run.agent.context_handler is not None:
        answer = run.agent.context_handler(run, parts)
        messages = (await answer) if isawaitable(answer) else answer
    _check_roles(run.agent, messages)
    items, dropped = _matched(messages, known, run.agent.count_tokens)
    kept, orphans = _bound(messages, items, run.agent.count_tokens)
    left_out = [*lists.left_out, *dropped, *orphans]
    return Context([message for message, _ in kept], [item for _, item in kept], left_out, run.agent.count_tokens)


def _parts(lists: Lists) -> tuple[ContextParts, dict[int, ContextItem]]:
    """The parts, and whose each message of them is."""
    pairs: list[tuple[ModelMessage, ContextItem]] = []

    def told(*sources: ContextSource) -> list[ModelMessage]:
        mine = [(ModelMessage(item.role, item.content), item) for item in lists.of(*sources)]
        pairs.extend(mine)
        return [message for message, _ in mine]

    parts = ContextParts(
        told(*_SEARCH),
        told(ContextSource.RECENT),
        told(ContextSource.INPUT),
        told(ContextSource.PROMPT),
        told(ContextSource.RESPONSE),
    )
    return parts, _noted(pairs)


def _noted(pairs: Iterable[tuple[ModelMessage, ContextItem]]) -> dict[int, ContextItem]:
    """The items by the identity of their message, and of its content: some handlers make messages anew."""
    known: dict[int, ContextItem] = {}
    for message, item in pairs:
        known[id(message)] = known[id(message.content)] = item
    return known


def _matched(
    messages: Iterable[ModelMessage], known: Mapping[int, ContextItem], count: CountTokens
) -> tuple[list[ContextItem], list[ContextItem]]:
    """An item for each message, known or the handler's own; and the known ones that are not among them."""
    items: list[ContextItem] = []
    for message in messages:
        item = known.get(id(message)) or known.get(id(message.content))
        if item is None or item.role is not message.role:
            item = ContextItem(ContextSource.HANDLER, message.role, message.content, count(message))
        items.append(item)
    taken = set(map(id, items))
    dropped = {id(item): item for item in known.values() if id(item) not in taken}
    return items, [replace(item, left_out=LeftOut.HANDLER) for item in dropped.values()]


def _bound(
    messages: Sequence[ModelMessage], items: Sequence[ContextItem], count: CountTokens
) -> tuple[list[tuple[ModelMessage, ContextItem]], list[ContextItem]]:
    """What a provider takes, and what it would not: calls and results that a handler tore apart."""
    kept: list[tuple[ModelMessage, ContextItem]] = []
    orphans: list[ContextItem] = []
    bound = bound_parts([(message.role, message.content) for message in messages])
    for message, item, parts in zip(messages, items, bound, strict=True):
        if parts is message.content and parts:
            kept.append((message, item))
        elif parts:
            left = ModelMessage(message.role, parts)
            kept.append((left, replace(item, content=parts, tokens=count(left))))
        else:
            orphans.append(replace(item, left_out=LeftOut.ORPHAN))
    return kept, orphans


def _check_roles(agent: Agent, messages: Iterable[ModelMessage]) -> None:
    if not agent.allow_system_messages and any(message.role is MessageRole.SYSTEM for message in messages):
        raise InputError(f"the history holds a system message, and agent {agent.name} allows none")


def _size(items: Iterable[ContextItem], options: ContextOptions) -> list[str]:
    tokens = tokens_of(items)
    if options.max_tokens is None or tokens <= options.max_tokens:
        return []
    return [f"the messages have about {tokens} tokens, more than {options.max_tokens}: no more of them may be left out"]

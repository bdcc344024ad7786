"""`weft.contexts`: what a model would be sent, and what it was sent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from weft.agents.call_checks import check_context
from weft.agents.context.assembly import Contexts
from weft.agents.context.places import Wanted, wanted_of
from weft.agents.context.searching import NO_TEXT
from weft.agents.generations import require_agent
from weft.agents.run_context import RunContext
from weft.errors import InputError
from weft.threads.context_items import ContextRecord
from weft.threads.context_receipts import item_of, searched_text
from weft.threads.drafts import Draft
from weft.threads.generations import ContextChanges, Generation

if TYPE_CHECKING:
    from weft.agents.weft import Weft

_NO_CHANGES = ContextChanges()


class ContextService:
    """`weft.contexts`."""

    def __init__(self, weft: "Weft") -> None:
        self._weft = weft

    async def preview(
        self,
        agent_name: str,
        *,
        thread_id: str | None = None,
        user_id: str | None = None,
        prompt: str | None = None,
        messages: Sequence[Draft] = (),
        prompt_message_id: str | None = None,
        target_message_id: str | None = None,
        search_text: str | None = None,
        changes: ContextChanges = _NO_CHANGES,
    ) -> ContextRecord:
        """What the agent's model would be sent now, if it were asked this. Stores nothing, and asks no model.

        `target_message_id`: as of that message, as if nothing came after it. `search_text`: what to search for instead
        of the prompt. A search that fails raises its error here, of which an answer would only keep note.

        Raises:
            InputError: no such agent, thread or message, nothing to answer, or no text for a search that is asked for.
            ProviderError: the embedding model failed. UnavailableError: the store did, or the search is not ready.
        """
        agent = require_agent(self._weft.agents, agent_name, "input", "agentName")
        options = check_context(agent, changes, "input", "contextOptions")
        asked = Wanted(thread_id, user_id, prompt, messages, prompt_message_id, target_message_id, search_text)
        place, given, owner = await wanted_of(self._weft.store, asked, self._weft.sizes)
        run = RunContext(
            self._weft,
            agent,
            user_id=user_id or owner,
            thread_id=thread_id,
            order=None if place is None else place.order,
            prompt_message_id=prompt_message_id,
        )
        context = await Contexts(run, options, given, search_text=search_text, strict=True).at(place)
        demanded = search_text is not None or changes.search is not None
        if demanded and options.search is not None and context.searched is None:
            raise InputError(NO_TEXT, path=("input", "searchText"))
        searched = None if context.searched is None else context.searched.text
        return ContextRecord(context.items, context.left_out, context.problems, searched)

    async def of_generation(self, generation: Generation) -> ContextRecord:
        """What the newest model call of a generation was sent; nothing where that was not kept.

        Of messages that were deleted since, and of those that a context handler made, there is no content.
        """
        store = self._weft.store
        receipt = await store.context_receipts.get(generation.id)
        if receipt is None:
            return ContextRecord()
        wanted = {item.message_id for item in receipt.items} | {receipt.searched_message_id}
        rows = await store.messages.many([each for each in wanted if each is not None])
        items = [item_of(item, rows, generation.given) for item in receipt.items]
        searched = searched_text(receipt, rows.get(receipt.searched_message_id or ""), generation.given)
        return ContextRecord(
            [item for item in items if item.left_out is None],
            [item for item in items if item.left_out is not None],
            receipt.problems,
            searched,
        )

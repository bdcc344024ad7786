"""What a call for many messages used, shared out over the agents, users and threads that they are of."""

from collections.abc import Sequence
from dataclasses import dataclass

from weft.agents.embedding.calls import Beneficiary, tell, usage_of, usage_shares
from weft.agents.embedding.models import Models
from weft.agents.handlers import Outcome
from weft.llm.embeddings import EmbeddingModel, spec_of
from weft.storage.store import Store


@dataclass(frozen=True, slots=True)
class Made:
    """A vector that was made of so many characters of a thread, said by that agent if it was one."""

    thread_id: str
    agent_name: str | None
    size: int


async def share_usage(store: Store, models: Models, model: EmbeddingModel, made: Sequence[Made], tokens: int) -> None:
    """Tells each agent's handler what was used for each of its threads; all that is told adds up to the tokens."""
    agents = {name: models.agent_for(spec_of(model), name) for name in {each.agent_name for each in made}}
    told = {agent.name: agent for agent in agents.values() if agent is not None}
    if all(agent.usage_handler is None for agent in told.values()):
        return
    weights: dict[tuple[str, str], int] = {}
    for each in made:
        if (agent := agents[each.agent_name]) is not None:
            key = (agent.name, each.thread_id)
            weights[key] = weights.get(key, 0) + each.size
    threads = await store.threads.many(list({each.thread_id for each in made}))
    parts = usage_shares(usage_of(model, tokens), list(weights.values()))
    for (agent_name, thread_id), usage in zip(weights, parts, strict=True):
        thread = threads.get(thread_id)
        whose = Beneficiary(told[agent_name], None if thread is None else thread.user_id, thread_id)
        await tell(whose, model, usage, Outcome.SUCCEEDED)

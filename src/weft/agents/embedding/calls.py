"""Calls of embedding models: each is checked, measured, and told to the usage handler of the agent that it is for.

What one call used is shared out over all that it was for, and the shares add up to it (behaviour.md row 162).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from weft.agents.agent import Agent
from weft.agents.handlers import CallKind, Outcome, UsageReport, told
from weft.agents.telemetry import embeddings_span
from weft.errors import ProviderError
from weft.llm.embedding_checks import embed
from weft.llm.embeddings import EmbeddingAnswer, EmbeddingModel, without_dimension
from weft.llm.prices import cost_micros
from weft.threads.usage import NO_USAGE, Usage


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """For whom vectors are made."""

    agent: Agent
    user_id: str | None
    thread_id: str | None
    generation_id: str | None = None


async def make(model: EmbeddingModel, texts: Sequence[str]) -> EmbeddingAnswer:
    """One vector a text. Raises ProviderError when the model fails, or answers wrongly."""
    name, _ = without_dimension(model.name)
    with embeddings_span(model.provider, name) as span:
        answer = await embed(model, texts)
        span.finished(answer.tokens, len(answer.vectors[0]))
        return answer


async def make_for(whose: Beneficiary | None, model: EmbeddingModel, text: str) -> Sequence[float]:
    """The vector of one text, of which the agent's handler is told, also when the call fails."""
    outcome, usage = Outcome.ABORTED, NO_USAGE
    try:
        answer = await make(model, [text])
        outcome, usage = Outcome.SUCCEEDED, usage_of(model, answer.tokens)
        return answer.vectors[0]
    except ProviderError:
        outcome = Outcome.FAILED
        raise
    finally:
        if whose is not None:
            await tell(whose, model, usage, outcome)


def usage_of(model: EmbeddingModel, tokens: int) -> Usage:
    """Input tokens are all there are."""
    used = Usage(input_tokens=tokens, total_tokens=tokens)
    return used.at_cost(cost_micros(model.provider, without_dimension(model.name)[0], used))


async def tell(whose: Beneficiary, model: EmbeddingModel, usage: Usage, outcome: Outcome) -> None:
    """Tells the agent's usage handler, if it has one."""
    handler = whose.agent.usage_handler
    if handler is None:
        return
    name, _ = without_dimension(model.name)
    report = UsageReport(
        whose.user_id,
        whose.thread_id,
        whose.agent.name,
        whose.generation_id,
        0,
        name,
        model.provider,
        usage,
        None,
        outcome,
        CallKind.EMBEDDINGS,
    )
    await told(handler, report)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """A whole number shared out by weight, into whole numbers that add up to it."""
    whole = sum(weights)
    until = [weighed * total // whole for weighed in accumulate(weights, initial=0)] if whole else []
    return [after - before for before, after in pairwise(until)] or [0] * len(weights)


def usage_shares(usage: Usage, weights: Sequence[int]) -> list[Usage]:
    """The usage of calls shared out by weight; tokens and costs add up to theirs."""
    tokens = shares(usage.input_tokens, weights)
    costs: Sequence[int | None] = [None] * len(weights)
    if usage.cost_micros is not None:
        costs = shares(usage.cost_micros, weights)
    return [Usage(input_tokens=used, total_tokens=used).at_cost(cost) for used, cost in zip(tokens, costs, strict=True)]

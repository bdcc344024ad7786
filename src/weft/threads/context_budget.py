"""What is left out of a context that is too large: whole units, the least valuable first, until the rest fits.

A unit holds what must stay together: a turn with its tool calls and their results.
"""

from collections.abc import Sequence

from weft.threads.context_items import ContextItem, tokens_of


def too_much(units: Sequence[Sequence[ContextItem]], kept: int, budget: int) -> list[ContextItem]:
    """The items to leave out. `units` come with the least valuable first; `kept` are the tokens of what must stay."""
    left = kept + sum(map(tokens_of, units))
    out: list[ContextItem] = []
    for unit in units:
        if left <= budget:
            break
        left -= tokens_of(unit)
        out += unit
    return out

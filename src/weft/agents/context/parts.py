"""What was gathered for a model call, by where it comes from, in the order it is sent (behaviour.md row 90)."""

from collections.abc import Sequence
from dataclasses import dataclass

from weft.llm.model import ModelMessage


@dataclass(frozen=True, slots=True)
class ContextParts:
    """`search`: what was found, with its neighbours. `recent`: earlier turns. `given`: messages of this call alone.
    `prompt`: what is answered. `responses`: what of the answer there is already.

    A context handler that returns messages of these keeps what is known of them: it need not copy them.
    """

    search: Sequence[ModelMessage]
    recent: Sequence[ModelMessage]
    given: Sequence[ModelMessage]
    prompt: Sequence[ModelMessage]
    responses: Sequence[ModelMessage]

    @property
    def all(self) -> list[ModelMessage]:
        return [*self.search, *self.recent, *self.given, *self.prompt, *self.responses]

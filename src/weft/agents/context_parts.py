"""What was gathered for a model call, by where it comes from, in the order it is sent (behaviour.md row 90)."""

from collections.abc import Sequence
from dataclasses import dataclass

from weft.llm.model import ModelMessage


@dataclass(frozen=True, slots=True)
class ContextParts:
    """`recent`: earlier turns. `given`: messages of this call alone. `prompt`: what is answered. `responses`: what of
    the answer there is already."""

    recent: Sequence[ModelMessage]
    given: Sequence[ModelMessage]
    prompt: Sequence[ModelMessage]
    responses: Sequence[ModelMessage]

    @property
    def all(self) -> list[ModelMessage]:
        return [*self.recent, *self.given, *self.prompt, *self.responses]

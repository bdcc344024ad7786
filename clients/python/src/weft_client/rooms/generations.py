"""Answers: asked for and waited for, started in the background, stopped, and what a model would be shown."""

from typing import Any

from weft_client.api.client import Api
from weft_client.api.fragments import ContextItem, Generation
from weft_client.api.generate_object import GenerateObjectGenerateObject as GeneratedObject
from weft_client.api.generate_text import GenerateTextGenerateText as GeneratedText
from weft_client.api.input_types import (
    AbortGenerationInput,
    ContextPreviewInput,
    GenerateObjectInput,
    GenerateTextInput,
    GenerationOptionsInput,
    StartGenerationInput,
)
from weft_client.errors import NotFoundError, ProtocolError
from weft_client.given import lean


class Generations:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def generate_text(self, input: GenerateTextInput) -> GeneratedText:
        """Answers and waits for it, ten minutes at most. Raises ProviderError, AbortedError and others."""
        return await self._api.generate_text(_options(input))

    async def generate_object(self, input: GenerateObjectInput) -> GeneratedObject:
        """A JSON value of a schema, waited for. Raises ObjectInvalidError besides."""
        return await self._api.generate_object(_options(input))

    async def start(
        self,
        thread_id: str,
        prompt_message_id: str,
        agent_name: str,
        *,
        options: GenerationOptionsInput | None = None,
        client_id: str | None = None,
    ) -> Generation:
        """Answers a saved message in the background. `client_id` makes it safe to repeat."""
        input = StartGenerationInput(
            thread_id=thread_id,
            prompt_message_id=prompt_message_id,
            agent_name=agent_name,
            options=options,
            client_id=client_id,
        )
        return _there((await self._api.start_generation(_options(input))).generation)

    async def get(self, generation_id: str) -> Generation:
        """Raises NotFoundError."""
        generation = await self._api.get_generation(generation_id)
        if generation is None:
            raise NotFoundError(f"There is no generation {generation_id} that you may see")
        return generation

    async def abort(self, generation_id: str, reason: str | None = None) -> Generation:
        """Stops it; what it has written stays."""
        input = lean(AbortGenerationInput(generation_id=generation_id, reason=reason))
        return _there((await self._api.abort_generation(input)).generation)

    async def context_preview(self, input: ContextPreviewInput) -> list[ContextItem]:
        """What a model would be sent, in order, and why each message is in it. Nothing is stored, no model is asked."""
        return [*await self._api.context_preview(lean(input))]

    async def context(self, generation_id: str, *, include_left_out: bool = False) -> list[ContextItem]:
        """What the newest model call of a generation was sent."""
        generation = await self._api.generation_context(generation_id, include_left_out)
        if generation is None:
            raise NotFoundError(f"There is no generation {generation_id} that you may see")
        return [*generation.context]


def _options(input: Any) -> Any:
    if input.options is not None:
        input.options = lean(input.options)
    return lean(input)


def _there(generation: Generation | None) -> Generation:
    if generation is None:
        raise ProtocolError("The server sent neither a generation nor an error")
    return generation

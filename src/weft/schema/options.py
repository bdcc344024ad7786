"""What a caller may change for one answer, and the ranges that make sense."""

from typing import Any, Final, TypeGuard

import strawberry

from weft.errors import ConfigError, InputError
from weft.llm.registry import resolve_model
from weft.schema.context_options import ContextOptionsInput
from weft.schema.enums import describe
from weft.schema.ranges import MAX_INT, between
from weft.schema.scalars import Json
from weft.threads.generations import Chunking, ContextChanges, GenerationOptions, SaveMode

_PATH: Final = ("input", "options")
_MAX_STEPS: Final = 100
_MAX_RETRIES: Final = 10
_MAX_THROTTLE_MS: Final = 10_000

describe(
    SaveMode,
    "Which of the messages that a call gives are stored. With `promptMessageId` none of them is.",
    ALL="All of them, and the answer.",
    NONE="None, and no answer either: the thread is only read.",
    PROMPT_AND_OUTPUT="The prompt, or without one the last message given, and the answer.",
)
describe(
    Chunking,
    "Where the text of a stream is cut: a delta never ends within such a piece, unless the answer does.",
    CHARACTER="Anywhere.",
    WORD="Behind words.",
    LINE="Behind lines.",
)


@strawberry.input(
    description="What to change for one answer. Everything is optional; what is absent the agent decides. A viewer "
    "with the scope `user` alone may ask for less than the agent's own, and for another model, other instructions or "
    "more only where the agent lets users: else it is FORBIDDEN."
)
class GenerationOptionsInput:
    instructions: str | None = strawberry.field(
        default=None, description="The system prompt, in place of the agent's own."
    )
    model: str | None = strawberry.field(
        default=None, description="The model to ask, for example `anthropic:claude-sonnet-4-5`, or `demo`."
    )
    context_options: ContextOptionsInput | None = strawberry.field(
        default=None, description="What the model is shown besides the turn that it answers."
    )
    save_messages: SaveMode | None = strawberry.field(
        default=None,
        description="Which of the messages given are stored: for `generateText` and `generateObject`.",
    )
    max_steps: int | None = strawberry.field(
        default=None, description=f"How many model calls the answer may take, 1 to {_MAX_STEPS}."
    )
    tool_choice: str | None = strawberry.field(
        default=None,
        description="`auto`: the model may call tools; `none`: it may not; `required`: it must; or the name of the "
        "tool that it must call.",
    )
    tools: list[str] | None = strawberry.field(
        default=None, description="Only these of the agent's tools, by name; an empty list for none."
    )
    max_output_tokens: int | None = strawberry.field(
        default=None, description="The answer is cut off after so many tokens; 1 or more."
    )
    temperature: float | None = strawberry.field(
        default=None, description="0, nearly always the same answer, to 2, surprising ones."
    )
    top_p: float | None = strawberry.field(
        default=None, description="Only the likeliest tokens with this share of the probability are drawn; 0 to 1."
    )
    seed: int | None = strawberry.field(
        default=None, description="Makes an answer repeatable, as far as the provider can."
    )
    stop_sequences: list[str] | None = strawberry.field(
        default=None, description="The model stops before it would write one of these; none may be empty."
    )
    max_retries: int | None = strawberry.field(
        default=None, description=f"How often to repeat a call that failed before its first token; 0 to {_MAX_RETRIES}."
    )
    provider_options: Json | None = strawberry.field(
        default=None,
        description='Settings by provider name, for example `{"openai": {"reasoning": {"effort": "low"}}}`.',
    )
    stream: bool | None = strawberry.field(
        default=True, description="False: nothing is shown before it is complete; no deltas are stored."
    )
    chunking: Chunking | None = strawberry.field(
        default=None, description="Where the text of the stream is cut; absent for WORD."
    )
    throttle_ms: int | None = strawberry.field(
        default=None,
        description=f"Milliseconds between stored deltas, 0 to {_MAX_THROTTLE_MS}. Fewer, larger ones cost less.",
    )

    def options(self) -> GenerationOptions:
        """The options, checked.

        Raises:
            InputError: one is out of its range; the path leads to it.
        """
        return GenerationOptions(
            instructions=self.instructions,
            model=_known_model(self.model),
            context=_context(self.context_options),
            save_messages=self.save_messages,
            max_steps=between(self.max_steps, 1, _MAX_STEPS, *_PATH, "maxSteps"),
            tool_choice=self.tool_choice,
            tools=None if self.tools is None else tuple(self.tools),
            max_output_tokens=between(self.max_output_tokens, 1, MAX_INT, *_PATH, "maxOutputTokens"),
            temperature=between(self.temperature, 0.0, 2.0, *_PATH, "temperature"),
            top_p=between(self.top_p, 0.0, 1.0, *_PATH, "topP"),
            seed=self.seed,
            stop_sequences=_stop_sequences(self.stop_sequences),
            max_retries=between(self.max_retries, 0, _MAX_RETRIES, *_PATH, "maxRetries"),
            stream=self.stream is not False,
            chunking=self.chunking,
            throttle_ms=between(self.throttle_ms, 0, _MAX_THROTTLE_MS, *_PATH, "throttleMs"),
            provider_options=_provider_options(self.provider_options),
        )


def options_of(given: GenerationOptionsInput | None) -> GenerationOptions:
    """The options that were given, or none."""
    return GenerationOptions() if given is None else given.options()


def _context(given: ContextOptionsInput | None) -> ContextChanges:
    return ContextChanges() if given is None else given.changes(*_PATH, "contextOptions")


def _known_model(name: str | None) -> str | None:
    if name is not None:
        try:
            resolve_model(name)
        except ConfigError as error:
            raise InputError(error.message, path=(*_PATH, "model")) from None
    return name


def _stop_sequences(given: list[str] | None) -> tuple[str, ...] | None:
    if given and "" in given:
        raise InputError("a stop sequence must not be empty", path=(*_PATH, "stopSequences", str(given.index(""))))
    return None if given is None else tuple(given)


def _provider_options(given: Any) -> dict[str, Any]:
    if given is None:
        return {}
    if not _is_object(given) or not all(map(_is_object, given.values())):
        raise InputError(
            'providerOptions must be an object of objects by provider name, like {"openai": {…}}',
            path=(*_PATH, "providerOptions"),
        )
    return given


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)

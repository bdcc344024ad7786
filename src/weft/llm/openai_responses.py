"""`openai:<name>`: OpenAI's Responses API."""

from collections.abc import AsyncIterator

from openai import AsyncOpenAI, AsyncStream
from openai.types.responses import Response, ResponseStreamEvent

from weft.llm.clients import drain
from weft.llm.model import ModelEvent, ModelRequest, RequestSent
from weft.llm.openai_responses_answer import ResponsesAnswer
from weft.llm.openai_responses_request import responses_body
from weft.llm.openai_sdk import OPENAI, openai_client, openai_errors
from weft.llm.parts import unsupported_settings

_UNKNOWN_SETTINGS = ("seed", "stop_sequences", "top_k", "presence_penalty", "frequency_penalty")


class OpenAIResponses:
    """A model behind the Responses API. Without arguments the key and the address come from the environment."""

    provider = OPENAI.provider

    def __init__(self, name: str, *, api_key: str | None = None, base_url: str | None = None) -> None:
        self.name = name
        self._api_key = api_key
        self._base_url = base_url

    def __repr__(self) -> str:
        return f"OpenAIResponses({self.name!r})"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        settings = request.settings
        client, body = self._client(settings.max_retries), responses_body(self.name, request)
        yield RequestSent(body)
        answer = ResponsesAnswer(unsupported_settings(settings, "OpenAI's Responses API", *_UNKNOWN_SETTINGS))
        with openai_errors(OPENAI):
            call = client.post(
                "/responses",
                body=body,
                cast_to=Response,
                options={"headers": settings.headers},
                stream=True,
                stream_cls=AsyncStream[ResponseStreamEvent],
            )
            async with await call as events:
                async for event in events:
                    with OPENAI.reading():
                        for told in answer.read(event):
                            yield told
                    if answer.finish:
                        break
                await drain(events)
        if answer.finish is None:
            raise OPENAI.cut_off()
        yield answer.finish

    def _client(self, max_retries: int) -> AsyncOpenAI:
        return openai_client(OPENAI, OPENAI.api_key(self._api_key), OPENAI.base_url(self._base_url), max_retries)

"""`openai-chat:<name>`: chat completions, of OpenAI or of any server that speaks them (`OPENAI_BASE_URL`)."""

from collections.abc import AsyncIterator

from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from weft.llm.model import Finish, ModelEvent, ModelRequest, RequestSent
from weft.llm.openai_chat_answer import ChatAnswer
from weft.llm.openai_chat_request import chat_body
from weft.llm.openai_sdk import CHAT, openai_client, openai_errors
from weft.llm.parts import unsupported_settings

# Servers of one's own mostly ask for no key, but the SDK wants one.
_PLACEHOLDER_KEY = "none"


class OpenAIChat:
    """A model behind chat completions. Without arguments the key and the address come from the environment."""

    provider = CHAT.provider

    def __init__(self, name: str, *, api_key: str | None = None, base_url: str | None = None) -> None:
        self.name = name
        self._api_key = api_key
        self._base_url = base_url

    def __repr__(self) -> str:
        return f"OpenAIChat({self.name!r})"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        settings, base_url = request.settings, CHAT.base_url(self._base_url)
        client = self._client(base_url, settings.max_retries)
        body = chat_body(self.name, request, is_openai=_is_openai(base_url))
        yield RequestSent(body)
        answer = ChatAnswer(unsupported_settings(settings, "chat completions", "top_k"))
        with openai_errors(CHAT):
            call = client.post(
                "/chat/completions",
                body=body,
                cast_to=ChatCompletion,
                options={"headers": settings.headers},
                stream=True,
                stream_cls=AsyncStream[ChatCompletionChunk],
            )
            async with await call as chunks:
                async for chunk in chunks:
                    with CHAT.reading():
                        for told in answer.read(chunk):
                            yield told
        ended = False
        for told in answer.end():
            ended = isinstance(told, Finish)
            yield told
        if not ended:
            raise CHAT.cut_off()

    def _client(self, base_url: str, max_retries: int) -> AsyncOpenAI:
        key = CHAT.api_key(self._api_key)
        if key is None and not _is_openai(base_url):
            key = _PLACEHOLDER_KEY
        return openai_client(CHAT, key, base_url, max_retries)


def _is_openai(base_url: str) -> bool:
    return base_url.rstrip("/") == CHAT.default_url

"""`anthropic:<name>`: Anthropic's Messages API."""

from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from typing import Any

import anthropic
import httpx2
from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient

from weft.errors import ProviderError
from weft.llm.anthropic_blocks import ANTHROPIC
from weft.llm.anthropic_exchange import Exchange
from weft.llm.anthropic_request import request_of
from weft.llm.clients import drain, shared_client
from weft.llm.event_bound import HOOKS
from weft.llm.model import ModelEvent, ModelRequest, RequestSent
from weft.llm.timeouts import TIMEOUT

_RETRYABLE_TYPES = frozenset({"overloaded_error", "api_error", "rate_limit_error", "timeout_error"})
_OK = 200


class Anthropic:
    """A model behind the Messages API. Without arguments the key and the address come from the environment.

    `provider_options["anthropic"]` holds further fields of the request: `thinking`, `tools` that the API runs itself,
    `output_config`, `container` … The prompt is marked for the cache unless `cacheControl` is False there. What the API
    pauses is gone on with at once; after ten times the answer ends as it is, with `stopReason` "pause_turn".
    """

    provider = ANTHROPIC.provider

    def __init__(self, name: str, *, api_key: str | None = None, base_url: str | None = None) -> None:
        self.name = name
        self._api_key = api_key
        self._base_url = base_url

    def __repr__(self) -> str:
        return f"Anthropic({self.name!r})"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        client = self._client(request.settings.max_retries)
        exchange = Exchange(*request_of(self.name, request))
        yield RequestSent(exchange.body)
        while exchange.finish is None:
            with _anthropic_errors():
                async with await _send(client, exchange.body, request.settings.headers) as events:
                    async for event in events:
                        with ANTHROPIC.reading():
                            for told in exchange.read(event):
                                yield told
                        if exchange.ended:
                            break
                    await drain(events)
            if not exchange.ended:
                raise ANTHROPIC.cut_off()
            exchange.go_on()
        yield exchange.finish

    def _client(self, max_retries: int) -> AsyncAnthropic:
        key, base_url = ANTHROPIC.api_key(self._api_key), ANTHROPIC.base_url(self._base_url)
        if key is None:
            raise ANTHROPIC.no_key()
        client = shared_client(AsyncAnthropic, base_url, key, lambda: _new_client(base_url, key))
        return client if max_retries == client.max_retries else client.with_options(max_retries=max_retries)


async def _send(
    client: AsyncAnthropic, body: dict[str, Any], headers: dict[str, str]
) -> anthropic.AsyncStream[anthropic.types.RawMessageStreamEvent]:
    # The body is ours as a whole: the SDK would take only the fields that it knows.
    return await client.messages.create(
        model=body["model"],
        max_tokens=body["max_tokens"],
        messages=body["messages"],
        stream=True,
        extra_headers=headers,
        extra_body=body,
    )


def _new_client(base_url: str, api_key: str) -> AsyncAnthropic:
    http = DefaultAsyncHttpxClient(event_hooks=HOOKS, base_url=base_url, timeout=TIMEOUT)
    return AsyncAnthropic(base_url=base_url, api_key=api_key, timeout=TIMEOUT, http_client=http)


@contextmanager
def _anthropic_errors() -> Generator[None]:
    """Wrapped around the call and the iteration, makes a `ProviderError` of whatever fails."""
    try:
        yield
    except anthropic.APIStatusError as error:
        raise _status_error(error) from error
    except (anthropic.APITimeoutError, httpx2.TimeoutException) as error:
        raise ANTHROPIC.timed_out() from error
    except anthropic.APIConnectionError as error:
        raise ANTHROPIC.disconnected(error.__cause__ or error) from error
    except httpx2.HTTPError as error:
        raise ANTHROPIC.disconnected(error) from error
    except (anthropic.APIError, ValueError) as error:
        raise ANTHROPIC.malformed(error) from error


def _status_error(error: anthropic.APIStatusError) -> ProviderError:
    if error.status_code != _OK:
        return ANTHROPIC.answered(error.status_code, error.type, error.body, error.response.headers)
    # An `error` event: the status is that of the response which had begun well.
    return ANTHROPIC.failed(error.type, error.body, retryable=error.type is None or error.type in _RETRYABLE_TYPES)

"""Carries operations: one POST each for queries and mutations, one socket each for subscriptions.

What comes back is data or a WeftError: no error of a response, of a payload or of a stream is dropped here.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from weft_client.errors import (
    InvalidInputError,
    ProtocolError,
    UnauthenticatedError,
    UnavailableError,
    top_level,
    user_error,
)
from weft_client.json_values import as_object, is_list, is_object
from weft_client.settings import Settings
from weft_client.socket import Socket
from weft_client.tokens import Credentials

_ACCEPT: Final = "application/graphql-response+json, application/json;q=0.9"
_WAITING: Final = frozenset({"GenerateText", "GenerateObject"})
"""Operations that wait for a model."""


class Transport:
    """One for each client. `close` ends its connections."""

    def __init__(self, url: str, credentials: Credentials, settings: Settings) -> None:
        self.url = _checked(url)
        self._credentials = credentials
        self._settings = settings
        self._http = httpx2.AsyncClient(headers={"accept": _ACCEPT}, timeout=settings.timeout)

    @property
    def renewable(self) -> bool:
        """Whether asking for the token again may give another."""
        return self._credentials.renewable

    @property
    def settings(self) -> Settings:
        return self._settings

    async def close(self) -> None:
        await self._http.aclose()

    async def request(self, query: str, operation_name: str | None, variables: dict[str, Any]) -> dict[str, Any]:
        """The data of a query or mutation.

        Raises:
            WeftError: the server was not reached, or refused, or a payload has `userErrors`.
        """
        body = {"query": query, "operationName": operation_name, "variables": plain(variables)}
        timeout = self._settings.answer_timeout if operation_name in _WAITING else self._settings.timeout
        response = await self._post(body, timeout)
        data = _data(response, self.url)
        for payload in data.values():
            if errors := as_object(payload).get("userErrors"):
                raise user_error(errors)
        return data

    async def _post(self, body: dict[str, Any], timeout: float) -> httpx2.Response:
        headers = await self._headers()
        try:
            async with asyncio.timeout(timeout):
                return await self._http.post(self.url, json=body, headers=headers, timeout=timeout)
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise UnavailableError(f"{self.url} did not answer within {timeout:g} s; it may have done it") from error
        except httpx2.TransportError as error:
            raise unreachable(self.url, error) from error

    async def _headers(self) -> dict[str, str]:
        try:
            return await self._credentials.headers()
        except (OSError, httpx2.TransportError) as error:
            raise UnavailableError(f"Whoever gives the token cannot be reached: {error}") from error

    @asynccontextmanager
    async def subscription(
        self, query: str, operation_name: str | None, variables: dict[str, Any]
    ) -> AsyncGenerator[AsyncIterator[dict[str, Any]], None]:
        """The events of a subscription, over a socket that is closed when the block is left.

        Raises:
            WeftError: from the block's beginning or from its iterator; a cut is a DisconnectedError.
        """
        payload = {"query": query, "operationName": operation_name, "variables": plain(variables)}
        async with Socket.opened(self.url, await self._headers(), self._settings) as socket:
            await socket.subscribe(payload)
            yield socket.events()

    async def subscribe(
        self, query: str, operation_name: str | None, variables: dict[str, Any]
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The same without a block, for the generated client."""
        async with self.subscription(query, operation_name, variables) as events:
            async for data in events:
                yield data


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInputError(f"{url!r} is no address: give one like http://127.0.0.1:8000/graphql", path=("url",))
    return url


def unreachable(url: str, error: Exception) -> UnavailableError:
    """What to do about a server that is not there."""
    cause = str(error) or type(error).__name__
    return UnavailableError(f"{url} cannot be reached ({cause}): is the server running, and is this its address?")


def plain(variables: dict[str, Any]) -> dict[str, Any]:
    """The variables as JSON values, without those that were not given."""
    from weft_client.api.base_model import UNSET, BaseModel

    def value(given: Any) -> Any:
        if isinstance(given, BaseModel):
            return given.model_dump(mode="json", by_alias=True, exclude_unset=True)
        if is_list(given):
            return [value(item) for item in given]
        return given

    return {name: value(given) for name, given in variables.items() if given is not UNSET}


def _data(response: httpx2.Response, url: str) -> dict[str, Any]:
    body = _body(response)
    if body is None:
        raise _no_answer(response.status_code, url)
    if body.get("errors"):
        raise top_level(body["errors"])
    data = body.get("data")
    if not is_object(data):
        raise _no_answer(response.status_code, url)
    return data


def _body(response: httpx2.Response) -> dict[str, Any] | None:
    try:
        body = response.json()
    except ValueError:
        return None
    return body if is_object(body) else None


def _no_answer(status: int, url: str) -> UnauthenticatedError | UnavailableError | ProtocolError:
    if status == 401:
        return UnauthenticatedError("The server does not know who is asking: give a token or a key that is good")
    if status == 429 or status >= 500:
        return UnavailableError(f"{url} cannot answer now (HTTP {status}): try again later")
    return ProtocolError(f"{url} is no GraphQL endpoint of Weft: it answered with HTTP {status}")

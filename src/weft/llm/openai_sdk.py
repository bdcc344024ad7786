"""What both OpenAI providers share: where they are, the client, and the translation of what the SDK raises."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import httpx2
import openai
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from weft.errors import ProviderError
from weft.llm.clients import shared_client
from weft.llm.event_bound import HOOKS
from weft.llm.timeouts import TIMEOUT
from weft.llm.vendor import Vendor

OPENAI: Final = Vendor(
    provider="openai",
    label="OpenAI",
    key_variable="OPENAI_API_KEY",
    url_variable="OPENAI_BASE_URL",
    default_url="https://api.openai.com/v1",
)
CHAT: Final = Vendor(
    provider="openai-chat",
    label="openai-chat",
    key_variable="OPENAI_API_KEY",
    url_variable="OPENAI_BASE_URL",
    default_url="https://api.openai.com/v1",
)
ASKS_FOR_JSON: Final[dict[str, Any]] = {"role": "system", "content": "Answer with one JSON object."}
"""A message of any request for JSON without a schema: OpenAI refuses those in which the word does not occur."""

_RETRYABLE_CODES = frozenset(
    ("server_error", "rate_limit_exceeded", "vector_store_timeout", "overloaded_error", "server_is_overloaded")
)
_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_TRY_AGAIN = re.compile(rf"try again in ((?:{_DURATION.pattern})+)", re.IGNORECASE)


def openai_client(vendor: Vendor, api_key: str | None, base_url: str, max_retries: int) -> AsyncOpenAI:
    """The shared client for this address and key, with this many retries.

    Raises:
        ProviderError: there is no key.
    """
    if api_key is None:
        raise vendor.no_key()
    client = shared_client(AsyncOpenAI, base_url, api_key, lambda: _new_client(base_url, api_key))
    return client if max_retries == client.max_retries else client.with_options(max_retries=max_retries)


def _new_client(base_url: str, api_key: str) -> AsyncOpenAI:
    http = DefaultAsyncHttpxClient(event_hooks=HOOKS, base_url=base_url, timeout=TIMEOUT)
    return AsyncOpenAI(base_url=base_url, api_key=api_key, timeout=TIMEOUT, http_client=http)


@contextmanager
def openai_errors(vendor: Vendor) -> Generator[None]:
    """Wrapped around the call and the iteration, makes a `ProviderError` of whatever fails."""
    try:
        yield
    except openai.APIStatusError as error:
        raise _answered(vendor, error) from error
    except (openai.APITimeoutError, httpx2.TimeoutException) as error:
        raise vendor.timed_out() from error
    except openai.APIConnectionError as error:
        raise vendor.disconnected(error.__cause__ or error) from error
    except openai.APIError as error:
        raise failure(vendor, error.code or error.type, error.body or error.message) from error
    except httpx2.HTTPError as error:
        raise vendor.disconnected(error) from error
    except ValueError as error:
        raise vendor.malformed(error) from error


def failure(vendor: Vendor, code: str | None, body: object) -> ProviderError:
    """The error for one that is reported in the middle of an answer, where only words say when to ask again."""
    error = vendor.failed(code, body, retryable=code is None or code in _RETRYABLE_CODES)
    if error.retryable and (told := _TRY_AGAIN.search(error.message)) is not None:
        error.retry_after = _seconds(told[1])
    return error


def _answered(vendor: Vendor, error: openai.APIStatusError) -> ProviderError:
    headers = error.response.headers
    answered = vendor.answered(error.status_code, error.code or error.type, error.body, headers)
    if answered.retryable and answered.retry_after is None:
        answered.retry_after = _reset_after(headers)
    return answered


def _reset_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until the limits that are used up are new; where none says so, until the last of them is."""
    resets: dict[str, float] = {}
    for kind in ("requests", "tokens"):
        if (seconds := _seconds(headers.get(f"x-ratelimit-reset-{kind}", ""))) is not None:
            resets[kind] = seconds
    spent = [resets[kind] for kind in resets if headers.get(f"x-ratelimit-remaining-{kind}") == "0"]
    return max(spent or resets.values(), default=None)


def _seconds(duration: str) -> float | None:
    """A duration as OpenAI writes it: `1s`, `6m0s`, `120ms`."""
    pieces: list[tuple[str, str]] = _DURATION.findall(duration)
    return sum(float(number) * _UNITS[unit] for number, unit in pieces) if pieces else None


def with_last(body: dict[str, Any], name: str) -> dict[str, Any]:
    """The body with one field at its end: what grows from call to call comes after what stays, as caches want it."""
    return {key: value for key, value in body.items() if key != name} | {name: body[name]}

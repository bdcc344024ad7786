"""What both OpenAI providers share: the client, and the translation of what the SDK raises."""

from collections.abc import Generator
from contextlib import contextmanager

import httpx2
import openai
from openai import AsyncOpenAI

from weft.errors import ProviderError
from weft.llm.clients import shared_client
from weft.llm.timeouts import TIMEOUT
from weft.llm.vendor import Vendor

_RETRYABLE_CODES = frozenset({"server_error", "rate_limit_exceeded", "vector_store_timeout", "overloaded_error"})


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
    return AsyncOpenAI(base_url=base_url, api_key=api_key, timeout=TIMEOUT)


@contextmanager
def openai_errors(vendor: Vendor) -> Generator[None]:
    """Wrapped around the call and the iteration, makes a `ProviderError` of whatever fails."""
    try:
        yield
    except openai.APIStatusError as error:
        raise vendor.answered(error.status_code, error.code or error.type, error.body) from error
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
    """The error for one that is reported in the middle of an answer."""
    return vendor.failed(code, body, retryable=code is None or code in _RETRYABLE_CODES)

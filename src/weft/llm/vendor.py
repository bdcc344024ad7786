"""What is common to talking to any provider: where it is, its key, and how its failures read as `ProviderError`.

No message here ever holds a key; a provider's own words are cut short, for they are shown in the thread.
"""

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, cast

from weft.errors import ConfigError, ProviderError
from weft.secret_files import secret

_RETRYABLE_STATUS = frozenset({408, 409, 429})
_NEVER_RETRYABLE = frozenset({"insufficient_quota", "billing_error"})
_LONGEST_MESSAGE = 500


@dataclass(frozen=True, slots=True)
class Vendor:
    """One provider: `provider` is the name stored with answers, `label` the one people read."""

    provider: str
    label: str
    key_variable: str
    url_variable: str
    default_url: str

    def base_url(self, given: str | None = None) -> str:
        return given or os.environ.get(self.url_variable) or self.default_url

    def api_key(self, given: str | None = None) -> str | None:
        """The key, looked up now; None when there is none.

        Raises:
            ProviderError: the key could not be sent in a header, or the file with it not be read.
        """
        key = (given or self._key_of_this_process() or "").strip()
        if not all("!" <= character <= "~" for character in key):
            message = f"The {self.label} key holds a blank or a non-ASCII character: set {self.key_variable} again"
            raise ProviderError(message, provider=self.provider, provider_code="invalid_api_key")
        return key or None

    def _key_of_this_process(self) -> str | None:
        try:
            return secret(self.key_variable)
        except ConfigError as error:
            raise ProviderError(error.message, provider=self.provider, provider_code="missing_api_key") from None

    def no_key(self) -> ProviderError:
        message = f"{self.label} needs a key: set {self.key_variable} or {self.key_variable}_FILE and start again"
        return ProviderError(message, provider=self.provider, provider_code="missing_api_key")

    def answered(
        self, status: int, code: str | None, body: object, headers: Mapping[str, str] | None = None
    ) -> ProviderError:
        """The error for a response whose HTTP status says no. `headers` are the response's, named in lower case."""
        if status == 401:  # the provider's own words would quote a part of the key
            said = f"the API key is not accepted; check {self.key_variable}"
        else:
            said = _words_of(body) or "no explanation given"
        return ProviderError(
            f"{self.label} answered HTTP {status}: {said}",
            provider=self.provider,
            provider_code=code,
            http_status=status,
            retryable=_is_retryable(status, code),
            retry_after=retry_after(headers or {}),
        )

    def failed(
        self, code: str | None, body: object, *, retryable: bool, retry_after: float | None = None
    ) -> ProviderError:
        """The error for a failure reported inside a response that had begun well."""
        said = _words_of(body) or code or "no explanation given"
        message = f"{self.label} failed while answering: {said}"
        return ProviderError(
            message, provider=self.provider, provider_code=code, retryable=retryable, retry_after=retry_after
        )

    def timed_out(self) -> ProviderError:
        message = f"{self.label} did not answer in time"
        return ProviderError(message, provider=self.provider, provider_code="timeout", retryable=True)

    def disconnected(self, cause: BaseException | None) -> ProviderError:
        said = str(cause or "") or type(cause).__name__
        message = f"The connection to {self.label} failed: {said}"
        return ProviderError(message, provider=self.provider, provider_code="connection_error", retryable=True)

    def cut_off(self) -> ProviderError:
        """The error for a stream that ends before its last event."""
        message = f"{self.label} ended its answer in the middle"
        return ProviderError(message, provider=self.provider, provider_code="truncated_stream", retryable=True)

    def malformed(self, cause: Exception) -> ProviderError:
        message = f"{self.label} sent what is not its protocol ({type(cause).__name__})"
        return ProviderError(message, provider=self.provider, provider_code="malformed_stream", retryable=True)

    @contextmanager
    def reading(self) -> Generator[None]:
        """Around the reading of an event: the SDKs check no form, so that a list may stand where an event should."""
        try:
            yield
        except (TypeError, AttributeError) as error:
            raise self.malformed(error) from error

    def unsupported(self, what: str) -> ProviderError:
        """The error for content that this provider's API cannot be given."""
        message = f"{self.label} cannot be given {what}"
        return ProviderError(message, provider=self.provider, provider_code="unsupported_content")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until the provider wants to be asked again, never negative; None when it does not say so."""
    for name, scale in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            seconds = float(headers.get(name, "")) / scale
        except ValueError:
            continue
        if isfinite(seconds):
            return max(0.0, seconds)
    try:
        return max(0.0, (parsedate_to_datetime(headers.get("retry-after", "")) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # TypeError: a date without a zone
        return None


def _is_retryable(status: int, code: str | None) -> bool:
    return code not in _NEVER_RETRYABLE and (status in _RETRYABLE_STATUS or status >= 500)


def _words_of(body: object) -> str | None:
    """The explanation in an error body: `message`, wherever the provider and those that imitate it put it."""
    if isinstance(body, Mapping):
        fields = cast(Mapping[str, Any], body)
        found = (_words_of(fields.get(name)) for name in ("message", "error", "detail"))
        return next((words for words in found if words), None)
    if not isinstance(body, str) or body.lstrip().startswith("<"):
        return None
    words = " ".join(body.split())
    return words if len(words) <= _LONGEST_MESSAGE else f"{words[: _LONGEST_MESSAGE - 1]}…"

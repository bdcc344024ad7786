"""Small helpers every provider's file uses to read messages and settings."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, Final

from weft.llm.model import DocumentCited, ModelSettings, SourceFound
from weft.threads.json_values import is_list, is_object
from weft.threads.messages import Part


def texts_of(content: Iterable[Part]) -> list[str]:
    """The texts that say something; providers refuse empty ones."""
    return [part["text"] for part in content if part["type"] == "text" and part["text"]]


def options_for(provider: str, options: Mapping[str, Any] | None) -> dict[str, Any]:
    """One provider's share of options keyed by provider; the others' are none of its business."""
    share: dict[str, Any] | None = (options or {}).get(provider)
    return share or {}


def with_options(block: dict[str, Any], part: Part, provider: str) -> dict[str, Any]:
    """The block, and over it the part's `providerOptions` for this provider: a cache breakpoint, an image's detail."""
    return block | options_for(provider, part.get("providerOptions"))


def request_body(fields: dict[str, Any], settings: ModelSettings, provider: str) -> dict[str, Any]:
    """The fields that were given, and over them this provider's share of `provider_options`.

    Its tools come after ours, and options for `text` or `output_config` change single fields of these. Streaming is
    not for the options to change.
    """
    body = {name: value for name, value in fields.items() if value is not None}
    for name, value in options_for(provider, settings.provider_options).items():
        if name != "stream":
            body[name] = _over(body.get(name), value) if name in _JOINED else value
    return body


_JOINED: Final = ("tools", "include", "text", "output_config", "stream_options")


def _over(ours: Any, given: Any) -> Any:
    if is_list(ours) and is_list(given):
        return [*ours, *given]
    return {**ours, **given} if is_object(ours) and is_object(given) else given


def unsupported_settings(settings: ModelSettings, label: str, *names: str) -> tuple[dict[str, Any], ...]:
    """A warning for each of the named settings that was given."""
    given = (name for name in names if getattr(settings, name) is not None)
    return tuple({"type": "unsupported", "feature": name, "details": f"{label} has no such setting"} for name in given)


def count(record: object, *names: str) -> int:
    """A number in a provider's record, 0 where it or anything on the way to it is missing.

    The SDKs check nothing that they receive: servers that imitate a provider leave fields out.
    """
    for name in names:
        record = getattr(record, name, None)
    return record if isinstance(record, int) else 0


class Sources:
    """The pages and documents an answer cites, each told once."""

    def __init__(self) -> None:
        self._known: set[Hashable] = set()

    def found(self, url: str, title: str | None) -> Iterator[SourceFound]:
        if (id_ := self._new(url)) is not None:
            yield SourceFound(id_, url, title or None)

    def document(
        self, key: Hashable, title: str, media_type: str = "text/plain", filename: str | None = None
    ) -> Iterator[DocumentCited]:
        """A document without an address; `key` is what tells it from the others."""
        if (id_ := self._new(("document", key))) is not None:
            yield DocumentCited(id_, title, media_type, filename)

    def _new(self, key: Hashable) -> str | None:
        if key in self._known:
            return None
        self._known.add(key)
        return f"source-{len(self._known)}"

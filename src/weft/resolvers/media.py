"""Which media type answers a request, by its Accept header, and the status that each of them asks for."""

from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar, cast

from weft.resolvers.engine import Result

P = ParamSpec("P")
R = TypeVar("R")

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
MULTIPART = "multipart/mixed"

_LONGEST_KEPT = 300

_SINGLE = (JSON, GRAPHQL_RESPONSE, "application/*", "*/*")


def _remembered(read: Callable[P, R]) -> Callable[P, R]:
    """For what a header means: clients send the same few again and again. Long ones are not kept."""
    kept = cast(Callable[P, R], lru_cache(100)(read))

    @wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> R:
        long = isinstance(args[0], str) and len(args[0]) > _LONGEST_KEPT
        return (read if long else kept)(*args, **kwargs)

    return reading


@_remembered
def negotiate(accept: str | None) -> str:
    """What an Accept header prefers for a single result; JSON when it has no opinion or names neither type."""
    return _preferred(accept)[0]


@_remembered
def negotiate_stream(accept: str | None, *, subscription: bool) -> str | None:
    """What an Accept header asks a stream to look like, EVENT_STREAM or MULTIPART; None: it asks for none.

    Clients such as urql accept everything for everything, so a single result is streamed only if that is preferred.
    """
    least = 0.0 if subscription else _preferred(accept)[1]
    best: str | None = None
    for name, parameters, quality in _entries(accept):
        if quality > least and (name == EVENT_STREAM or (subscription and _is_apollos(name, parameters))):
            best, least = name, quality
    return best


def _preferred(accept: str | None) -> tuple[str, float]:
    best, best_quality = JSON, 0.0
    for name, _, quality in _entries(accept):
        if name in _SINGLE and quality > best_quality:
            best, best_quality = (GRAPHQL_RESPONSE if name == GRAPHQL_RESPONSE else JSON), quality
    return best, best_quality


def _is_apollos(name: str, parameters: list[str]) -> bool:
    """Multipart has other meanings, too: `@defer` and uploads."""
    return name == MULTIPART and any(p.replace('"', "") == "subscriptionspec=1.0" for p in parameters)


def _entries(accept: str | None) -> Iterator[tuple[str, list[str], float]]:
    for entry in (accept or "").split(","):
        name, *parameters = (piece.strip().lower() for piece in entry.split(";"))
        yield name, parameters, _quality(parameters)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


@_remembered
def is_json(content_type: str | None) -> bool:
    """Whether a body is declared as JSON in UTF-8: the only form that a page of another origin cannot send unasked."""
    name, *parameters = (piece.strip().lower() for piece in (content_type or "").split(";"))
    charset = next((p.removeprefix("charset=").strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    return name == JSON and charset in ("utf-8", "utf8")


def status(media: str, result: Result) -> int:
    """Plain JSON always answers 200, so that old clients read the body; the newer type says 400 when nothing ran."""
    return 400 if media == GRAPHQL_RESPONSE and not result.executed else 200

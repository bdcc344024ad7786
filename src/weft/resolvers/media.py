"""Which of the two media types of GraphQL over HTTP a client wants, and the status each of them asks for."""

from weft.resolvers.engine import Result

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"


def negotiate(accept: str | None) -> str:
    """What an Accept header prefers; JSON when it has no opinion or names neither."""
    best, best_quality = JSON, 0.0
    for entry in (accept or "").split(","):
        name, *parameters = (piece.strip().lower() for piece in entry.split(";"))
        quality = _quality(parameters)
        if name in (JSON, GRAPHQL_RESPONSE, "application/*", "*/*") and quality > best_quality:
            best, best_quality = (GRAPHQL_RESPONSE if name == GRAPHQL_RESPONSE else JSON), quality
    return best


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def is_json(content_type: str | None) -> bool:
    """Whether a body is declared as JSON in UTF-8: the only form that a page of another origin cannot send unasked."""
    name, *parameters = (piece.strip().lower() for piece in (content_type or "").split(";"))
    charset = next((p.removeprefix("charset=").strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    return name == JSON and charset in ("utf-8", "utf8")


def status(media: str, result: Result) -> int:
    """Plain JSON always answers 200, so that old clients read the body; the newer type says 400 when nothing ran."""
    return 400 if media == GRAPHQL_RESPONSE and not result.executed else 200

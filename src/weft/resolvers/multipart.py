"""Subscriptions as parts of one HTTP response, as Apollo's clients and router speak them (subscriptionSpec 1.0)."""

from typing import Any, ClassVar

from weft.resolvers.encoding import encode
from weft.resolvers.http_stream import StreamedOperation, StreamLimits

_BOUNDARY = "graphql"
_NEXT = f"\r\n--{_BOUNDARY}"


def _part(json: str) -> str:
    """With the boundary that ends it, since readers know only by that."""
    return f"\r\ncontent-type: application/json\r\n\r\n{json}{_NEXT}"


class MultipartOperation(StreamedOperation):
    """A result is a part with a `payload`; an empty object is a heartbeat; the last boundary is the end."""

    __slots__ = ()

    media: ClassVar[str] = f"multipart/mixed;boundary={_BOUNDARY};subscriptionSpec=1.0"
    opening: ClassVar[str] = _NEXT
    heartbeat: ClassVar[str] = _part("{}")

    @staticmethod
    def interval(limits: StreamLimits) -> float:
        return limits.multipart_heartbeat

    def frame(self, body: str, cursor: str) -> str:
        return _part(f'{{"payload":{body}}}')

    def said_complete(self) -> None:
        self.say_last("--\r\n")

    def said_error(self, errors: list[Any]) -> None:
        """Errors beside a `payload` would be those of the transport; these are the operation's own."""
        self.outgoing.write(self.frame(encode({"errors": errors}).decode(), ""))
        self.said_complete()

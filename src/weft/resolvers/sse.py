"""GraphQL over Server-Sent Events (enisdenjo/graphql-sse, PROTOCOL.md), distinct connections mode: events `next` and
`complete`. What refuses or breaks an operation is a `next` with errors, because browsers show no other body."""

from typing import Any, ClassVar

from weft.resolvers.encoding import encode
from weft.resolvers.http_stream import StreamedOperation, StreamLimits
from weft.resolvers.media import EVENT_STREAM


class EventStreamOperation(StreamedOperation):
    """Events do not say where they are: the operation cannot go on from a cursor."""

    __slots__ = ()

    media: ClassVar[str] = EVENT_STREAM
    opening: ClassVar[str] = ":\n\n"
    heartbeat: ClassVar[str] = ":\n\n"

    @staticmethod
    def interval(limits: StreamLimits) -> float:
        return limits.event_stream_heartbeat

    def frame(self, body: str, cursor: str) -> str:
        return f"event: next\ndata: {body}\n\n"

    def said_complete(self) -> None:
        self.say_last("event: complete\ndata:\n\n")

    def said_error(self, errors: list[Any]) -> None:
        self.outgoing.write(self.frame(encode({"errors": errors}).decode(), ""))
        self.said_complete()


class ResumableEventStreamOperation(EventStreamOperation):
    """Each event has its cursor as `id`: a browser that lost the connection sends it back in `Last-Event-ID`."""

    __slots__ = ()

    def frame(self, body: str, cursor: str) -> str:
        return f"event: next\nid: {cursor}\ndata: {body}\n\n" if cursor else f"event: next\ndata: {body}\n\n"

"""One operation of a socket, from `subscribe` to `complete` or `error`."""

from typing import Any

from weft.resolvers import ws_protocol as protocol
from weft.resolvers.operation import RunningOperation
from weft.resolvers.outgoing import Outgoing


class SocketOperation(RunningOperation):
    """Registers itself under its id at once and is gone from there before its last message is written, so that an
    id can be used again as soon as the client has read that."""

    __slots__ = ("_head", "_operations", "id")

    def __init__(self, id: str, outgoing: Outgoing, operations: "dict[str, SocketOperation]") -> None:
        super().__init__(outgoing)
        self.id = id
        self._head = protocol.next_head(id)
        self._operations = operations
        operations[id] = self

    def frame(self, body: str, cursor: str) -> str:
        return f"{self._head}{body}}}"

    def said_complete(self) -> None:
        self.outgoing.write(protocol.complete(self.id))

    def said_error(self, errors: list[Any]) -> None:
        self.outgoing.write(protocol.error(self.id, errors))

    def _end(self) -> bool:
        ends = super()._end()
        if ends and self._operations.get(self.id) is self:
            del self._operations[self.id]
        return ends

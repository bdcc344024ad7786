"""How many connections to MongoDB a client has, how many are in use, and how many commands wait for one.

Counted as the driver tells of it; a client that an application brought along is not asked.
"""

from pymongo.monitoring import (
    ConnectionCheckedInEvent,
    ConnectionCheckedOutEvent,
    ConnectionCheckOutFailedEvent,
    ConnectionCheckOutStartedEvent,
    ConnectionClosedEvent,
    ConnectionCreatedEvent,
    ConnectionPoolListener,
    ConnectionReadyEvent,
    PoolClearedEvent,
    PoolClosedEvent,
    PoolCreatedEvent,
    PoolReadyEvent,
)

from weft.storage.types import Database


class PoolCounts(ConnectionPoolListener):
    """Of all pools of one client."""

    def __init__(self) -> None:
        self.open = 0
        self.in_use = 0
        self.waiting = 0

    def connection_created(self, event: ConnectionCreatedEvent) -> None:
        self.open += 1

    def connection_closed(self, event: ConnectionClosedEvent) -> None:
        self.open -= 1

    def connection_check_out_started(self, event: ConnectionCheckOutStartedEvent) -> None:
        self.waiting += 1

    def connection_check_out_failed(self, event: ConnectionCheckOutFailedEvent) -> None:
        self.waiting -= 1

    def connection_checked_out(self, event: ConnectionCheckedOutEvent) -> None:
        self.waiting -= 1
        self.in_use += 1

    def connection_checked_in(self, event: ConnectionCheckedInEvent) -> None:
        self.in_use -= 1

    def connection_ready(self, event: ConnectionReadyEvent) -> None: ...
    def pool_created(self, event: PoolCreatedEvent) -> None: ...
    def pool_ready(self, event: PoolReadyEvent) -> None: ...
    def pool_cleared(self, event: PoolClearedEvent) -> None: ...
    def pool_closed(self, event: PoolClosedEvent) -> None: ...


def pool_counts(database: Database) -> PoolCounts | None:
    """Those of the client of a database; None when nobody counts."""
    listeners = database.client.options.event_listeners
    return next((each for each in listeners if isinstance(each, PoolCounts)), None)

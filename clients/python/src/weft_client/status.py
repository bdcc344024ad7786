"""How a live thread stands to its server."""

from enum import StrEnum


class Status(StrEnum):
    """IDLE: nobody follows it. RECONNECTING: it is tried again, `trouble` says why. The last three are ends."""

    IDLE = "idle"
    CONNECTING = "connecting"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    DELETED = "deleted"
    FAILED = "failed"
    CLOSED = "closed"

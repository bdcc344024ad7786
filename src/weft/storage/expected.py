"""What a change will write into its thread, if that is known beforehand: reading and writing are one round trip then.

A wrong expectation does no harm: the change writes the thread again at its end.
"""

from dataclasses import dataclass
from datetime import datetime

from weft.storage.types import Doc

_TIMES = ("updatedAt", "lastMessageAt", "activeAt")


@dataclass(frozen=True, slots=True)
class Expected:
    """How many events a change will tell, how many turns it will open, and whether it writes messages."""

    events: int
    orders: int = 0
    messages: bool = True

    def update(self, now: datetime) -> Doc:
        """The update of the thread's document."""
        numbers: Doc = {"$inc": {"seq": self.events, "lastOrder": self.orders}}
        return numbers | {"$set": dict.fromkeys(_TIMES, now)} if self.messages else numbers

    def fields(self, before: Doc, now: datetime) -> Doc:
        """What that update leaves, by stored names."""
        numbers = {"seq": before["seq"] + self.events, "lastOrder": before["lastOrder"] + self.orders}
        return numbers | dict.fromkeys(_TIMES, now) if self.messages else numbers

"""How many connections one address has open on this server. Whoever has more than the limit is told so and let go.

A whole network of 2^64 addresses is one where an address is IPv6's: nobody is given less.
"""

import ipaddress
from collections import Counter
from typing import Any, Final

from weft.resolvers.encoding import encode
from weft.resolvers.engine import Result
from weft.resolvers.errors import Code, refusal

REFUSED_SECONDS: Final = 1.0
"""How long the request of one that is refused is waited for."""
_PREFIX: Final = 64
_SAID: Final = "At most {limit} connections at once from one address (WEFT_LIMIT_CONNECTIONS); try again later"


class Addresses:
    """Counts what is open by transport: a connection that becomes a WebSocket is still the same one."""

    def __init__(self, limit: int) -> None:
        """`limit`: 0 for as many as they like."""
        self.limit = limit
        self._open: Counter[str] = Counter()
        self._held: dict[Any, str] = {}

    def __len__(self) -> int:
        """How many connections are counted."""
        return len(self._held)

    def enter(self, transport: Any) -> bool:
        """Whether there is room for one more; counts it then, until it has `left`."""
        peer: Any = transport.get_extra_info("peername") if self.limit else None
        if not peer or isinstance(peer, str):  # no limit, or no network: a socket of this machine's file system
            return True
        place = place_of(str(peer[0]))
        if self._open[place] >= self.limit:
            return False
        self._open[place] += 1
        self._held[transport] = place
        return True

    def left(self, transport: Any) -> None:
        """It is closed; said once or more often."""
        place = self._held.pop(transport, None)
        if place is not None:
            self._open[place] -= 1
            if not self._open[place]:
                del self._open[place]

    def refusal(self) -> bytes:
        """A whole HTTP response."""
        said = _SAID.format(limit=self.limit)
        return last_response("429 Too Many Requests", said, Code.THROTTLED, "retry-after: 1\r\n")


def last_response(status: str, message: str, code: Code = Code.BAD_USER_INPUT, headers: str = "") -> bytes:
    """A whole HTTP response with one error, after which the connection ends."""
    body = encode(Result.refused(refusal(message, code)).body())
    head = (
        f"HTTP/1.1 {status}\r\nconnection: close\r\n{headers}cache-control: no-store\r\n"
        f"content-type: application/json; charset=utf-8\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def place_of(address: str) -> str:
    """What is counted as one: an IPv4 address, or the network of an IPv6 one."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, _PREFIX), strict=False))
    return str(known)

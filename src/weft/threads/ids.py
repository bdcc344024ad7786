"""Ids are opaque, globally unique, name their type by a prefix, and sort by the time they were made."""

import secrets
from typing import Final

from weft.threads.clock import milliseconds_now

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"

THREAD: Final = "thr"
MESSAGE: Final = "msg"
STREAM: Final = "str"
GENERATION: Final = "gen"
DELETION: Final = "del"
ERASURE: Final = "era"
APPROVAL: Final = "apr"
API_KEY: Final = "key"


def new_id(prefix: str) -> str:
    """`<prefix>_` and 26 characters: 48 bits of milliseconds, 80 random bits (the ULID layout, lower case)."""
    number = milliseconds_now() << 80 | secrets.randbits(80)
    return f"{prefix}_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def prefix_of(id_: str) -> str:
    """The type prefix of an id, or an empty string when it has none."""
    return id_.partition("_")[0] if "_" in id_ else ""


_KINDS: Final = {THREAD: "a thread", MESSAGE: "a message", STREAM: "a stream", GENERATION: "a generation"}


def mistaken(id_: str, prefix: str) -> str | None:
    """What an id names when that is something else than its prefix should say: "a stream". None for all other ids."""
    found = prefix_of(id_)
    return None if found == prefix else _KINDS.get(found)

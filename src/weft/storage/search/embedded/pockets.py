"""The text index is divided into pockets, so that a search reads one user's part of it and not everybody's.

A text index can be divided by one field only, and only by equality: a pocket for each user would make a search of
everybody's messages ask for every user. All that a user's search finds of a user is in one pocket.
"""

from typing import Final
from zlib import crc32

POCKETS: Final = 64


def pocket_of(user_id: str | None, thread_id: str) -> int:
    """Where an entry is: by its user, or by its thread when no user's search finds it."""
    return crc32((thread_id if user_id is None else user_id).encode(errors="surrogatepass")) % POCKETS

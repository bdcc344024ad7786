"""How many answers may be under way at once for one viewer."""

from dataclasses import dataclass
from hashlib import sha256

from weft.threads.viewers import Viewer


@dataclass(frozen=True, slots=True)
class Quota:
    """`most` may be queued or running together. `holder` stands for the viewer and does not say who it is."""

    holder: str
    most: int

    @staticmethod
    def of(viewer: Viewer, most: int) -> "Quota | None":
        """A user's, whatever they came with, or else a key's. None: without a limit, as whoever is trusted."""
        if viewer.trusted or not most:
            return None
        who = f"key {viewer.key}" if viewer.user_id is None else f"user {viewer.user_id}"
        return Quota(sha256(who.encode()).hexdigest(), most)

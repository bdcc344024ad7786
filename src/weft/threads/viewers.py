"""Who asks, and whose threads they may see: the rule that holds unless an application gives its own."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from weft.threads.threads import Thread


class Scope(StrEnum):
    """ADMIN: everything. SERVICE: everything in every thread, for any user; no keys. USER: their own threads."""

    ADMIN = "admin"
    SERVICE = "service"
    USER = "user"


class Action(StrEnum):
    """What is about to be done with a thread."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever asks. `key` is the id of the API key that they came with; who came with a token has none.

    After `expires_at` they are nobody: what they follow live ends then.
    """

    user_id: str | None = None
    scopes: tuple[str, ...] = ()
    key: str | None = None
    expires_at: datetime | None = None

    @property
    def admin(self) -> bool:
        return Scope.ADMIN in self.scopes

    @property
    def trusted(self) -> bool:
        """Whether every thread is theirs to see and change."""
        return self.admin or Scope.SERVICE in self.scopes

    @property
    def identity(self) -> tuple[str | None, tuple[str, ...], str | None]:
        """Viewers with equal identities may see the same."""
        return (self.user_id, self.scopes, self.key)


def may_see(viewer: Viewer, thread: Thread) -> bool:
    """A user's threads are the user's; one of nobody belongs to the key that made it."""
    if viewer.trusted:
        return True
    if thread.user_id is not None:
        return thread.user_id == viewer.user_id
    return thread.made_by is not None and thread.made_by == viewer.key

"""A place among a viewer's answers that are under way: exact, however many ask at once and wherever."""

from typing import Final

from weft.errors import RateLimitedError
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.quotas import Quota

RETRY_SECONDS: Final = 2.0


async def take_place(store: Store, change: Change, quota: Quota | None) -> str | None:
    """Who holds the answer that this change is about to start; None: nobody counts.

    Raises:
        RateLimitedError: as many as may be are queued or running.
    """
    if quota is None:
        return None
    await store.generation_places.meet(change.session, quota.holder)
    if await store.generations.under_way(change.session, quota.holder, quota.most) >= quota.most:
        raise too_many(quota)
    return quota.holder


def too_many(quota: Quota) -> RateLimitedError:
    """The error of somebody who has as many answers under way as may be."""
    message = f"at most {quota.most} answers may be queued or running at once for one viewer; wait until one has ended"
    return RateLimitedError(message, name="generations", retry_after=RETRY_SECONDS)

"""A search's reach as a filter of entries."""

from weft.storage.types import Doc
from weft.threads.search import Reach


def match_of(reach: Reach) -> Doc:
    """Of a user what is not hidden from the user's search; of one thread perhaps only what comes before a turn."""
    match: Doc = {}
    if reach.thread_id is not None:
        match["threadId"] = reach.thread_id
    if reach.user_id is not None:
        match["userId"] = reach.user_id
    if reach.before is not None:
        match["$or"] = [{"threadId": {"$ne": reach.before.thread_id}}, {"order": {"$lt": reach.before.order}}]
    return match

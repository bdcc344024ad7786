"""What `$rankFusion` tells: both lists, rebuilt from the details of each document's score (atlas-search.md D.4)."""

from collections.abc import Sequence
from typing import Final

from pymongo.errors import OperationFailure

from weft.storage.search.detection import Ability, ability_told_by
from weft.storage.types import Doc

_TOO_MUCH: Final = {10334, 146, 292}  # BSONObjectTooLarge, ExceededMemoryLimit, and the same without leave to use disk

Scored = list[tuple[str, float]]
"""Messages with the server's scores."""


def lists_of(docs: Sequence[Doc]) -> tuple[Scored, Scored] | None:
    """The hits of text and of vectors, in no order; None when the server keeps the scores to itself."""
    lists: dict[str, Scored] = {"text": [], "vector": []}
    for doc in docs:
        for detail in doc["details"]["details"]:
            if not isinstance(detail.get("rank"), int | float):
                continue  # "N/A" or "NA": it was not in this list
            value = detail.get("value")
            if not isinstance(value, int | float):
                return None
            lists[detail["inputPipelineName"]].append((doc["_id"], float(value)))
    return lists["text"], lists["vector"]


def lost_fusion(error: OperationFailure) -> bool:
    """The server has no `$rankFusion`, or has it no more."""
    return "$rankFusion" in str(error) or ability_told_by(error) is Ability.NONE


def too_much_to_fuse(error: OperationFailure) -> bool:
    """It gathers whole documents; two questions of their own do not."""
    return error.code in _TOO_MUCH

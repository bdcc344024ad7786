"""The errors that Atlas answers with. A text that atlas-search.md or a real mongod gives is given exactly so."""

from typing import Final

from weft.storage.types import Doc


class Refused(Exception):
    """The answer to a command that is not carried out."""

    def __init__(self, text: str, code: int, name: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.name = name or f"Location{code}"

    def doc(self) -> Doc:
        return {"ok": 0.0, "errmsg": self.text, "code": self.code, "codeName": self.name}


def by_mongot(text: str) -> Refused:
    """What the search process says, as mongod passes it on."""
    return Refused(f"PlanExecutor error during aggregation :: caused by :: {text}", 8, "UnknownError")


def failed_to_parse(text: str) -> Refused:
    return Refused(text, 9, "FailedToParse")


def bad_definition(text: str) -> Refused:
    return Refused(text, 2, "BadValue")


def not_first(stage: str) -> Refused:
    return Refused(f"{stage} is only valid as the first stage in a pipeline", 40602)


def in_lookup(stage: str) -> Refused:
    return Refused(f"{stage} is not allowed within a $lookup's sub-pipeline", 51047)


def in_facet(stage: str) -> Refused:
    return Refused(f"{stage} is not allowed to be used within a $facet stage", 40600)


def in_transaction(text: str) -> Refused:
    return Refused(text, 263, "OperationNotSupportedInTransaction")


def without_collection(stage: str) -> Refused:
    return Refused(f"{{aggregate: 1}} is not valid for '{stage}'; a collection is required.", 73, "InvalidNamespace")


def unrecognized_stage(stage: str) -> Refused:
    return Refused(f"Unrecognized pipeline stage name: '{stage}'", 40324)


def metadata_missing(name: str) -> Refused:
    return Refused(f"query requires {name} metadata, but it is not available", 40218)


def beyond(what: str) -> Refused:
    """Atlas may well do it, but nothing says exactly how: nobody shall come to rely on this server for it."""
    return Refused(f"{what} is not part of what this test server stands in for", BEYOND, "NotStoodInFor")


BEYOND: Final = 238
"""MongoDB's NotImplemented: in no list of errors that mean «no search here»."""

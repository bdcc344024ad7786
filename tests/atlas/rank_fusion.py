"""`$rankFusion`: several rankings of one collection's documents become one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.atlas.entries import key_of
from tests.atlas.fields import Fields
from tests.atlas.hits import Found
from tests.atlas.refusals import Refused, failed_to_parse
from tests.atlas.values import as_doc, as_list, is_number

from weft.storage.types import Doc

CONSTANT: Final = 60
SELECTS: Final = ("$match", "$search", "$vectorSearch", "$sample", "$geoNear", "$sort", "$skip", "$limit")
RANKS: Final = ("$search", "$vectorSearch", "$geoNear")
DESCRIPTION: Final = (
    "value output by reciprocal rank fusion algorithm, computed as sum of weight * (1 / (60 + rank)) across input "
    "pipelines from which this document is output, from:"
)

Ranking = Sequence[Doc]
"""What an input pipeline gives, in its order: `_id`, and `value`, the score, where it has one."""


@dataclass(frozen=True, slots=True)
class RankFusion:
    """What a stage asks for."""

    pipelines: Mapping[str, list[Doc]]
    weights: Mapping[str, float]
    details: bool

    @classmethod
    def of(cls, spec: object) -> "RankFusion":
        """Raises Refused for what is not written as MongoDB wants it."""
        if as_doc(spec) is None:
            raise failed_to_parse("$rankFusion value must be an object")
        given = Fields(spec, "$rankFusion", failed_to_parse)
        inputs = Fields(given.take("input"), given.at("input"), failed_to_parse)
        named = Fields(inputs.take("pipelines"), inputs.at("pipelines"), failed_to_parse)
        pipelines = {name: _pipeline(name, named.take(name)) for name in named.names()}
        if not pipelines:
            raise inputs.wrong("pipelines", "cannot be empty")
        inputs.done()
        weights = _weights(Fields(given.take("combination", {}), given.at("combination"), failed_to_parse), pipelines)
        details = given.flag("scoreDetails", False)
        given.done()
        return cls(pipelines, weights, details)

    def fuse(self, rankings: Mapping[str, Ranking]) -> list[Found]:
        """The documents of all rankings, those first that stand high in many."""
        ranks = {name: _ranks(ranking) for name, ranking in rankings.items()}
        ids = {key_of(row["_id"]): row["_id"] for ranking in rankings.values() for row in ranking}
        found = [Found(ids[key], self._score(key, ranks), self._details(key, ranks)) for key in ids]
        return sorted(found, key=lambda hit: -hit.score)

    def _score(self, key: bytes, ranks: Mapping[str, Mapping[bytes, tuple[int, Doc]]]) -> float:
        return sum(self.weights[name] / (CONSTANT + rank[key][0]) for name, rank in ranks.items() if key in rank)

    def _details(self, key: bytes, ranks: Mapping[str, Mapping[bytes, tuple[int, Doc]]]) -> Doc | None:
        if not self.details:
            return None
        inputs = [self._input_details(name, rank.get(key)) for name, rank in ranks.items()]
        return {"value": self._score(key, ranks), "description": DESCRIPTION, "details": inputs}

    def _input_details(self, name: str, ranked: tuple[int, Doc] | None) -> Doc:
        rank, row = ("N/A", {}) if ranked is None else ranked
        value = {"value": row["value"]} if "value" in row else {}
        return {"inputPipelineName": name, "rank": rank, "weight": self.weights[name], **value, "details": []}


def _ranks(ranking: Ranking) -> dict[bytes, tuple[int, Doc]]:
    ranks: dict[bytes, tuple[int, Doc]] = {}
    for rank, row in enumerate(ranking, 1):
        ranks.setdefault(key_of(row["_id"]), (rank, row))
    return ranks


def _pipeline(name: str, value: object) -> list[Doc]:
    if not name or name.startswith("$") or "." in name or "\0" in name:
        raise failed_to_parse(
            f"$rankFusion pipeline name {name!r} must not be empty, start with '$' or contain '.' or NUL"
        )
    stages = [as_doc(stage) for stage in as_list(value) or ()]
    names = [next(iter(stage), "") if stage is not None and len(stage) == 1 else "" for stage in stages]
    if not stages:
        raise failed_to_parse(f"$rankFusion pipeline {name} cannot be empty")
    for stage in names:
        if stage not in SELECTS:
            raise _refused(name, f"may only have selection stages ({', '.join(SELECTS)}), not {stage or 'this one'}")
    if names[0] not in RANKS and "$sort" not in names:
        raise _refused(name, f"must be ranked: begin with one of {', '.join(RANKS)}, or have a $sort")
    return [stage for stage in stages if stage is not None]


def _refused(name: str, text: str) -> Refused:
    return failed_to_parse(f"$rankFusion pipeline {name} {text}")


def _weights(given: Fields, pipelines: Mapping[str, Any]) -> dict[str, float]:
    weights = Fields(given.take("weights", {}), given.at("weights"), failed_to_parse)
    given.done()
    found = dict.fromkeys(pipelines, 1.0)
    for name in weights.names():
        weight = weights.take(name)
        if name not in found:
            raise weights.wrong(name, "is the name of no pipeline")
        if not is_number(weight) or not weight >= 0:
            raise weights.wrong(name, "must be a number that is not negative")
        found[name] = float(weight)
    return found

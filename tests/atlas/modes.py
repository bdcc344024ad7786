"""What a server without search answers, build by build (atlas-search.md D.5)."""

from enum import Enum
from typing import Final

from tests.atlas.refusals import Refused

STAGES: Final = ("$search", "$searchMeta", "$vectorSearch")
COMMANDS: Final = ("createSearchIndexes", "updateSearchIndex", "dropSearchIndex", "$listSearchIndexes")

_NOT_ENABLED: Final = (
    "Using $search and $vectorSearch aggregation stages requires additional configuration. Please connect to Atlas or "
    "an AtlasCLI local deployment to enable.For more information on how to connect, see "
    "https://dochub.mongodb.org/core/atlas-cli-deploy-local-reqs."
)
_COMMANDS_NOT_ENABLED: Final = (
    "Using Atlas Search Database Commands and the $listSearchIndexes aggregation stage requires additional "
    "configuration. Please connect to Atlas or an AtlasCLI local deployment to enable.For more information on how to "
    "connect, see https://dochub.mongodb.org/core/atlas-cli-deploy-local-reqs."
)
_ATLAS_ONLY: Final = "Search index commands are only supported with Atlas."


class Mode(Enum):
    """Which server this one plays."""

    ATLAS = "Atlas, or a mongod with a mongot"
    NOT_ENABLED = "a plain mongod 7.0 or 8"
    OLD = "a mongod 6.0.5: the real one's own answers"
    ONLY_ON_ATLAS = "some builds of 6 and 7: 6047401"
    NO_FEATURE_FLAG = "some builds of 6 and 7: not with the current configuration"
    NOT_SUPPORTED = "a plain mongod 7.0.3: as 7.0, with other words"
    LISTS_NOTHING = "a plain mongod 7.0.0: as 7.0.3, but for a list of search indexes, which is empty"


def refusal(mode: Mode, name: str) -> Refused | None:
    """What `mode` answers to a stage or command of search; None when it, or the mongod behind, has another answer."""
    answered_behind = mode in (Mode.ONLY_ON_ATLAS, Mode.NO_FEATURE_FLAG) and not name.startswith("$")
    listed = mode is Mode.LISTS_NOTHING and name == "$listSearchIndexes"
    if mode in (Mode.ATLAS, Mode.OLD) or answered_behind or listed:
        return None
    command = name not in STAGES
    match mode:
        case Mode.ONLY_ON_ATLAS:
            return Refused(f"{name} stage is only allowed on MongoDB Atlas", 6047401)
        case Mode.NO_FEATURE_FLAG:
            text = (
                "is not allowed with the current configuration. You may need to enable the corresponding feature flag."
            )
            return Refused(f"{name} {text}", 224, "QueryFeatureNotAllowed")
        case Mode.NOT_SUPPORTED | Mode.LISTS_NOTHING if command:
            return Refused(_ATLAS_ONLY, 115, "CommandNotSupported")
        case _:
            return Refused(_COMMANDS_NOT_ENABLED if command else _NOT_ENABLED, 31082, "SearchNotEnabled")

"""Who asks, and the services that answer: one context a request, or an operation of a socket."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import strawberry

if TYPE_CHECKING:
    from weft.agents.weft import Weft


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever asks. `key` names the API key used, if any; two viewers that are equal may see the same."""

    user_id: str | None = None
    scopes: Sequence[str] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What resolvers find in `info.context`."""

    weft: "Weft"
    viewer: Viewer = Viewer()


Info: TypeAlias = strawberry.Info[Context, None]

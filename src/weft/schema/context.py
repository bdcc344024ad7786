"""Who asks, and the services that answer them: one context a request, or an operation of a socket."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import strawberry

from weft.threads.viewers import Viewer

__all__ = ["NOBODY", "Context", "Info", "Viewer"]

if TYPE_CHECKING:
    from weft.agents.access.seen import Services


NOBODY: Final = Viewer()


@dataclass(frozen=True, slots=True)
class Context:
    """What resolvers find in `info.context`. `weft` holds what this viewer may reach, and nothing else."""

    weft: "Services"
    viewer: Viewer = NOBODY


Info: TypeAlias = strawberry.Info[Context, None]

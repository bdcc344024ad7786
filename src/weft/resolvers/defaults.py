"""What is closed unless the settings open it: limits, which documents, which knowledge of the schema, which pages."""

from collections.abc import Callable

from weft.agents.limits import Sizes
from weft.resolvers.document_list import DocumentList
from weft.resolvers.limits import Limits
from weft.resolvers.privileges import Privileges
from weft.settings import LimitSettings, Settings
from weft.threads.viewers import Viewer


def limits_of(settings: LimitSettings) -> Limits:
    """Those of operations."""
    return Limits(
        characters=settings.document_characters,
        tokens=settings.document_tokens,
        depth=settings.document_depth,
        aliases=settings.document_aliases,
        fields=settings.document_fields,
        directives=settings.document_directives,
        cost=settings.cost,
    )


def privileges_of(settings: Settings) -> Callable[[Viewer | None], Privileges]:
    """What a viewer may do with the schema; None, where nobody is asked, is somebody at the machine itself."""

    def privileges(viewer: Viewer | None) -> Privileges:
        trusted = viewer is None or viewer.trusted
        explore = {"on": True, "trusted": trusted, "off": False}[settings.introspection]
        excepted = viewer is None or (viewer.admin and settings.documents_except_admins)
        return Privileges(explore=explore, any_document=settings.documents is None or excepted)

    return privileges


def document_list(settings: Settings) -> DocumentList | None:
    """Raises ConfigError when it is not usable."""
    return None if settings.documents is None else DocumentList.read(settings.documents)


def shows_graphiql(settings: Settings, *, authenticates: bool) -> bool:
    """The page that explores the schema is there for development, and where it is asked for."""
    return settings.graphiql == "on" or (settings.graphiql is None and not authenticates)


def sizes_of(settings: LimitSettings) -> Sizes:
    """Those of what callers hand in to be stored."""
    return Sizes(settings.prompt_bytes, settings.metadata_bytes, settings.title_characters)

"""Who asks, and which server answers."""

from functools import cache
from importlib import metadata

from weft.schema.context import Info
from weft.schema.viewer import ServerInfo, Viewer
from weft.threads.clock import utc_now


def viewer(info: Info) -> Viewer:
    return Viewer.of(info.context.viewer)


def server_info(info: Info) -> ServerInfo:
    return ServerInfo(version=_version(), time=utc_now(), search=info.context.weft.search.name)


@cache
def _version() -> str:
    return metadata.version("weft")

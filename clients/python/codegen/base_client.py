"""What the generated client stands on: every operation goes through the transport, which raises what it is told."""

from collections.abc import AsyncIterator
from typing import Any

from ..transport import Transport


class BaseClient:
    """Copied into the package of generated code by ariadne-codegen; edit it in `codegen/`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def execute(
        self, query: str, operation_name: str | None = None, variables: dict[str, Any] | None = None, **_: Any
    ) -> dict[str, Any]:
        """The data of a query or mutation. Raises WeftError for whatever kept it from being done."""
        return await self._transport.request(query, operation_name, variables or {})

    def get_data(self, response: dict[str, Any]) -> dict[str, Any]:
        """`execute` has checked the response already."""
        return response

    def execute_ws(
        self, query: str, operation_name: str | None = None, variables: dict[str, Any] | None = None, **_: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """The events of a subscription over a socket of its own. Raises WeftError for errors and for every cut."""
        return self._transport.subscribe(query, operation_name, variables or {})

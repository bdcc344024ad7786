"""A service as one viewer sees it: what has no rule cannot be called."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any

from weft.agents.access.access import Access
from weft.agents.access.rules import ANYBODY, Rule


class Guarded:
    """Stands in for a service. Attributes without a rule are not there, so that nothing is open by being forgotten."""

    def __init__(self, service: object, rules: Mapping[str, Rule], access: Access) -> None:
        self._service = service
        self._rules = rules
        self._access = access

    def __getattr__(self, name: str) -> Any:
        rule = self._rules.get(name)
        if rule is None:
            raise AttributeError(f"{type(self._service).__name__}.{name} has no rule in weft.agents.access.policy")
        member: Any = getattr(self._service, name)
        if rule is ANYBODY or not inspect.ismethod(member):
            return member
        return _guarded(member, rule, self._access)


def _guarded(method: Callable[..., Any], rule: Rule, access: Access) -> Callable[..., Awaitable[Any]]:
    async def call(*args: Any, **named: Any) -> Any:
        bound = _signature(getattr(method, "__func__", method)).bind(None, *args, **named)
        given = bound.arguments
        for check in rule.checks:
            await check(access, given)
        answer = await method(*bound.args[1:], **bound.kwargs)
        return answer if rule.shown is None else await rule.shown(access, answer)

    return call


@cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)

"""The Python reference: signatures and docstrings of what others may import, read from the source."""

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import griffe
from griffe import Attribute, Class, DocstringSectionKind, Function, Object, Parameter, ParameterKind
from tools.docs.markdown import plain, table

_SOURCE: Final = Path(__file__).parents[2] / "src"
_GOOGLE: Final[Any] = {"warn_unknown_params": False, "warn_missing_types": False, "warnings": False}


@dataclass(frozen=True, slots=True)
class _Page:
    title: str
    says: str
    names: tuple[str, ...]


_SERVICES: Final = {
    "weft": "weft.agents.weft.Weft",
    "weft.threads": "weft.agents.threads.ThreadService",
    "weft.messages": "weft.agents.messages.MessageService",
    "weft.generations": "weft.agents.generations.GenerationService",
    "weft.answers": "weft.agents.answers.AnswerService",
    "weft.approvals": "weft.agents.approval.service.ApprovalService",
    "weft.streams": "weft.agents.streams.StreamService",
    "weft.search": "weft.agents.search.SearchService",
    "weft.contexts": "weft.agents.context.service.ContextService",
    "weft.embeddings": "weft.agents.embedding.service.EmbeddingService",
    "weft.users": "weft.agents.users.UserService",
    "weft.keys": "weft.agents.keys.KeyService",
}
_INNER: Final = {
    "run",
    "hear",
    "wake",
    "listen",
    "unlisten",
    "aclose",
    "missed",
    "changed",
    "look_up",
    "find",
    "moment",
}
_VALUES: Final = (
    "weft.agents.context.options.ContextOptions",
    "weft.threads.search.SearchOptions",
    "weft.agents.saving.SaveOptions",
    "weft.threads.drafts.draft",
    "weft.threads.generations.GenerationOptions",
    "weft.threads.generations.Generation",
    "weft.threads.threads.Thread",
    "weft.threads.threads.ThreadFilter",
    "weft.threads.threads.ThreadOrder",
    "weft.threads.messages.Message",
    "weft.threads.messages.MessageRole",
    "weft.threads.paging.PageRequest",
    "weft.threads.paging.Page",
    "weft.threads.usage.Usage",
    "weft.agents.answers.TextAnswer",
    "weft.agents.answers.ObjectAnswer",
    "weft.agents.search.Found",
    "weft.agents.run_context.RunContext",
    "weft.agents.agent.StepChanges",
    "weft.agents.stops.step_count_is",
    "weft.agents.stops.has_tool_call",
    "weft.agents.handlers.UsageReport",
    "weft.agents.handlers.Exchange",
    "weft.llm.prices.register_price",
    "weft.llm.model.ModelSettings",
    "weft.settings.Settings",
)


def python_reference() -> dict[str, str]:
    """Pages by file name."""
    package: Any = griffe.load("weft", search_paths=[_SOURCE], docstring_parser="google", docstring_options=_GOOGLE)
    pages = {
        "front-door.md": _Page(
            "`weft`", "What `from weft import …` gives: enough for an app.", _exported(package, "weft")
        ),
        "services.md": _Page(
            "Services",
            "What `app.opened()` gives, and a tool finds in `context.weft`: the words of the API, from Python.",
            tuple(_SERVICES.values()),
        ),
        "values.md": _Page("Values", "What the services take and give, and what handlers are told.", _VALUES),
        "testing.md": _Page("`weft.testing`", "For your own tests.", _exported(package, "weft.testing")),
        "errors.md": _Page("Errors", "Every error that Weft raises on purpose, from `weft.errors`.", _errors(package)),
    }
    return {name: _page(package, page) for name, page in pages.items()}


def _exported(package: Any, module: str) -> tuple[str, ...]:
    exports = package[module.removeprefix("weft").removeprefix(".")].exports if module != "weft" else package.exports
    return tuple(f"{module}.{str(name).removeprefix(f'{module}.')}" for name in sorted(map(str, exports or ())))


def _errors(package: Any) -> tuple[str, ...]:
    return tuple(
        f"weft.errors.{name}" for name, member in package["errors"].members.items() if isinstance(member, Class)
    )


def _page(package: Any, page: _Page) -> str:
    return f"# {page.title}\n\n{page.says}\n\n" + "".join(_entry(package, name) for name in page.names)


def _entry(package: Any, path: str) -> str:
    found = package[path.removeprefix("weft.")] if not _is_front(path) else package[path.rsplit(".", 1)[-1]]
    known = found.final_target if found.is_alias else found
    service = next((name for name, place in _SERVICES.items() if place == path), None)
    name = service or path.rsplit(".", 1)[-1]
    if service is not None:
        assert isinstance(known, Class)
        return f"## `{service}` {{ #{service} }}\n\n" + "".join(_service(known, service))
    room = f"`{known.path}`" if path.count(".") == 1 else f"`from {path.rsplit('.', 1)[0]} import {name}`"
    head = f"## {name} {{ #{name} }}\n\n{room}\n{{ .used-by }}\n\n"
    return head + "".join(_described(known, name))


def _service(known: Class, name: str) -> Iterator[str]:
    said = _docs(known)
    yield "" if said.startswith("`weft.") else said
    yield from _methods(known, name)


def _is_front(path: str) -> bool:
    return path.count(".") == 1


def _described(known: Object, name: str) -> Iterator[str]:
    match known:
        case Class():
            yield from _class(known, name)
        case Function():
            yield _signature(known, name) + _docs(known)
        case _:
            yield _docs(known)


def _class(known: Class, name: str) -> Iterator[str]:
    init = known.members.get("__init__")
    if isinstance(init, Function):
        yield _signature(init, name)
    yield _docs(known)
    if isinstance(init, Function):
        yield _docs(init)
    elif any(str(base).rsplit(".", 1)[-1] == "StrEnum" for base in known.bases):
        values = [each for each in known.members.values() if isinstance(each, Attribute)]
        yield table(("Member", "Value"), [(f"`{each.name}`", f"`{each.value}`") for each in values])
    yield from _methods(known, name)


def _methods(known: Class, name: str) -> Iterator[str]:
    for each in _members(known):
        if isinstance(each, Function) and _is_public(each) and each.docstring:
            yield f"### `{name}.{each.name}` {{ #{name}.{each.name} }}\n\n{_signature(each, each.name)}{_docs(each)}"


def _members(known: Class) -> Iterable[Object]:
    """Its own, then those of the classes it is made of."""
    own = dict(known.members)
    inherited = {name: each.final_target if each.is_alias else each for name, each in known.inherited_members.items()}
    return [each for each in ({**inherited, **own}).values() if isinstance(each, Object)]


def _is_public(member: Object) -> bool:
    hidden = member.name.startswith("_") or member.name in _INNER
    return not hidden and "property" not in member.labels


def _signature(function: Function, name: str) -> str:
    given = [_parameter(each) for each in function.parameters if each.name not in ("self", "cls")]
    stars = [n for n, each in enumerate(function.parameters) if each.kind is ParameterKind.keyword_only]
    variadic = any(each.kind is ParameterKind.var_positional for each in function.parameters)
    if stars and not variadic:
        skipped = sum(each.name in ("self", "cls") for each in list(function.parameters)[: stars[0]])
        given.insert(stars[0] - skipped, "*")
    returns = "" if function.returns is None or function.name == "__init__" else f" -> {function.returns}"
    word = "class" if function.name == "__init__" else "async def" if "async" in function.labels else "def"
    one = f"{word} {name}({', '.join(given)}){returns}"
    if len(one) > 90:
        one = f"{word} {name}(\n    " + ",\n    ".join(given) + f",\n){returns}"
    return f"```{{ .python .signature }}\n{one}\n```\n\n"


def _parameter(each: Parameter) -> str:
    stars = "*" if each.kind is ParameterKind.var_positional else "**" if each.kind is ParameterKind.var_keyword else ""
    annotation = "" if each.annotation is None else f": {each.annotation}"
    shown = each.default is not None and not stars
    default = f" = {each.default}" if annotation else f"={each.default}"
    return f"{stars}{each.name}{annotation}{default if shown else ''}"


def _docs(known: Object) -> str:
    if known.docstring is None:
        return ""
    out = list[str]()
    for section in known.docstring.parse("google", **_GOOGLE):
        match section.kind:
            case DocstringSectionKind.text:
                out.append(_text(section.value))
            case DocstringSectionKind.parameters:
                rows = [(f"`{each.name}`", plain(each.description)) for each in section.value]
                out.append(table(("Argument", "Meaning"), rows))
            case DocstringSectionKind.raises:
                said = " ".join(f"`{each.annotation}`: {_line(each.description)}" for each in section.value)
                out.append(f"**Raises** {said}\n\n")
            case _:
                out.append(_text(str(section.value)))
    return "".join(out)


def _text(text: str) -> str:
    """A docstring's prose; its drawings keep their shape."""
    said = inspect.cleandoc(text)
    if "├──" in said or "\n    " in said:
        return f"```text\n{said}\n```\n\n"
    return f"{plain(said)}\n\n"


def _line(text: str) -> str:
    return plain(" ".join(text.split()))

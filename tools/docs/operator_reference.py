"""The reference of who runs Weft: every setting and every command, from the code that reads them."""

from typing import Any, Final, Literal, get_args, get_origin

import typer.main
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings
from tools.docs.markdown import plain, table

from weft.cli import cli
from weft.settings import LimitSettings, LogSettings, Settings, is_secret

_KINDS: Final[tuple[tuple[str, str, type[BaseSettings]], ...]] = (
    ("The server", "WEFT_", Settings),
    ("Logs", "WEFT_LOG_", LogSettings),
    ("Limits", "WEFT_LIMIT_", LimitSettings),
)
_COLUMNS: Final = ("Variable", "Default", "Meaning")
_OTHERS: Final = (
    (
        "`OPENAI_API_KEY`, `OPENAI_BASE_URL`",
        "none",
        "The key of `openai:…` and `openai-chat:…`, or `OPENAI_API_KEY_FILE`; another server of that API.",
    ),
    ("`ANTHROPIC_API_KEY`, `ANTHROPIC_BASE_URL`", "none", "The same for `anthropic:…`."),
    (
        "`WEFT_TRACE`",
        "off",
        "`1` logs each exchange with a model to the logger `weft.trace`. They hold what people say.",
    ),
    ("`WEFT_TELEMETRY_CONTENT`", "off", "`1` adds the text of a tool's error to its span."),
)


def settings_reference() -> str:
    """The page of settings."""
    head = (
        "# Settings\n\nSettings come from the environment. Each has a default that serves one machine with nothing "
        "else installed. An empty value is as good as none. This page is made from `weft/settings.py`.\n\n"
    )
    others = "## Read elsewhere\n\nNo settings of the server: they are read where they are needed.\n\n"
    return head + "".join(_kind(*each) for each in _KINDS) + others + table(_COLUMNS, _OTHERS)


def _kind(title: str, prefix: str, kind: type[BaseSettings]) -> str:
    rows = [
        (f"`{prefix}{name.upper()}`{{ #{prefix}{name.upper()} }}", _default(field), _meaning(field))
        for name, field in kind.model_fields.items()
        if not _is_settings(field)
    ]
    return f"## {title}\n\n" + table(_COLUMNS, rows)


def _is_settings(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseSettings)


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None or value is PydanticUndefined:
        return "none"
    shown = {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value
    return f"`{shown}`"


def _meaning(field: FieldInfo) -> str:
    assert field.description, "every setting says what it means"
    choices = [each for each in _literals(field.annotation) if f"`{each}`" not in field.description]
    named = f" One of {', '.join(f'`{each}`' for each in choices)}." if choices else ""
    if is_secret(field):
        named += " A secret: it may be in a file, which the variable with `_FILE` behind its name names."
    bounds = [f"{word} {value}" for key, word in _BOUNDS if (value := _bound(field, key)) is not None]
    return plain(field.description) + named + (f" {', '.join(bounds).capitalize()}." if bounds else "")


_BOUNDS: Final = (("ge", "at least"), ("gt", "more than"), ("le", "at most"))


def _bound(field: FieldInfo, key: str) -> Any:
    return next((getattr(each, key) for each in field.metadata if hasattr(each, key)), None)


def _literals(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(each) for each in get_args(annotation)]
    return [each for inner in get_args(annotation) for each in _literals(inner)]


def commands_reference() -> str:
    """The page of commands."""
    head = (
        "# Commands\n\n`weft` and its commands, as `--help` tells them. This page is made when the site is built.\n\n"
    )
    return head + "".join(_commands(typer.main.get_command(cli), "weft"))


def _commands(command: Any, path: str) -> list[str]:
    """`command`: one of Click's, which typer brings in a copy of its own."""
    inner: dict[str, Any] | None = getattr(command, "commands", None)
    if inner is not None:
        return [line for name, each in inner.items() for line in _commands(each, f"{path} {name}")]
    context = command.make_context(path, [], resilient_parsing=True)
    usage = " ".join(command.collect_usage_pieces(context))
    rows = [_parameter(each) for each in command.params if each.name != "help"]
    head = f"## `{path}` {{ #{path.replace(' ', '-')} }}\n\n{plain(command.help or '')}\n\n"
    return [
        f"{head}```text\n{path} {usage}\n```\n\n",
        table(("Argument or option", "Default", "Meaning"), rows),
    ]


def _parameter(each: Any) -> tuple[str, str, str]:
    if each.param_type_name == "argument":
        return f"`{each.metavar or each.name.upper()}`", "", plain(each.help or "")
    names = ", ".join(f"`{name}`" for name in [*each.opts, *each.secondary_opts])
    shown = each.default not in (None, (), False, True) and not callable(each.default)
    return names, f"`{each.default}`" if shown else "", plain(each.help or "")

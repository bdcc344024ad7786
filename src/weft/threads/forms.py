"""What a message of each role may hold. Content that passes is stored as it is, old spellings as today's."""

import mimetypes
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from weft.errors import InputError
from weft.threads import forms_parts as parts
from weft.threads import forms_tools as tools
from weft.threads.json_values import is_list, is_object
from weft.threads.messages import MessageRole, Part
from weft.threads.old_forms import modern

_Path = tuple[str, ...]

_USER: Final[dict[str, type[parts.Form]]] = {
    "text": parts.Text,
    "image": parts.Image,
    "file": parts.File,
    "data": parts.Data,
}
_ASSISTANT: Final[dict[str, type[parts.Form]]] = {
    "text": parts.Text,
    "file": parts.File,
    "reasoning": parts.Reasoning,
    "reasoning-file": parts.ReasoningFile,
    "redacted-reasoning": parts.RedactedReasoning,
    "custom": parts.Custom,
    "source": parts.SourceUrl,
    "tool-call": tools.ToolCall,
    "tool-result": tools.ToolResult,
    "tool-approval-request": tools.ApprovalRequest,
    "data": parts.Data,
}
_FORMS: Final[dict[MessageRole, dict[str, type[parts.Form]]]] = {
    MessageRole.SYSTEM: {"text": parts.Text},
    MessageRole.USER: _USER,
    MessageRole.ASSISTANT: _ASSISTANT,
    MessageRole.TOOL: {"tool-result": tools.ToolResult, "tool-approval-response": tools.ApprovalResponse},
}


def parse_content(role: MessageRole, value: Any, path: _Path) -> list[Part]:
    """The content of a message of this role, checked and in the form in which it is stored.

    A string is content of one text. Older spellings are understood: `args`, `result`, `mimeType`, `file-data` …
    An assistant's content may be empty, anyone else's may not.

    Raises:
        InputError: an unknown part, or a missing, wrong or surplus field; the path leads to it.
    """
    if isinstance(value, str) and role is not MessageRole.TOOL:
        return [{"type": "text", "text": value}]
    if not is_list(value):
        wanted = "a list of parts" if role is MessageRole.TOOL else "a string or a list of parts"
        raise InputError(f"content of a message with role {role.value} is {wanted}", path=path)
    if not value and role is not MessageRole.ASSISTANT:
        raise InputError("content has no parts; give at least one", path=path)
    if role is MessageRole.SYSTEM and len(value) > 1:
        raise InputError("content of a system message is one text", path=(*path, "1"))
    return [_parse_part(role, part, (*path, str(index))) for index, part in enumerate(value)]


def parse_source(value: Any, path: _Path) -> Part:
    """One source of an answer, given beside its content.

    Raises:
        InputError: it is no source; the path leads to what is wrong.
    """
    given = {"type": "source", **value} if is_object(value) else value
    return _parse({"source": parts.SourceUrl}, given, path, "sources")


def _parse_part(role: MessageRole, value: Any, path: _Path) -> Part:
    return _parse(_FORMS[role], value, path, f"a message with role {role.value}")


def _parse(forms: Mapping[str, type[parts.Form]], value: Any, path: _Path, where: str) -> Part:
    kind = value.get("type") if is_object(value) else None
    if not is_object(value) or not isinstance(kind, str) or kind not in forms:
        raise InputError(f"content holds {_named(value)}; {where} holds {', '.join(forms)}", path=path)
    part = _complete(modern(value))
    try:
        _form(forms[kind], part).model_validate(part)
    except ValidationError as error:
        raise _refusal(error, kind, path) from None
    if kind == "reasoning-file" and (part.get("url") is None) == (part.get("data") is None):
        raise InputError(f"content part {path[-1]} ({kind}): give url or data, one of them", path=(*path, "url"))
    return {name: given for name, given in part.items() if given is not None or name == "input"}


def _form(form: type[parts.Form], part: Part) -> type[parts.Form]:
    return parts.SourceDocument if part.get("sourceType") == "document" else form


def _named(value: Any) -> str:
    if not is_object(value):
        return "something that is not a part"
    kind = value.get("type")
    return "a part without a type" if kind is None else f"a part of the unknown type {kind!r:.80}"


def _complete(part: Part) -> Part:
    """With the media type that a file must have: its own, its address's or its name's, or else the general one."""
    if part["type"] not in ("image", "file") or part.get("mediaType") is not None:
        return part
    return {**part, "mediaType": "image/*" if part["type"] == "image" else _media_type(part)}


def _media_type(part: Part) -> str:
    data, filename = part.get("data"), part.get("filename")
    if isinstance(data, str) and data.startswith("data:"):
        stated = data[5:].partition(",")[0].partition(";")[0]
        return stated or "text/plain"
    named = filename if isinstance(filename, str) else data if isinstance(data, str) and "://" in data[:16] else ""
    return mimetypes.guess_type(named)[0] or "application/octet-stream"


def _refusal(error: ValidationError, kind: str, path: _Path) -> InputError:
    first = error.errors(include_url=False, include_input=False)[0]
    loc = [step for step in map(str, first["loc"]) if not step.startswith(parts.TAG)]
    message = first["msg"].replace(parts.TAG, "")
    return InputError(f"content part {path[-1]} ({kind}), {'.'.join(loc)}: {message}", path=(*path, *loc))

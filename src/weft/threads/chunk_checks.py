"""Whether what anyone hands in is an AI SDK `UIMessageChunk`: what the SDK's own schema takes, and no more.

Fields that the schema does not know are let through, as it does; null is not "absent".
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from weft.errors import InputError
from weft.threads.json_values import is_list, is_object
from weft.threads.streams import Chunk

_Path = tuple[str, ...]
_Check = Callable[[Any, _Path], None]


def check_chunk(value: Any, path: _Path) -> Chunk:
    """The value, which is a chunk.

    Raises:
        InputError: it is none; the path leads to what is wrong.
    """
    if not is_object(value):
        raise InputError("a part of a stream is an object with a `type`", path=path)
    kind = value.get("type")
    if not isinstance(kind, str):
        raise InputError("a part of a stream has a `type`, a string", path=(*path, "type"))
    check = _DATA if kind.startswith("data-") else _CHUNKS.get(kind)
    if check is None:
        known = ", ".join([*_CHUNKS, "data-…"])
        raise InputError(f"{kind!r:.80} is no type of a stream's part; there are: {known}", path=(*path, "type"))
    check(value, path)
    return value


def _string(value: Any, path: _Path) -> None:
    if not isinstance(value, str):
        raise InputError(f"{path[-1]} is a string", path=path)


def _boolean(value: Any, path: _Path) -> None:
    if not isinstance(value, bool):
        raise InputError(f"{path[-1]} is true or false", path=path)


def _count(value: Any, path: _Path) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or not float(value).is_integer():
        raise InputError(f"{path[-1]} is a whole number, 0 or more", path=path)


def _anything(value: Any, path: _Path) -> None:
    """Any JSON value, null too."""


def _object(value: Any, path: _Path) -> None:
    if not is_object(value):
        raise InputError(f"{path[-1]} is an object", path=path)


def _object_of(check_value: _Check) -> _Check:
    def check(value: Any, path: _Path) -> None:
        _object(value, path)
        for name, each in value.items():
            check_value(each, (*path, name))

    return check


def _list_of(check_item: _Check) -> _Check:
    def check(value: Any, path: _Path) -> None:
        if not is_list(value):
            raise InputError(f"{path[-1]} is a list", path=path)
        for index, item in enumerate(value):
            check_item(item, (*path, str(index)))

    return check


def _one_of(*values: str) -> _Check:
    def check(value: Any, path: _Path) -> None:
        if not isinstance(value, str) or value not in values:
            raise InputError(f"{path[-1]} is one of: {', '.join(values)}", path=path)

    return check


def _form(needed: Mapping[str, _Check], optional: Mapping[str, _Check] | None = None) -> _Check:
    """An object with these fields."""
    checks = {**needed, **(optional or {})}

    def check(value: Any, path: _Path) -> None:
        _object(value, path)
        for name, check_field in checks.items():
            if name in value:
                check_field(value[name], (*path, name))
            elif name in needed:
                raise InputError(f"{value.get('type', path[-1])} needs {name}", path=(*path, name))

    return check


def _choice(tag: str, forms: Mapping[str, _Check]) -> _Check:
    """An object whose field `tag` says which of the forms it has."""
    known = _one_of(*forms)

    def check(value: Any, path: _Path) -> None:
        _object(value, path)
        known(value.get(tag), (*path, tag))
        forms[value[tag]](value, path)

    return check


_Fields = dict[str, _Check]

_FACTS: Final[_Fields] = {"providerMetadata": _object_of(_object)}
_TEXT: Final[_Fields] = {"id": _string}
_CALL: Final[_Fields] = {"toolCallId": _string}
_NAMED: Final[_Fields] = {**_CALL, "toolName": _string}
_SAID: Final[_Fields] = {**_FACTS, "toolMetadata": _object, "providerExecuted": _boolean, "dynamic": _boolean}
_CALLED: Final[_Fields] = {**_SAID, "title": _string}
_MEDIA: Final[_Fields] = {"url": _string, "mediaType": _string}
_DOCUMENT: Final[_Fields] = {"mediaType": _string, "title": _string}

_SOURCE: Final = _form({"type": _one_of("source"), "id": _string})
_URL_SOURCE: Final = _form({"url": _string}, {"title": _string, **_FACTS})
_DOCUMENT_SOURCE: Final = _form(_DOCUMENT, {"filename": _string, **_FACTS})


def _source(value: Any, path: _Path) -> None:
    _SOURCE(value, path)
    _choice("sourceType", {"url": _URL_SOURCE, "document": _DOCUMENT_SOURCE})(value, path)


_CITATION: Final = _form({"source": _source}, {"startIndex": _count, "endIndex": _count, "citedText": _string})
_STEERING: Final = _choice(
    "type",
    {
        "text": _form({"text": _string}, _FACTS),
        "file": _form(_MEDIA, {"filename": _string, "providerReference": _object_of(_string), **_FACTS}),
    },
)
_FINISH: Final = _one_of("stop", "length", "content-filter", "tool-calls", "error", "interrupted", "other")
_REQUEST: Final[_Fields] = {"approvalDescriptor": _anything, "inputSchemaInput": _anything}

_DATA: Final = _form({"data": _anything}, {"id": _string, "transient": _boolean})
_CHUNKS: Final[dict[str, _Check]] = {
    "start": _form({}, {"messageId": _string, "messageMetadata": _anything}),
    "start-step": _form({}),
    "text-start": _form(_TEXT, _FACTS),
    "text-delta": _form({**_TEXT, "delta": _string}, _FACTS),
    "text-end": _form(_TEXT, {"citations": _list_of(_CITATION), **_FACTS}),
    "reasoning-start": _form(_TEXT, _FACTS),
    "reasoning-delta": _form({**_TEXT, "delta": _string}, _FACTS),
    "reasoning-end": _form(_TEXT, _FACTS),
    "tool-input-start": _form(_NAMED, {"inputEncoding": _one_of("json", "text"), **_CALLED}),
    "tool-input-delta": _form({**_CALL, "inputTextDelta": _string}),
    "tool-input-available": _form({**_NAMED, "input": _anything}, _CALLED),
    "tool-input-error": _form({**_NAMED, "input": _anything, "errorText": _string}, _CALLED),
    "tool-approval-request": _form(
        {"approvalId": _string, **_CALL},
        {"reason": _string, "isAutomatic": _boolean, "signature": _string, **_REQUEST},
    ),
    "tool-approval-response": _form(
        {"approvalId": _string, "approved": _boolean}, {"reason": _string, "providerExecuted": _boolean, **_FACTS}
    ),
    "tool-output-available": _form({**_CALL, "output": _anything}, {"preliminary": _boolean, **_SAID}),
    "tool-output-error": _form({**_CALL, "errorText": _string}, _SAID),
    "tool-output-denied": _form(_CALL),
    "source-url": _form({"sourceId": _string, "url": _string}, {"title": _string, **_FACTS}),
    "source-document": _form({"sourceId": _string, **_DOCUMENT}, {"filename": _string, **_FACTS}),
    "file": _form(_MEDIA, _FACTS),
    "reasoning-file": _form(_MEDIA, _FACTS),
    "custom": _form({"kind": _string}, _FACTS),
    "steering-message": _form({**_TEXT, "parts": _list_of(_STEERING)}),
    "message-metadata": _form({"messageMetadata": _anything}),
    "finish-step": _form({}),
    "reset-step": _form({}),
    "finish": _form({}, {"finishReason": _FINISH, "messageMetadata": _anything}),
    "error": _form({"errorText": _string}),
    "abort": _form({}, {"reason": _string}),
}

"""Older spellings of content, turned into today's. Nothing here fails: what it does not know it leaves as it is."""

import base64
from collections.abc import Callable
from typing import Any, Final

from weft.threads.json_values import is_list, is_object
from weft.threads.messages import Part

_UNNAMED: Final = "unknown"
_ANY_FILE: Final = "application/octet-stream"
_ANY_IMAGE: Final = "image/*"


def normalise(content: Any) -> list[Part]:
    """Stored or imported content as a list of parts, whatever it is; unknown parts are passed through."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if is_list(content):
        return [_part(item) for item in content]
    return [] if content is None else [_part(content)]


def _part(value: Any) -> Part:
    if isinstance(value, str):
        return {"type": "text", "text": value}
    if is_object(value) and isinstance(value.get("type"), str):
        return modern(value)
    return {"type": _UNNAMED, "value": value}


def modern(part: Part) -> Part:
    """One part in today's spelling; the part given is not changed."""
    if "mimeType" in part:
        part = _renamed(part, "mimeType", "mediaType")
    rewrite = _REWRITES.get(part["type"])
    return part if rewrite is None else rewrite(part)


def _renamed(part: Part, old: str, new: str) -> Part:
    """The old name's value under the new name, unless that has one."""
    changed = {name: value for name, value in part.items() if name != old}
    if changed.get(new) is None:
        changed[new] = part[old]
    return changed


def _image(part: Part) -> Part:
    return {**part, "image": _media(part["image"])} if "image" in part else part


def _file(part: Part) -> Part:
    return {**part, "data": _media(part["data"])} if "data" in part else part


def _media(value: Any) -> Any:
    """An address or base64 as a string; a provider's reference as `{type: reference, reference}`."""
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode("ascii")
    if not is_object(value):
        return value
    tagged = value
    kind = tagged.get("type")
    if kind in ("url", "data") and tagged.keys() == {"type", kind}:
        return _media(tagged[kind])
    if kind == "text" and isinstance(tagged.get("text"), str):
        return base64.b64encode(tagged["text"].encode("utf-8", "surrogatepass")).decode("ascii")
    if tagged and all(isinstance(id_, str) for id_ in tagged.values()) and kind is None:
        return {"type": "reference", "reference": tagged}
    return tagged


def _tool_call(part: Part) -> Part:
    return _renamed(part, "args", "input") if "args" in part else part


_OLD_RESULT: Final = ("result", "isError", "args", "experimental_content")


def _tool_result(part: Part) -> Part:
    changed = {name: value for name, value in part.items() if name not in _OLD_RESULT}
    failed = part.get("isError") is True
    if changed.get("output") is not None:
        changed["output"] = _output(changed["output"], failed=failed)
    elif isinstance(part.get("experimental_content"), list):
        changed["output"] = _output({"type": "content", "value": part["experimental_content"]}, failed=failed)
    elif "result" in part:
        changed["output"] = _plain_output(part["result"], failed=failed)
    return changed


def _plain_output(value: Any, *, failed: bool) -> Part:
    """A tool's own value: a string is text, anything else JSON (behaviour.md row 76)."""
    kind = "text" if isinstance(value, str) else "json"
    return {"type": f"error-{kind}" if failed else kind, "value": value}


def _output(output: Any, *, failed: bool) -> Any:
    if not is_object(output):
        return output
    kind, value = output.get("type"), output.get("value")
    if kind == "content" and is_list(value):
        items = [_output_item(item) for item in value]
        return {"type": "error-json", "value": items} if failed else {**output, "value": items}
    if failed and kind in ("text", "json"):
        return {**output, "type": f"error-{kind}"}
    return output


def _output_item(item: Any) -> Any:
    """One item of a content output: every older way to give a file becomes `file`."""
    if not is_object(item):
        return item
    kind = item.get("type")
    reshape = _OUTPUT_FILES.get(kind) if isinstance(kind, str) else None
    return item if reshape is None else _as_file(item, *reshape)


# kind: (the field that holds it, how a file names that, the media type when none is given)
_OUTPUT_FILES: Final = {
    "media": ("data", "data", _ANY_FILE),
    "image": ("data", "data", _ANY_IMAGE),
    "file-data": ("data", "data", _ANY_FILE),
    "file-url": ("url", "url", _ANY_FILE),
    "file-id": ("fileId", "reference", _ANY_FILE),
    "file-reference": ("providerReference", "reference", _ANY_FILE),
    "image-data": ("data", "data", _ANY_IMAGE),
    "image-url": ("url", "url", _ANY_IMAGE),
    "image-file-id": ("fileId", "reference", _ANY_IMAGE),
    "image-file-reference": ("providerReference", "reference", _ANY_IMAGE),
}


def _as_file(old: Part, field: str, kind: str, media_type: str) -> Part:
    value = old.get(field)
    # An id of no named provider stays as it is: a reference names its provider.
    if value is None or (kind == "reference" and not is_object(value)):
        return old
    kept = {name: given for name, given in old.items() if name not in (field, "mimeType")}
    stated = old.get("mediaType") or old.get("mimeType") or media_type
    return {**kept, "type": "file", "data": {"type": kind, kind: value}, "mediaType": stated}


def _source(part: Part) -> Part:
    return part if "sourceType" in part else {**part, "sourceType": "url" if "url" in part else "document"}


_REWRITES: Final[dict[str, Callable[[Part], Part]]] = {
    "image": _image,
    "file": _file,
    "reasoning-file": _file,
    "tool-call": _tool_call,
    "tool-result": _tool_result,
    "source": _source,
}

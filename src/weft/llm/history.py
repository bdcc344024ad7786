"""The history as every provider wants it: each call with its result, and each result right after its call.

Whoever makes the request has repaired it already; what is without its other half all the same is left out here.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

from weft.llm.model import ModelMessage
from weft.threads.json_values import is_list, is_object, string
from weft.threads.messages import MessageRole, Part

_Place = tuple[int, int]
_NEVER_TOLD = ("tool-approval-request", "tool-approval-response")
_DENIED = "The call was denied."


def paired(messages: Sequence[ModelMessage]) -> list[ModelMessage]:
    """The messages, after each with calls one with their results, in the order of the calls.

    Approvals, calls without a result and results without a call are left out. What a provider ran itself stays where
    it is. A message may come out without content.
    """
    executed, answers = _executed(messages), _answers(messages)
    told: list[ModelMessage] = []
    for number, message in enumerate(messages):
        if message.role is not MessageRole.TOOL:
            places = enumerate(message.content)
            kept = [part for place, part in places if (number, place) in answers or _stays(part, executed)]
            told.append(ModelMessage(message.role, kept))
        results = [answers[number, place] for place in range(len(message.content)) if (number, place) in answers]
        if results:
            told.append(ModelMessage(MessageRole.TOOL, results))
    return told


def _executed(messages: Sequence[ModelMessage]) -> set[str | None]:
    """The calls that a provider ran itself."""
    parts = (part for message in messages for part in message.content)
    return {string(part, "toolCallId") for part in parts if part.get("providerExecuted") is True}


def _answers(messages: Sequence[ModelMessage]) -> dict[_Place, Part]:
    """The results by the places of their calls. Some servers use an id again: a result is that of the latest call."""
    waiting: dict[str, _Place] = {}
    found: dict[_Place, Part] = {}
    executed = _executed(messages)
    for number, message in enumerate(messages):
        for place, part in enumerate(message.content):
            call_id = string(part, "toolCallId")
            if call_id is None or call_id in executed:
                continue
            if part["type"] == "tool-call":
                waiting[call_id] = number, place
            elif part["type"] == "tool-result" and call_id in waiting:
                found[waiting.pop(call_id)] = part
    return found


def _stays(part: Part, executed: set[str | None]) -> bool:
    if part["type"] in ("tool-call", "tool-result"):
        return string(part, "toolCallId") in executed
    return part["type"] not in _NEVER_TOLD


def facts_of(part: Part, provider: str) -> dict[str, Any]:
    """What a part carries for this provider: what came from it with the part, and what was given to be sent to it."""
    facts: dict[str, Any] = {}
    for field in ("providerMetadata", "providerOptions"):
        given = part.get(field)
        share = given.get(provider) if is_object(given) else None
        facts |= share if is_object(share) else {}
    return facts


def json_text(value: Any) -> str:
    """Always the same text for the same value: prompts are cached by their beginning."""
    return json.dumps(value, ensure_ascii=False, default=str)


def input_of(call: Part) -> dict[str, Any]:
    """A call's input as the object that every provider asks for, even where the model had written broken JSON."""
    value = call.get("input")
    if is_object(value):
        return value
    try:
        read = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        read = None
    if is_object(read):
        return read
    return {} if value is None or value == "" else {"invalid_input": value}


def failed(result: Part) -> bool:
    """Whether a result says that the call was not run, or not to its end."""
    output = result.get("output")
    return is_object(output) and output.get("type") in ("error-text", "error-json", "execution-denied")


def output_parts(result: Part) -> list[Part]:
    """A result as parts of the types text and file; a file is as in a message, so that `media_of` can read it."""
    output = result.get("output")
    if not is_object(output):
        return _text("" if output is None else json_text(output))
    value = output.get("value")
    match output.get("type"):
        case "text" | "error-text":
            return _text(value if isinstance(value, str) else json_text(value))
        case "execution-denied":
            reason = output.get("reason")
            return _text(reason if isinstance(reason, str) and reason else _DENIED)
        case "content":
            items: Sequence[Any] = value if is_list(value) else ()
            return [part for item in items for part in _item(item)]
        case _:
            return _text(json_text(value))


def output_text(result: Part) -> str:
    """The words of a result, without its files."""
    return "\n\n".join(part["text"] for part in output_parts(result) if part["type"] == "text" and part["text"])


def _text(text: str) -> list[Part]:
    return [{"type": "text", "text": text}]


def _item(item: Any) -> Iterator[Part]:
    if not is_object(item):
        return
    kept = {name: item[name] for name in ("filename", "providerOptions") if item.get(name) is not None}
    match item.get("type"):
        case "text" if isinstance(item.get("text"), str):
            yield {"type": "text", "text": item["text"], **kept}
        case "file" if (data := _data(item.get("data"))) is not None:
            yield {"type": "file", "data": data, "mediaType": item.get("mediaType"), **kept}
        case "file-id" | "image-file-id" as kind if isinstance(item.get("fileId"), str):
            media_type = "image/*" if kind == "image-file-id" else None
            # An id of no named provider: the one that is asked has to know it.
            held = {"type": "reference", "reference": {"": item["fileId"]}}
            yield {"type": "file", "data": held, "mediaType": media_type, **kept}
        case _:
            return


def _data(data: Any) -> Any:
    if not is_object(data):
        return data if isinstance(data, str) else None
    match data.get("type"):
        case "data":
            return data.get("data")
        case "url":
            return data.get("url")
        case "text" if isinstance(data.get("text"), str):
            return base64.b64encode(data["text"].encode("utf-8", "replace")).decode("ascii")
        case "reference":
            return data
        case _:
            return None

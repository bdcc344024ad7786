"""What the AI SDK's `DefaultChatTransport` posts, checked: `{id, messages, trigger, messageId, ...body}`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from weft.agents.limits import MAX_CLIENT_ID
from weft.errors import ErrorCode, InputError
from weft.threads.json_values import is_list, is_object, string
from weft.threads.messages import Part


class Trigger(StrEnum):
    SUBMIT = "submit-message"
    REGENERATE = "regenerate-message"


@dataclass(frozen=True, slots=True)
class ClientMessage:
    """A `UIMessage` of the client. `path` is where the request has it."""

    id: str
    role: str
    parts: Sequence[dict[str, Any]]
    metadata: Any
    path: tuple[str, ...]

    def tools(self) -> list[dict[str, Any]]:
        """Its tool calls."""
        return [part for part in self.parts if part["type"] == "dynamic-tool" or part["type"].startswith("tool-")]

    @property
    def step_count(self) -> int:
        """How many steps the client has of it."""
        return sum(part["type"] == "step-start" for part in self.parts) or int(bool(self.parts))

    def content(self) -> list[Part]:
        """The parts as content of a user message. Raises InputError for parts that a user cannot send."""
        content = [_stored(part, (*self.path, "parts", str(index))) for index, part in enumerate(self.parts)]
        if all(part["type"] == "text" and not str(part.get("text")).strip() for part in content):
            raise InputError("the message is empty", path=(*self.path, "parts"))
        return content


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """`message_id` names the message to answer again, or to go on with; None: the last one."""

    chat_id: str
    messages: Sequence[ClientMessage]
    trigger: Trigger
    message_id: str | None
    agent_name: str | None
    user_id: str | None

    @property
    def target(self) -> ClientMessage:
        """The message that the request is about."""
        named = (message for message in reversed(self.messages) if message.id == self.message_id)
        return next(named, self.messages[-1])


def parse_chat_request(body: object) -> ChatRequest:
    """Raises InputError that leads to the member that is wrong."""
    if not is_object(body):
        raise InputError("send a JSON object, as the AI SDK's DefaultChatTransport does: {id, messages, trigger}")
    trigger = body.get("trigger") or Trigger.SUBMIT
    if trigger not in tuple(Trigger):
        raise InputError("trigger must be submit-message or regenerate-message", path=("trigger",))
    return ChatRequest(
        chat_id=checked_id(body.get("id"), "id"),
        messages=_messages(body),
        trigger=Trigger(trigger),
        message_id=_text(body, "messageId"),
        agent_name=_text(body, "agentName"),
        user_id=_text(body, "userId"),
    )


def checked_id(value: object, *path: str) -> str:
    """An id of the caller's. Raises InputError when it is no text, empty or too long."""
    if not isinstance(value, str) or not value:
        raise InputError(f"{path[-1]} must be a text", path=path)
    if len(value) > MAX_CLIENT_ID:
        raise InputError(f"{path[-1]} is longer than {MAX_CLIENT_ID} characters", reason=ErrorCode.TOO_LARGE, path=path)
    return value


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    return None if value is None else checked_id(value, name)


def _messages(body: dict[str, Any]) -> list[ClientMessage]:
    """All messages; or the last alone, as a client sends it that sends no more than needed."""
    if is_object(body.get("message")) and "messages" not in body:
        return [_message(body["message"], ("message",))]
    messages = body.get("messages")
    if not is_list(messages) or not messages:
        raise InputError("messages must be a list with at least one message", path=("messages",))
    return [_message(message, ("messages", str(index))) for index, message in enumerate(messages)]


def _message(value: object, path: tuple[str, ...]) -> ClientMessage:
    if not is_object(value):
        raise InputError("a message must be an object: {id, role, parts}", path=path)
    role, parts = value.get("role"), value.get("parts")
    if role not in ("system", "user", "assistant"):
        raise InputError("role must be system, user or assistant", path=(*path, "role"))
    if not is_list(parts):
        raise InputError("parts must be a list", path=(*path, "parts"))
    for index, part in enumerate(parts):
        if not is_object(part) or not isinstance(part.get("type"), str):
            raise InputError("a part must be an object with a type", path=(*path, "parts", str(index)))
    id_ = checked_id(value.get("id"), *path, "id")
    return ClientMessage(id_, str(role), list(parts), value.get("metadata"), path)


def _stored(part: dict[str, Any], path: tuple[str, ...]) -> Part:
    kind = str(part["type"])
    facts = {} if part.get("providerMetadata") is None else {"providerMetadata": part["providerMetadata"]}
    if kind == "text" and isinstance(part.get("text"), str):
        return {"type": "text", "text": part["text"], **facts}
    if kind == "file":
        held = part.get("providerReference")
        data = part.get("url") if held is None else {"type": "reference", "reference": held}
        named = {} if string(part, "filename") is None else {"filename": part["filename"]}
        return {"type": "file", "data": data, "mediaType": part.get("mediaType"), **named, **facts}
    if kind.startswith("data-"):
        named = {} if string(part, "id") is None else {"id": part["id"]}
        return {"type": "data", "name": kind.removeprefix("data-"), **named, "data": part.get("data")}
    raise InputError(f"a user message cannot hold a part of type {kind!r:.80}", path=path)

"""What a generation was started with, as documents: options that were not given leave no field."""

from dataclasses import asdict
from typing import Any

import orjson

from weft.storage.types import Doc
from weft.threads.generations import (
    Chunking,
    ContextChanges,
    GenerationOptions,
    Given,
    ObjectKind,
    ObjectOptions,
    SaveMode,
)
from weft.threads.messages import MessageRole
from weft.threads.search import SearchChanges

_PLAIN = ("stop_sequences", "tools")


def options_doc(options: GenerationOptions) -> Doc:
    fields = _given(asdict(options))
    del fields["by_user"]
    fields["context"] = _given(fields["context"])
    if "search" in fields["context"]:
        fields["context"]["search"] = _given(fields["context"]["search"])
    if options.chunking is not None:
        fields["chunking"] = options.chunking.value
    if options.save_messages is not None:
        fields["save_messages"] = options.save_messages.value
    if options.object is not None:
        # As text: the keys of a schema are no field names for MongoDB.
        schema = orjson.dumps(options.object.schema).decode()
        fields["object"] = {"kind": options.object.kind.value, "schema": schema}
    return fields


def options_of(doc: Doc) -> GenerationOptions:
    fields = dict(doc)
    for name in _PLAIN:
        if name in fields:
            fields[name] = tuple(fields[name])
    if "chunking" in fields:
        fields["chunking"] = Chunking(fields["chunking"])
    if "save_messages" in fields:
        fields["save_messages"] = SaveMode(fields["save_messages"])
    if "object" in fields:
        kind, schema = fields["object"]["kind"], orjson.loads(fields["object"]["schema"])
        fields["object"] = ObjectOptions(ObjectKind(kind), schema)
    fields["context"] = _changes_of(fields.get("context", {}))
    return GenerationOptions(**fields)


def _given(fields: Doc) -> Doc:
    return {name: value for name, value in fields.items() if value is not None}


def _changes_of(doc: Doc) -> ContextChanges:
    search = doc.get("search")
    fields: dict[str, Any] = {**doc, "search": None if search is None else SearchChanges(**search)}
    return ContextChanges(**fields)


def given_doc(given: Given) -> Doc:
    messages = [{"role": role.value, "content": list(content)} for role, content in given.messages]
    return {"messages": messages, "prompt": None if given.prompt is None else list(given.prompt)}


def given_of(doc: Doc) -> Given:
    return Given([(MessageRole(each["role"]), each["content"]) for each in doc["messages"]], doc["prompt"])

"""The table of contents of the API: every operation, and the schema they make."""

from collections.abc import AsyncIterator

import strawberry
from strawberry.schema.config import StrawberryConfig

from weft.resolvers import agents as agent_fields
from weft.resolvers import answers as answer_fields
from weft.resolvers import api_keys as key_fields
from weft.resolvers import approvals as approval_fields
from weft.resolvers import context as context_fields
from weft.resolvers import deletions as deletion_fields
from weft.resolvers import events as event_fields
from weft.resolvers import generations as generation_fields
from weft.resolvers import messages as message_fields
from weft.resolvers import nodes as node_fields
from weft.resolvers import saving as saving_fields
from weft.resolvers import search as search_fields
from weft.resolvers import streams as stream_fields
from weft.resolvers import threads as thread_fields
from weft.resolvers import viewer as viewer_fields
from weft.schema.agents import Agent
from weft.schema.answers import GenerateObjectPayload, GenerateTextPayload
from weft.schema.api_keys import ApiKey, IssueApiKeyPayload, RevokeApiKeyPayload
from weft.schema.approvals import ToolDecisionPayload
from weft.schema.context_items import ContextItem
from weft.schema.defaults import drop_null_defaults, mark_unwritten
from weft.schema.deletions import DeleteMessageRangePayload, DeleteMessagesPayload, DeletePayload
from weft.schema.errors import GenerationError, InputError, RateLimitError
from weft.schema.events import ThreadEvent, ThreadListEvent
from weft.schema.generations import Generation
from weft.schema.messages import Message
from weft.schema.node import Node
from weft.schema.paging import Connection, UserConnection
from weft.schema.payloads import (
    AbortStreamsPayload,
    GenerationPayload,
    SendMessagePayload,
    StreamPayload,
    ThreadPayload,
)
from weft.schema.saving import MessagePayload, SaveMessagesPayload
from weft.schema.scalars import SCALARS
from weft.schema.search import MessageHit
from weft.schema.streams import Stream
from weft.schema.threads import Thread, ThreadConnection
from weft.schema.viewer import ServerInfo, Viewer


@strawberry.type(description="Everything that can be read.")
class Query:
    node: Node | None = strawberry.field(
        resolver=node_fields.node, description="The entity with this id; null if there is none that the viewer may see."
    )
    nodes: list[Node | None] = strawberry.field(
        resolver=node_fields.nodes,
        description="The entities with these ids, in the same order; null where there is none.",
    )
    viewer: Viewer = strawberry.field(resolver=viewer_fields.viewer, description="Whoever asks.")
    server_info: ServerInfo = strawberry.field(
        resolver=viewer_fields.server_info, description="The server that answers."
    )
    thread: Thread | None = strawberry.field(
        resolver=thread_fields.thread,
        description="One thread; null if there is none with this id that the viewer may see.",
    )
    threads: ThreadConnection = strawberry.field(
        resolver=thread_fields.threads,
        description="Threads, the newest first. Without `first` and `last` the first 50.",
    )
    users: UserConnection = strawberry.field(
        resolver=thread_fields.users,
        description="Users that own threads, ascending, each once. Without `first` the first 50.",
    )
    message: Message | None = strawberry.field(
        resolver=message_fields.message, description="One stored row; null if there is none with this id."
    )
    generation: Generation | None = strawberry.field(
        resolver=generation_fields.generation, description="One generation; null if there is none with this id."
    )
    agents: list[Agent] = strawberry.field(
        resolver=agent_fields.agents, description="The agents of this server, in the order it was given them."
    )
    api_keys: Connection[ApiKey] = strawberry.field(
        resolver=key_fields.api_keys,
        description="API keys, the newest first, revoked ones for three months more. Needs the scope `admin`. "
        "Without `first` and `last` the first 50.",
    )
    context_preview: list[ContextItem] = strawberry.field(
        resolver=context_fields.context_preview,
        description="What a model would be sent, in order, and why each message is in it. Nothing is stored, and no "
        "model is asked. A search that fails is an error here; an answer would go on without it.",
    )
    search_messages: list[MessageHit] = strawberry.field(
        resolver=search_fields.search_messages,
        description="Messages by their words, by their meaning, or by both in one ranking, the best first.",
    )


@strawberry.type(
    description="Everything that can be changed. Expected failures are in `userErrors`; nothing is stored by halves."
)
class Mutation:
    create_thread: ThreadPayload = strawberry.field(
        resolver=thread_fields.create_thread, description="Creates a thread."
    )
    update_thread: ThreadPayload = strawberry.field(
        resolver=thread_fields.update_thread, description="Changes a thread: what is given, and nothing else."
    )
    delete_thread: DeletePayload = strawberry.field(
        resolver=deletion_fields.delete_thread,
        description="Removes a thread with everything in it. It is gone at once for everybody, and answers being given "
        "in it stop; a large one is cleaned up in the background.",
    )
    delete_user_data: DeletePayload = strawberry.field(
        resolver=deletion_fields.delete_user_data,
        description="Removes every thread that a user owns now, with everything in them. The user's API keys are "
        "revoked first, at once, and removed too.",
    )
    branch_thread: ThreadPayload = strawberry.field(
        resolver=thread_fields.branch_thread,
        description="Creates a thread with a copy of another one's history, all of it or up to a message. Messages "
        "keep their places and get ids of their own; those not yet complete are left out. Owner, summary and "
        "metadata are the original's.",
    )
    send_message: SendMessagePayload = strawberry.field(
        resolver=message_fields.send_message,
        description="Saves a user message and, unless `generate` is false, starts an answer, in one transaction.",
    )
    save_messages: SaveMessagesPayload = strawberry.field(
        resolver=saving_fields.save_messages,
        description="Saves messages that no agent of this server wrote, all or none, and starts nothing.",
    )
    update_message: MessagePayload = strawberry.field(
        resolver=saving_fields.update_message,
        description="Changes a stored message. What derives from its content is derived again.",
    )
    rate_message: MessagePayload = strawberry.field(
        resolver=saving_fields.rate_message, description="Stores what a person thinks of a message, or takes it back."
    )
    delete_messages: DeleteMessagesPayload = strawberry.field(
        resolver=deletion_fields.delete_messages,
        description="Deletes stored rows. Nothing else changes its place. An answer whose prompt or reply is deleted "
        "is aborted.",
    )
    delete_message_range: DeleteMessageRangePayload = strawberry.field(
        resolver=deletion_fields.delete_message_range,
        description="Deletes the rows of a thread between two places; a large range is finished in the background.",
    )
    start_generation: GenerationPayload = strawberry.field(
        resolver=generation_fields.start_generation, description="Answers a saved message in the background."
    )
    regenerate: GenerationPayload = strawberry.field(
        resolver=generation_fields.regenerate,
        description="Throws away the answer to a message and answers it again in the background.",
    )
    generate_text: GenerateTextPayload = strawberry.field(
        resolver=answer_fields.generate_text,
        description="Answers and waits for the end of it, ten minutes at most. In a thread the answer is as durable as "
        "one in the background: it goes on if the caller does not wait any longer.",
    )
    generate_object: GenerateObjectPayload = strawberry.field(
        resolver=answer_fields.generate_object,
        description="Makes a JSON value and waits for it, as `generateText` does for a text.",
    )
    abort_generation: GenerationPayload = strawberry.field(
        resolver=generation_fields.abort_generation,
        description="Stops a generation; what it has written so far is kept.",
    )
    approve_tool_call: ToolDecisionPayload = strawberry.field(
        resolver=approval_fields.approve_tool_call,
        description="Lets a tool call run that waits for approval. With the last decision of its step the generation "
        "goes on by itself.",
    )
    deny_tool_call: ToolDecisionPayload = strawberry.field(
        resolver=approval_fields.deny_tool_call,
        description="Does not let a tool call run; the model is told so. With the last decision of its step the "
        "generation goes on by itself.",
    )
    submit_tool_result: ToolDecisionPayload = strawberry.field(
        resolver=approval_fields.submit_tool_result,
        description="Gives the result of a tool call that a person or the client answers. With the last one of its "
        "step the generation goes on by itself.",
    )
    abort_streams: AbortStreamsPayload = strawberry.field(
        resolver=stream_fields.abort_streams,
        description="Stops what is being written in a thread; what has been written so far is kept.",
    )
    create_stream: StreamPayload = strawberry.field(
        resolver=stream_fields.create_stream,
        description="Begins a live stream of a writer that is no agent of this server, together with the pending "
        "message that it writes. One live stream a turn. A stream that nobody appends to for ten minutes is aborted.",
    )
    append_to_stream: StreamPayload = strawberry.field(
        resolver=stream_fields.append_to_stream, description="Adds parts to a stream, live for everybody who follows."
    )
    finish_stream: StreamPayload = strawberry.field(
        resolver=stream_fields.finish_stream,
        description="Ends a stream and stores its message, in one transaction. Repeating it changes nothing.",
    )
    issue_api_key: IssueApiKeyPayload = strawberry.field(
        resolver=key_fields.issue_api_key,
        description="Makes an API key; one that has its name is revoked. Needs the scope `admin`.",
    )
    revoke_api_key: RevokeApiKeyPayload = strawberry.field(
        resolver=key_fields.revoke_api_key,
        description="Ends an API key. What it has open is closed within seconds. Needs the scope `admin`.",
    )


@strawberry.type(
    description="Everything that can be followed live, over WebSockets (`graphql-transport-ws`), server-sent events or "
    "multipart responses."
)
class Subscription:
    thread_events: AsyncIterator[ThreadEvent] = strawberry.subscription(
        resolver=event_fields.thread_events,
        description="Everything that happens in a thread, in commit order, without a gap or a repeat. "
        "Without `after` it starts with the live streams from their beginning, then follows.",
    )
    thread_list_events: AsyncIterator[ThreadListEvent] = strawberry.subscription(
        resolver=event_fields.thread_list_events,
        description="Threads of a user that appear, change or go: for a sidebar. Read `threads`, and follow them from "
        "their `cursor`: nothing is missed. Each event replaces what was known of the thread it names.",
    )


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[GenerationError, InputError, RateLimitError, Stream],
    config=StrawberryConfig(scalar_map=SCALARS),
)
drop_null_defaults(schema)
mark_unwritten(schema)

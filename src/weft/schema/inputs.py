"""What mutations and lists take. An input knows how to become what a service is given."""

from typing import Any

import strawberry

from weft.schema.options import GenerationOptionsInput
from weft.schema.scalars import Json
from weft.threads import threads
from weft.threads.threads import ThreadStatus

_UPDATABLE = ("title", "summary", "status", "user_id", "metadata")


@strawberry.input(description="Narrows a list of threads. Everything given must hold.")
class ThreadFilter:
    user_id: str | None = strawberry.field(default=None, description="Only this user's threads. Excludes `anonymous`.")
    anonymous: bool | None = strawberry.field(
        default=None, description="True: only threads without an owner. False is as good as absent."
    )
    status: ThreadStatus | None = strawberry.field(default=None, description="Only threads with this status.")
    title: str | None = strawberry.field(
        default=None,
        description="Words of the title: only threads whose title has every one of them, whole, in any case and order.",
    )

    def narrowing(self) -> threads.ThreadFilter:
        return threads.ThreadFilter(self.user_id, bool(self.anonymous), self.status, self.title)


@strawberry.input(description="A new thread.")
class CreateThreadInput:
    user_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Its owner, as the application names users; absent for the viewer, null for an anonymous thread.",
    )
    title: str | None = strawberry.field(default=None, description="What a list of threads calls it.")
    summary: str | None = strawberry.field(default=None, description="What it is about.")
    metadata: Json | None = strawberry.field(
        default=None, description="Free for the application; at most 16 KiB as JSON."
    )
    client_id: str | None = strawberry.field(
        default=None,
        description="The caller's own id for it. Sending the same one again returns the first thread: safe to retry.",
    )


@strawberry.input(description="Changes a thread. What is absent stays; an explicit null clears.")
class UpdateThreadInput:
    thread_id: strawberry.ID = strawberry.field(description="The thread to change.")
    title: str | None = strawberry.field(default=strawberry.UNSET, description="The new title; null for none.")
    summary: str | None = strawberry.field(default=strawberry.UNSET, description="The new summary; null for none.")
    status: ThreadStatus | None = strawberry.field(
        default=strawberry.UNSET, description="The new status; null is not allowed."
    )
    user_id: str | None = strawberry.field(
        default=strawberry.UNSET, description="The new owner; null makes the thread anonymous."
    )
    metadata: Json | None = strawberry.field(
        default=strawberry.UNSET, description="Replaces the metadata whole, at most 16 KiB as JSON; null clears it."
    )

    def changes(self) -> dict[str, Any]:
        """What was given, by Python name; None clears."""
        given = {name: getattr(self, name) for name in _UPDATABLE}
        return {name: value for name, value in given.items() if value is not strawberry.UNSET}


@strawberry.input(description="A new thread that begins with another one's history.")
class BranchThreadInput:
    thread_id: strawberry.ID = strawberry.field(description="The thread to copy. It stays as it is.")
    up_to_and_including_message_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The last stored row to copy, a complete one; absent for all that are complete. "
        "Rows of its turn that come after it are not copied.",
    )
    title: str | None = strawberry.field(
        default=None, description="The new thread's title; absent or null for the original's."
    )


@strawberry.input(description="A user message, and usually the wish for an answer.")
class SendMessageInput:
    thread_id: strawberry.ID = strawberry.field(description="The thread to write to.")
    agent_name: str | None = strawberry.field(
        default=None, description="The agent that answers; may be absent if the server has just one."
    )
    prompt: str | None = strawberry.field(
        default=None, description="The message as plain text, at most 1 MiB. Give this or `content`."
    )
    content: Json | None = strawberry.field(
        default=None,
        description="Content parts, instead of `prompt`: a list of objects with `type` text, image or file, "
        'for example `[{"type": "image", "image": "https://…"}]`.',
    )
    client_id: str | None = strawberry.field(
        default=None,
        description="Unique within the thread. Sending the same one again returns the first result and stores nothing: "
        "safe to retry for days.",
    )
    metadata: Json | None = strawberry.field(
        default=None, description="The application's own, at most 16 KiB as JSON: `UIMessage.metadata`."
    )
    generate: bool | None = strawberry.field(
        default=True, description="False only saves the message; `startGeneration` can answer it later."
    )
    options: GenerationOptionsInput | None = strawberry.field(
        default=None, description="What to change for this answer."
    )


@strawberry.input(description="Asks an agent to answer a message that is already saved.")
class StartGenerationInput:
    agent_name: str = strawberry.field(description="The agent that answers.")
    thread_id: strawberry.ID = strawberry.field(description="The thread that the message is in.")
    prompt_message_id: strawberry.ID = strawberry.field(
        description="The message to answer. An answer that is being given to it is aborted first."
    )
    options: GenerationOptionsInput | None = strawberry.field(
        default=None, description="What to change for this answer."
    )
    client_id: str | None = strawberry.field(
        default=None,
        description="Unique within the thread. Sending the same one again returns the first generation: safe to retry.",
    )


@strawberry.input(description="Stops a generation.")
class AbortGenerationInput:
    generation_id: strawberry.ID = strawberry.field(
        description="The generation to stop. One that has ended stays as it is."
    )
    reason: str | None = strawberry.field(default=None, description="Stored as its error and shown to readers.")


@strawberry.input(description="Stops what is being written in a thread: one stream, one turn, or everything.")
class AbortStreamsInput:
    thread_id: strawberry.ID = strawberry.field(description="The thread.")
    stream_id: strawberry.ID | None = strawberry.field(default=None, description="Only this stream.")
    order: int | None = strawberry.field(default=None, description="Only streams of the turn with this number.")
    reason: str | None = strawberry.field(default=None, description="Stored as the `abortReason` and shown to readers.")

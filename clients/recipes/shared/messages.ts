/**
 * What a screen needs to know about messages, whichever client keeps them. A cache holds what the server has: saved
 * messages, and the streams over those that are still being written. `shown` puts the two together.
 */

import { appendDelta, overlaid, type MessagePart, type StreamDelta, type UIMessage } from "weft-client";
import type { GenerationFragment, StreamFragment } from "weft-client/operations";

/**
 * The name of a `UIMessage` in a normalized cache. Its `id` will not do: it changes when a message is saved. What a
 * stream has written is not the saved message. A message that was sent from here is named by its sender, so that the
 * optimistic copy, the result of the mutation and the event are one record, in whichever order they come.
 */
export function nameOf({ id, key, threadId, clientId }: Readonly<Record<string, unknown>>): string {
  if (String(id).startsWith("stream:")) return String(id);
  return typeof clientId === "string" ? `${String(threadId)}/${clientId}` : String(key);
}

const LAST = 2 ** 31 - 1;

/** A message that is on its way. Its place is behind all others until the server says which it is. */
export function draft(threadId: string, clientId: string, text: string) {
  return {
    __typename: "UIMessage",
    id: clientId,
    key: `${threadId}/${clientId}`,
    threadId,
    clientId,
    order: LAST,
    stepOrder: 0,
    role: "USER",
    status: "PENDING",
    text,
    parts: [{ __typename: "TextPart", text, state: "DONE" }],
    agentName: null,
    userId: null,
    metadata: null,
    error: null,
    usage: null,
    createdAt: new Date().toISOString(),
  } as const;
}

/** A stream with what was added to it; null if the two do not meet: something is missing, or half of it is known. */
export function advanced(stream: StreamFragment, delta: StreamDelta): StreamFragment | null {
  if (delta.end <= stream.end) return stream;
  if (delta.start !== stream.end) return null;
  const uiMessage = appendDelta(stream.uiMessage, delta);
  return {
    ...stream,
    end: delta.end,
    uiMessage: { ...uiMessage, parts: uiMessage.parts.map(typed) },
  } as StreamFragment;
}

/** Caches want the type of everything. */
function typed(part: MessagePart): MessagePart {
  if (part.__typename !== "ToolPart" || part.approval === null) return part;
  return { ...part, approval: { __typename: "ToolApproval", ...part.approval } as typeof part.approval };
}

/** Messages as they are read: in their order, each as far as it is written. */
export function shown(messages: readonly UIMessage[], streams: readonly StreamFragment[]): readonly UIMessage[] {
  const open = new Map(streams.map((stream) => [stream.uiMessage.key, opened(stream)]));
  const saved = messages.map((message) => overlaid(message, open.get(message.key)));
  for (const { key } of messages) open.delete(key);
  return [...saved, ...[...open.values()].map((stream) => stream.uiMessage)].sort(byPlace);
}

function opened(stream: StreamFragment) {
  return { ...stream, live: true, begin: 0, stepOrder: stream.uiMessage.stepOrder };
}

export function byPlace(left: UIMessage, right: UIMessage): number {
  return left.order - right.order || left.stepOrder - right.stepOrder;
}

/** Those that can be stopped. */
export function active(generations: readonly GenerationFragment[]): readonly GenerationFragment[] {
  return generations.filter(({ status }) => status === "QUEUED" || status === "RUNNING" || status === "WAITING");
}

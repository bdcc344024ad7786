/** What each event does to graphcache, beyond what it does by itself: it has written all that the event holds. */

import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { Cache, Data } from "@urql/exchange-graphcache";
import type { StreamDelta } from "weft-client";
import type {
  MessageFragment,
  StreamFragment,
  ThreadEventsSubscription,
  ThreadListEventsSubscription,
} from "weft-client/operations";

import { CURSOR, GENERATION_EDGE, MESSAGE_EDGE, STREAM } from "../shared/documents.js";
import { advanced } from "../shared/messages.js";

export interface Sent {
  readonly sendMessage: { readonly sentMessage: MessageFragment | null };
}

type Keys = readonly string[];

export function follow(cache: Cache, threadId: string, event: ThreadEventsSubscription["threadEvents"]): void {
  const thread = { __typename: "Thread", id: threadId };
  switch (event.__typename) {
    case "MessageSaved":
      return saved(cache, event.uiMessage);
    case "MessageRemoved":
      return edit(cache, newest(cache, thread, "uiMessages"), "edges", (edges) =>
        edges.filter(
          (edge) => !event.keys.includes(cache.resolve(cache.resolve(edge, "node") as string, "key") as string),
        ),
      );
    case "StreamStarted":
      return edit(cache, thread, "streams", (streams) => withKey(streams, `Stream:${event.stream.id}`));
    case "StreamAdvanced":
      return advance(cache, threadId, event.delta as StreamDelta);
    case "StreamEnded":
      return edit(cache, thread, "streams", (streams) => streams.filter((key) => key !== `Stream:${event.streamId}`));
    case "GenerationChanged": {
      const edge = written(cache, GENERATION_EDGE, { __typename: "GenerationEdge", node: event.generation });
      return edit(cache, newest(cache, thread, "generations"), "edges", (edges) => withKey(edges, edge));
    }
    case "ResyncRequired":
      return distrust(cache, threadId);
    case "ThreadDeleted":
      return cache.invalidate(thread);
    case "ThreadChanged":
      return;
  }
}

/** Also what the result of `sendMessage` does. */
export function saved(cache: Cache, message: MessageFragment): void {
  const page = newest(cache, { __typename: "Thread", id: message.threadId }, "uiMessages");
  const edge = written(cache, MESSAGE_EDGE, { __typename: "UIMessageEdge", node: message });
  edit(cache, page, "edges", (edges) => withKey(edges, edge));
}

/**
 * What the optimistic copy of a message does. It must leave the list of messages alone: its layer would keep the list as
 * it is now, and hide what events add to it until the result of the mutation comes.
 */
export function drafted(cache: Cache, message: MessageFragment): void {
  const thread = { __typename: "Thread", id: message.threadId };
  const edge = written(cache, MESSAGE_EDGE, { __typename: "UIMessageEdge", node: message });
  cache.link(thread, "drafts", [...withKey((cache.resolve(thread, "drafts") ?? []) as Keys, edge)]);
}

interface Edge<Node> {
  readonly __typename: string;
  readonly node: Node;
}

function written<Node>(
  cache: Cache,
  fragment: TypedDocumentNode<{ readonly node: Node }>,
  edge: Edge<Node>,
): string | null {
  const data = edge as unknown as Data;
  cache.writeFragment(fragment as unknown as TypedDocumentNode<Data>, data);
  return cache.keyOfEntity(data);
}

function advance(cache: Cache, threadId: string, delta: StreamDelta): void {
  const key = { __typename: "Stream", id: delta.streamId };
  const stream = cache.readFragment(
    STREAM as unknown as TypedDocumentNode<Data>,
    key,
  ) as unknown as StreamFragment | null;
  const next = stream && advanced(stream, delta);
  if (!next) distrust(cache, threadId);
  else if (next !== stream) cache.writeFragment(STREAM, next);
}

/** A thread without a cursor is to be read again. To invalidate it would take it off the page, with what is being typed. */
function distrust(cache: Cache, threadId: string): void {
  cache.writeFragment(CURSOR, { __typename: "Thread", id: threadId, cursor: "" } as never);
}

export function followList(cache: Cache, event: ThreadListEventsSubscription["threadListEvents"]): void {
  if (event.__typename === "ThreadDeleted") return cache.invalidate({ __typename: "Thread", id: event.threadId });
  // A thread that is new here belongs to a list that must be read again.
  const lists = cache.inspectFields("Query").filter(({ fieldName }) => fieldName === "threads");
  const known = (key: string) =>
    ((cache.resolve(cache.resolve("Query", key) as string, "edges") ?? []) as Keys).some(
      (edge) => event.__typename === "ThreadChanged" && cache.resolve(edge, "node") === `Thread:${event.thread.id}`,
    );
  for (const { fieldKey, arguments: args } of lists) if (!known(fieldKey)) cache.invalidate("Query", "threads", args);
}

/** The page of a connection that has its end. */
function newest(cache: Cache, thread: { __typename: string; id: string }, connection: string): string | null {
  const pages = cache.inspectFields(thread).filter(({ fieldName }) => fieldName === connection);
  const page = pages.find(({ arguments: args }) => args?.before === undefined || args.before === null);
  return page ? (cache.resolve(thread, page.fieldKey) as string) : null;
}

function edit(
  cache: Cache,
  entity: { __typename: string; id: string } | string | null,
  field: string,
  change: (keys: Keys) => Keys,
): void {
  const before = entity === null ? null : (cache.resolve(entity, field) as Keys | null | undefined);
  if (entity !== null && before) cache.link(entity, field, [...change(before)]);
}

function withKey(keys: Keys, key: string | null): Keys {
  return key === null || keys.includes(key) ? keys : [...keys, key];
}

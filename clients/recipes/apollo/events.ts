/** What each event of a thread does to Apollo's cache. */

import type { ApolloCache, Reference } from "@apollo/client";
import type { Modifier, ModifierDetails } from "@apollo/client/cache";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { parse } from "graphql";
import type { StreamDelta } from "weft-client";
import type {
  GenerationFragment,
  MessageFragment,
  StreamFragment,
  ThreadEventsSubscription,
} from "weft-client/operations";

import { GENERATION, MESSAGE, STREAM, SUMMARY } from "../shared/documents.js";
import { advanced } from "../shared/messages.js";

type Event = ThreadEventsSubscription["threadEvents"];

interface Page {
  readonly edges: readonly { readonly node: Reference }[];
  readonly pageInfo: { readonly hasPreviousPage: boolean };
}

/** False when what is known cannot be trusted any more: the thread must be read again. */
export function follow(cache: ApolloCache, threadId: string, event: Event): boolean {
  switch (event.__typename) {
    case "MessageSaved":
      saved(cache, event.uiMessage);
      return true;
    case "MessageRemoved":
      removed(cache, threadId, event.keys);
      return true;
    case "StreamStarted":
      started(cache, threadId, event.stream);
      return true;
    case "StreamAdvanced":
      return advance(cache, event.delta as StreamDelta);
    case "StreamEnded":
      modify(cache, threadId, "streams", (streams: readonly Reference[], { readField }) =>
        streams.filter((stream) => readField("id", stream) !== event.streamId),
      );
      return true;
    case "GenerationChanged":
      changed(cache, threadId, event.generation);
      return true;
    case "ThreadChanged":
      cache.writeFragment({ fragment: SUMMARY, fragmentName: "ThreadSummary", data: event.thread });
      return true;
    case "ThreadDeleted":
      cache.evict({ id: thread(threadId) });
      return true;
    case "ResyncRequired":
      return false;
  }
}

/**
 * What the optimistic copy of a message does. It must leave the thread alone: the layer that it is in would keep the
 * whole thread as it is now, and hide what events do to it until the result of the mutation comes.
 */
export function drafted(cache: ApolloCache, message: MessageFragment): void {
  const id = draftsOf(message.threadId).__ref;
  const before = cache.readFragment({ id, fragment: DRAFTS }, true)?.messages ?? [];
  const draft = cache.writeFragment({ fragment: MESSAGE, fragmentName: "Message", data: message });
  if (draft)
    cache.writeFragment({ id, fragment: DRAFTS, data: { __typename: "Drafts", messages: [...before, draft] } });
}

/** A record that only this cache has: the messages of a thread that are on their way. */
export function draftsOf(threadId: string): Reference {
  return { __ref: `Drafts:${threadId}` };
}

const DRAFTS: TypedDocumentNode<{ readonly __typename: string; readonly messages: readonly Reference[] }> = parse(
  "fragment Drafts on Drafts { messages }",
);

/** Also what the result of `sendMessage` does. */
export function saved(cache: ApolloCache, message: MessageFragment): void {
  const node = cache.writeFragment({ fragment: MESSAGE, fragmentName: "Message", data: message });
  modify(cache, message.threadId, "uiMessages", (page: Page, { readField }) => {
    const known = page.edges.some((edge) => edge.node.__ref === node?.__ref);
    const first = readField<number>("order", page.edges[0]?.node) ?? 0;
    // A message of a page that was not read yet comes with its page.
    if (known || !node || (page.pageInfo.hasPreviousPage && message.order < first)) return page;
    return { ...page, edges: [...page.edges, { __typename: "UIMessageEdge", node }] };
  });
}

function removed(cache: ApolloCache, threadId: string, keys: readonly string[]): void {
  modify(cache, threadId, "uiMessages", (page: Page, { readField }) => ({
    ...page,
    edges: page.edges.filter((edge) => !keys.includes(readField<string>("key", edge.node) ?? "")),
  }));
}

function started(cache: ApolloCache, threadId: string, stream: StreamFragment): void {
  const added = cache.writeFragment({ fragment: STREAM, fragmentName: "Stream", data: stream });
  modify(cache, threadId, "streams", (streams: readonly Reference[]) => [
    ...streams.filter((other) => other.__ref !== added?.__ref),
    ...(added ? [added] : []),
  ]);
}

function advance(cache: ApolloCache, delta: StreamDelta): boolean {
  const id = `Stream:${delta.streamId}`;
  const stream = cache.readFragment({ id, fragment: STREAM, fragmentName: "Stream" });
  const next = stream && advanced(stream, delta);
  if (!next) return false;
  if (next !== stream) cache.writeFragment({ id, fragment: STREAM, fragmentName: "Stream", data: next });
  return true;
}

function changed(cache: ApolloCache, threadId: string, generation: GenerationFragment): void {
  const node = cache.writeFragment({ fragment: GENERATION, fragmentName: "Generation", data: generation });
  modify(cache, threadId, "generations", (page: Page) =>
    !node || page.edges.some((edge) => edge.node.__ref === node.__ref)
      ? page
      : { ...page, edges: [...page.edges, { __typename: "GenerationEdge", node }] },
  );
}

type Change<Value> = (value: Value, how: ModifierDetails) => unknown;

function modify<Value>(cache: ApolloCache, threadId: string, field: string, change: Change<Value>): void {
  const modifier: Modifier<never> = (value, how) => change(value as Value, how) as never;
  cache.modify<Record<string, never>>({ id: thread(threadId), fields: { [field]: modifier } });
}

function thread(id: string): string {
  return `Thread:${id}`;
}

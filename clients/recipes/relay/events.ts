/** What each event of a thread does to Relay's store, beyond what Relay does by itself: it has written all that it holds. */

import {
  ConnectionHandler,
  createOperationDescriptor,
  getRequest,
  graphql,
  type Environment,
  type RecordProxy,
  type RecordSourceSelectorProxy,
} from "relay-runtime";
import type { StreamDelta } from "weft-client";
import type { StreamFragment } from "weft-client/operations";

import { advanced } from "../shared/messages.js";
import type { eventsSubscription$data } from "./__generated__/eventsSubscription.graphql";

export const eventsSubscription = graphql`
  subscription eventsSubscription($threadId: ID!, $after: String) {
    threadEvents(threadId: $threadId, after: $after) {
      __typename
      ... on Event {
        cursor
      }
      ... on MessageSaved {
        uiMessage {
          ...message @relay(mask: false)
        }
      }
      ... on MessageRemoved {
        keys
      }
      ... on StreamStarted {
        stream {
          id
          end
          uiMessage {
            ...message @relay(mask: false)
          }
        }
      }
      ... on StreamAdvanced {
        delta {
          streamId
          start
          end
          parts
        }
      }
      ... on StreamEnded {
        streamId
      }
      ... on GenerationChanged {
        generation {
          id
          order
          agentName
          status
          error
        }
      }
      ... on ThreadChanged {
        thread {
          id
          title
        }
      }
    }
  }
`;

/** Written into the store after each delta: what the server would say of the stream now. */
const streamQuery = graphql`
  query eventsStreamQuery($id: ID!) {
    node(id: $id) {
      __typename
      ... on Stream {
        end
        uiMessage {
          ...message @relay(mask: false)
        }
      }
    }
  }
`;

export type Event = NonNullable<eventsSubscription$data>["threadEvents"];

export function follow(store: RecordSourceSelectorProxy, threadId: string, event: Event): void {
  const thread = store.get(threadId);
  const told = store.getRootField("threadEvents");
  if (!thread || !told) return;
  switch (event.__typename) {
    case "MessageSaved":
      return saved(store, threadId, told.getLinkedRecord("uiMessage"));
    case "MessageRemoved":
      return removed(messagesOf(thread), event.keys ?? []);
    case "StreamStarted":
      return add(thread, "streams", told.getLinkedRecord("stream"));
    case "StreamEnded":
      return remove(thread, "streams", event.streamId ?? "");
    case "GenerationChanged":
      return addTo(
        store,
        thread.getLinkedRecord("generations", { last: 5 }),
        told.getLinkedRecord("generation"),
        "GenerationEdge",
      );
  }
}

/** Also what the result of `sendMessage` does, and its optimistic copy: Relay runs that again after every change. */
export function saved(
  store: RecordSourceSelectorProxy,
  threadId: string,
  message: RecordProxy | null | undefined,
): void {
  const thread = store.get(threadId);
  const page = thread && messagesOf(thread);
  const first = page?.getLinkedRecords("edges")?.[0]?.getLinkedRecord("node")?.getValue("order");
  const hasOlder = page?.getLinkedRecord("pageInfo")?.getValue("hasPreviousPage") === true;
  // A message of a page that was not read yet comes with its page.
  if (hasOlder && Number(message?.getValue("order")) < Number(first)) return;
  addTo(store, page, message, "UIMessageEdge");
}

/** False when something between is missing: the thread must be read again. */
export function advance(environment: Environment, streams: readonly StreamFragment[], delta: StreamDelta): boolean {
  const stream = streams.find(({ id }) => id === delta.streamId);
  const next = stream && advanced(stream, delta);
  if (!next) return false;
  const operation = createOperationDescriptor(getRequest(streamQuery), { id: next.id });
  if (next !== stream) environment.commitPayload(operation, { node: { __typename: "Stream", ...next } });
  return true;
}

function messagesOf(thread: RecordProxy): RecordProxy | null | undefined {
  return ConnectionHandler.getConnection(thread, "Thread_uiMessages");
}

function removed(page: RecordProxy | null | undefined, keys: readonly string[]): void {
  for (const edge of page?.getLinkedRecords("edges") ?? []) {
    const node = edge.getLinkedRecord("node");
    if (page && node && keys.includes(String(node.getValue("key"))))
      ConnectionHandler.deleteNode(page, node.getDataID());
  }
}

function addTo(
  store: RecordSourceSelectorProxy,
  page: RecordProxy | null | undefined,
  node: RecordProxy | null | undefined,
  edgeType: string,
): void {
  const edges = page?.getLinkedRecords("edges") ?? [];
  const isKnown = edges.some((edge) => edge.getLinkedRecord("node")?.getDataID() === node?.getDataID());
  if (!page || !node || isKnown) return;
  page.setLinkedRecords([...edges, ConnectionHandler.createEdge(store, page, node, edgeType)], "edges");
}

function add(thread: RecordProxy, field: string, record: RecordProxy | null | undefined): void {
  const others = thread.getLinkedRecords(field)?.filter((other) => other.getDataID() !== record?.getDataID()) ?? [];
  if (record) thread.setLinkedRecords([...others, record], field);
}

function remove(thread: RecordProxy, field: string, id: string): void {
  thread.setLinkedRecords(thread.getLinkedRecords(field)?.filter((record) => record.getDataID() !== id) ?? [], field);
}

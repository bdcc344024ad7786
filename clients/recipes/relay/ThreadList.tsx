/** The threads of a user, live, with Relay. */

import { useMemo, useReducer } from "react";
import { useLazyLoadQuery, useSubscription } from "react-relay";
import {
  ConnectionHandler,
  graphql,
  type GraphQLSubscriptionConfig,
  type RecordSourceSelectorProxy,
} from "relay-runtime";

import type { ThreadListQuery } from "./__generated__/ThreadListQuery.graphql";
import type { ThreadListSubscription } from "./__generated__/ThreadListSubscription.graphql";

const PAGE = 30;

const listQuery = graphql`
  query ThreadListQuery($userId: String!, $first: Int!) {
    threads(filter: { userId: $userId }, orderBy: LAST_MESSAGE, first: $first) @connection(key: "ThreadList_threads") {
      cursor
      edges {
        node {
          id
          title
          createdAt
          lastMessageAt
        }
      }
    }
  }
`;

const listSubscription = graphql`
  subscription ThreadListSubscription($userId: String, $after: String) {
    threadListEvents(userId: $userId, after: $after) {
      __typename
      ... on Event {
        cursor
      }
      ... on ThreadChanged {
        thread {
          id
          title
          createdAt
          lastMessageAt
        }
      }
      ... on ThreadDeleted {
        threadId
      }
    }
  }
`;

export function ThreadList({ userId, open }: { readonly userId: string; readonly open: (id: string) => void }) {
  const [round, readAgain] = useReducer((before: number) => before + 1, 0);
  const { threads } = useLazyLoadQuery<ThreadListQuery>(
    listQuery,
    { userId, first: PAGE },
    // The list is followed from the moment at which it was read.
    { fetchPolicy: "network-only", fetchKey: round },
  );
  const after = threads.cursor;
  useSubscription<ThreadListSubscription>(
    useMemo(
      (): GraphQLSubscriptionConfig<ThreadListSubscription> => ({
        subscription: listSubscription,
        variables: { userId, after },
        updater: (store) => follow(store, userId),
        onNext: (response) => {
          if (response?.threadListEvents.__typename === "ResyncRequired") readAgain();
        },
      }),
      [userId, after],
    ),
  );
  const newestFirst = threads.edges
    .map((edge) => edge.node)
    .toSorted((left, right) => lastActivity(right).localeCompare(lastActivity(left)));
  return (
    <nav>
      {newestFirst.map((thread) => (
        <button key={thread.id} onClick={() => open(thread.id)}>
          {thread.title ?? "Untitled"}
        </button>
      ))}
    </nav>
  );
}

function lastActivity(thread: {
  readonly lastMessageAt?: string | null | undefined;
  readonly createdAt: string;
}): string {
  return thread.lastMessageAt ?? thread.createdAt;
}

function follow(store: RecordSourceSelectorProxy, userId: string): void {
  const filters = { filter: { userId }, orderBy: "LAST_MESSAGE" };
  const list = ConnectionHandler.getConnection(store.getRoot(), "ThreadList_threads", filters);
  const event = store.getRootField("threadListEvents");
  const thread = event?.getLinkedRecord("thread");
  if (event?.getType() === "ThreadDeleted") {
    const id = String(event.getValue("threadId"));
    // Its edge goes first: the page would be shown an edge without a thread.
    if (list) ConnectionHandler.deleteNode(list, id);
    store.delete(id);
  }
  const isKnown = list?.getLinkedRecords("edges")?.some((edge) => edge.getLinkedRecord("node") === thread);
  if (!list || !thread || isKnown) return;
  ConnectionHandler.insertEdgeBefore(list, ConnectionHandler.createEdge(store, list, thread, "ThreadEdge"));
}

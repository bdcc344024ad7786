/** The threads of a user, live, with Apollo Client. */

import type { ApolloCache, Reference } from "@apollo/client";
import { useApolloClient, useQuery, useSubscription } from "@apollo/client/react";
import type { ThreadListEventsSubscription } from "weft-client/operations";

import { SUMMARY, THREADS, THREAD_LIST_EVENTS } from "../shared/documents.js";

const PAGE = 30;

interface Page {
  readonly edges: readonly { readonly node: Reference }[];
}

export function ThreadList({ userId, open }: { readonly userId: string; readonly open: (id: string) => void }) {
  const { cache } = useApolloClient();
  const { data, refetch } = useQuery(THREADS, {
    variables: { filter: { userId }, orderBy: "LAST_MESSAGE", first: PAGE },
    // The list is followed from the moment at which it was read.
    fetchPolicy: "network-only",
    nextFetchPolicy: "cache-first",
  });
  useSubscription(THREAD_LIST_EVENTS, {
    variables: { userId, after: data?.threads.cursor ?? null },
    skip: !data,
    fetchPolicy: "no-cache",
    ignoreResults: true,
    onData: ({ data: { data } }) => {
      if (data && !followList(cache, data.threadListEvents)) void refetch();
    },
    onError: () => void refetch(),
  });
  const threads = data?.threads.edges.map((edge) => edge.node) ?? [];
  const newestFirst = threads.toSorted((left, right) => lastActivity(right).localeCompare(lastActivity(left)));
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

function lastActivity(thread: { readonly lastMessageAt: string | null; readonly createdAt: string }): string {
  return thread.lastMessageAt ?? thread.createdAt;
}

function followList(cache: ApolloCache, event: ThreadListEventsSubscription["threadListEvents"]): boolean {
  if (event.__typename === "ResyncRequired") return false;
  if (event.__typename === "ThreadDeleted") {
    cache.evict({ id: `Thread:${event.threadId}` });
    return true;
  }
  const node = cache.writeFragment({ fragment: SUMMARY, fragmentName: "ThreadSummary", data: event.thread });
  cache.modify<{ threads: Page }>({
    fields: {
      threads: (value) => {
        const page = value as Page;
        if (!node || page.edges.some((edge) => edge.node.__ref === node.__ref)) return page;
        return { ...page, edges: [{ __typename: "ThreadEdge", node }, ...page.edges] };
      },
    },
  });
  return true;
}

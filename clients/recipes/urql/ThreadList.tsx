/** The threads of a user, live, with urql. */

import { useQuery, useSubscription } from "urql";

import { THREAD_LIST_EVENTS, THREADS } from "../shared/documents.js";

const PAGE = 30;

export function ThreadList({ userId, open }: { readonly userId: string; readonly open: (id: string) => void }) {
  const [{ data }] = useQuery({
    query: THREADS,
    variables: { filter: { userId }, orderBy: "LAST_MESSAGE", first: PAGE },
    requestPolicy: "cache-and-network",
  });
  useSubscription({ query: THREAD_LIST_EVENTS, variables: { userId } });
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

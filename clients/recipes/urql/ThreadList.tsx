/** The threads of a user, live, with urql. */

import { useEffect, useState } from "react";
import { useQuery, useSubscription } from "urql";

import { THREAD_LIST_EVENTS, THREADS } from "../shared/documents.js";

const PAGE = 30;

export function ThreadList({ userId, open }: { readonly userId: string; readonly open: (id: string) => void }) {
  const [{ data }] = useQuery({
    query: THREADS,
    variables: { filter: { userId }, orderBy: "LAST_MESSAGE", first: PAGE },
    requestPolicy: "cache-and-network",
  });
  // Followed from the moment at which it was first read. It is read again for every thread that is new in it, and
  // followed from there only when the server asks for that.
  const [after, followFrom] = useState("");
  const [live] = useSubscription({ query: THREAD_LIST_EVENTS, variables: { userId, after }, pause: after === "" });
  const isOver = after === "" || live.data?.threadListEvents.__typename === "ResyncRequired";
  const cursor = data?.threads.cursor ?? "";
  useEffect(() => {
    if (isOver) followFrom(cursor);
  }, [isOver, cursor]);
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

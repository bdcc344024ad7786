import { useEffect, useState } from "react";
import { useWeft } from "weft-client/react";

import { ThreadUsageDocument, type ThreadUsageQuery } from "../playgroundOperations";

type ThreadUsage = NonNullable<ThreadUsageQuery["thread"]>["usage"];

/** What a thread has taken so far, asked again whenever `revision` changes. Null while that is not known. */
export function useThreadUsage(threadId: string | null, revision: string): ThreadUsage | null {
  const client = useWeft();
  const [known, setKnown] = useState<{ readonly threadId: string; readonly usage: ThreadUsage } | null>(null);
  useEffect(() => {
    if (threadId === null) return;
    let isOver = false;
    client.request(ThreadUsageDocument, { id: threadId }).then(
      ({ thread }) => {
        if (!isOver && thread) setKnown({ threadId, usage: thread.usage });
      },
      // The sum is beside the point of the page: it goes on with the last one.
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [client, threadId, revision]);
  return known?.threadId === threadId ? known.usage : null;
}

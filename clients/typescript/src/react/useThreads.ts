import { useCallback, useMemo } from "react";

import type { WeftError } from "../errors.js";
import type { ThreadSummary } from "../model.js";
import type { ThreadListOptions } from "../threads/threadListStore.js";
import { useWeft } from "./context.js";
import type { PageStatus } from "./useUIMessages.js";
import { useKept, useRead } from "./useStore.js";

export interface Threads {
  /** Newest activity first; archived ones are left out. */
  readonly threads: readonly ThreadSummary[];
  readonly status: PageStatus;
  readonly loadMore: () => Promise<void>;
  /** Why the list could not be read, until it can. */
  readonly error: WeftError | null;
}

/** The threads that the viewer may see, or those of a user, live. */
export function useThreads(options: ThreadListOptions = {}): Threads {
  const client = useWeft();
  const { filter: { userId, title } = {}, pageSize } = options;
  const store = useKept(
    useMemo(() => {
      const filter = { ...(userId === undefined ? {} : { userId }), ...(title === undefined ? {} : { title }) };
      return client.threads({ filter, ...(pageSize === undefined ? {} : { pageSize }) });
    }, [client, userId, title, pageSize]),
  );
  const { threads, phase, hasMore, isLoadingMore, error } = useRead(store, store.state);
  const loadMore = useCallback(() => store.loadMore(), [store]);
  const more = isLoadingMore ? "LoadingMore" : hasMore ? "CanLoadMore" : "Exhausted";
  return { threads, status: phase === "ready" ? more : "LoadingFirstPage", loadMore, error };
}

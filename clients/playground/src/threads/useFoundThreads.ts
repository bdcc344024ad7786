import { useCallback, useEffect, useReducer } from "react";
import { WeftError, type ThreadSummary } from "weft-client";
import { ThreadListEventsDocument, ThreadsDocument, type ThreadFilter } from "weft-client/operations";
import { useWeft, type Threads } from "weft-client/react";

const PAGE = 30;
/** The server lists at most so many at once. */
const MOST = 100;
const REST_MS = 400;

interface Found {
  readonly name: string;
  readonly threads: readonly ThreadSummary[] | null;
  readonly wanted: number;
  readonly hasMore: boolean;
  readonly isAsking: boolean;
  readonly error: WeftError | null;
}

/**
 * Threads by a filter that the live list does not know: words of a title, archived ones, those of nobody. The list is
 * read again a moment after something happened to any thread.
 */
export function useFoundThreads(filter: ThreadFilter, round: number): Threads {
  const client = useWeft();
  const name = `${round} ${JSON.stringify(filter)}`;
  const nothing: Found = { name, threads: null, wanted: PAGE, hasMore: false, isAsking: true, error: null };
  const [kept, change] = useReducer((before: Found, next: Partial<Found>) => ({ ...before, ...next }), nothing);
  const found = kept.name === name ? kept : nothing;
  const { wanted } = found;
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      try {
        const asked = { filter: filter, orderBy: "LAST_MESSAGE" as const, first: wanted, after: null };
        const { threads } = await client.request(ThreadsDocument, asked);
        const { hasNextPage } = threads.pageInfo;
        const shown = threads.edges.map((edge) => edge.node);
        if (!isOver)
          change({ name, wanted, threads: shown, hasMore: hasNextPage && wanted < MOST, isAsking: false, error: null });
      } catch (failure) {
        const error = failure instanceof WeftError ? failure : null;
        if (!isOver) change({ name, wanted, isAsking: false, error });
        if (!isOver && error?.retryable) later(10 * REST_MS);
      }
    };
    const later = (wait: number) => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void read();
      }, wait);
    };
    void read();
    const forget = client.subscribe(ThreadListEventsDocument, {
      variables: () => ({ userId: filter.userId ?? null, everyone: filter.userId == null, after: null }),
      next: () => later(REST_MS),
      ended: () => undefined,
    });
    const unwatch = client.connection.onReturn(() => later(0));
    return () => {
      isOver = true;
      clearTimeout(timer);
      forget();
      unwatch();
    };
  }, [client, name, wanted]);

  const { threads, hasMore, isAsking, error } = found;
  const loadMore = useCallback(async () => change({ wanted: Math.min(MOST, wanted + PAGE), isAsking: true }), [wanted]);
  const more = isAsking ? "LoadingMore" : hasMore ? "CanLoadMore" : "Exhausted";
  return {
    threads: threads ?? [],
    status: threads === null && error === null ? "LoadingFirstPage" : more,
    loadMore,
    error,
  };
}

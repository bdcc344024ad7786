import { useCallback, useEffect, useReducer } from "react";
import { WeftError, type ThreadSummary } from "weft-client";
import {
  ThreadListEventsDocument,
  ThreadsDocument,
  type ThreadFilter,
  type ThreadsQueryVariables,
} from "weft-client/operations";
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
    let cursor: string | null = null;
    let forget: (() => void) | null = null;
    const read = async () => {
      try {
        const shown = new Map<string, ThreadSummary>();
        let after: string | null = null;
        let hasMore: boolean = true;
        for (let left = wanted; left > 0 && hasMore && !isOver; left -= MOST) {
          const first = Math.min(MOST, left);
          const asked: ThreadsQueryVariables = { filter, orderBy: "LAST_MESSAGE", first, after };
          const { threads } = await client.request(ThreadsDocument, asked);
          for (const { node } of threads.edges) shown.set(node.id, node);
          ({ endCursor: after, hasNextPage: hasMore } = threads.pageInfo);
          if (!forget) cursor ??= threads.cursor;
        }
        if (isOver) return;
        change({ name, wanted, threads: [...shown.values()], hasMore, isAsking: false, error: null });
        follow();
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
    const follow = () => {
      const everyone = filter.userId == null && !filter.anonymous;
      forget ??= client.subscribe(ThreadListEventsDocument, {
        variables: () => ({ userId: filter.userId ?? null, everyone, after: cursor }),
        next: ({ threadListEvents: event }) => {
          cursor = event.cursor;
          later(REST_MS);
        },
        ended: (error) => {
          cursor = forget = null;
          if (!error || error.retryable) later(10 * REST_MS);
        },
      });
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
      forget?.();
    };
  }, [client, name, wanted]);

  const { threads, hasMore, isAsking, error } = found;
  const loadMore = useCallback(async () => change({ wanted: wanted + PAGE, isAsking: true }), [wanted]);
  const more = isAsking ? "LoadingMore" : hasMore ? "CanLoadMore" : "Exhausted";
  return {
    threads: threads ?? [],
    status: threads === null && error === null ? "LoadingFirstPage" : more,
    loadMore,
    error,
  };
}

/** The live list of threads: subscribed first, then read, and read again after every lost connection. */

import { backoffMs } from "../backoff.js";
import { unreachable, WeftError } from "../errors.js";
import { ThreadListEventsDocument, ThreadsDocument, type ThreadFilter } from "../generated/operations.js";
import type { ThreadListEvent } from "../model.js";
import type { Server } from "../server.js";
import { Store } from "../store.js";
import { newThreadListState, threadListReducer, type ThreadListAction, type ThreadListState } from "./reducer.js";

export interface ThreadListOptions {
  /** Whose threads: those of a user (null for all that the viewer may see), by the words of their title. */
  readonly filter?: Pick<ThreadFilter, "userId" | "title">;
  /** Threads read at first and with each further page, 1 to 100. */
  readonly pageSize?: number;
}

export class ThreadListStore {
  private readonly store = new Store<ThreadListState, ThreadListAction>(threadListReducer, newThreadListState);
  private readonly pageSize: number;
  private unsubscribe: (() => void) | null = null;
  private forget: (() => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private cursor: string | null = null;
  /** Events that came while the list was being read: the page may be older than they are. */
  private meanwhile: ThreadListEvent[] = [];

  constructor(
    private readonly server: Server,
    private readonly options: ThreadListOptions = {},
  ) {
    this.pageSize = options.pageSize ?? 30;
  }

  readonly state = (): ThreadListState => this.store.state();

  readonly subscribe = (listener: () => void): (() => void) => this.store.subscribe(listener);

  open(): void {
    if (this.forget.length > 0) return;
    const { connection } = this.server.subscriptions;
    this.forget = [connection.onReturn(() => void this.read()), this.store.subscribe(() => this.watch())];
    this.follow();
    void this.read();
  }

  close(): void {
    clearTimeout(this.timer);
    this.unsubscribe?.();
    this.unsubscribe = null;
    for (const forget of this.forget) forget();
    this.forget = [];
  }

  /** Reads the next page. Does nothing when there is none, or when it is being read. */
  async loadMore(): Promise<void> {
    const { moreCursor: after, hasMore, isLoadingMore } = this.state();
    if (!hasMore || isLoadingMore) return;
    this.store.dispatch({ type: "moreAsked" });
    try {
      this.store.dispatch({ type: "moreLoaded", after, page: await this.page(after) });
    } catch (error) {
      this.store.dispatch({ type: "loadFailed", error: failure(error) });
    }
  }

  private follow(): void {
    this.unsubscribe = this.server.subscribe(ThreadListEventsDocument, {
      variables: () => ({ userId: this.options.filter?.userId ?? null, after: this.cursor }),
      next: ({ threadListEvents: event }) => {
        this.cursor = event.cursor;
        this.meanwhile.push(event);
        this.store.enqueue({ type: "event", event });
      },
      ended: (error) => (error && !error.retryable ? this.refused(error) : this.restartLater()),
    });
  }

  private async read(): Promise<void> {
    this.meanwhile = [];
    try {
      const page = await this.page(null);
      if (this.forget.length === 0) return;
      this.store.enqueue({ type: "loaded", page });
      for (const event of this.meanwhile) this.store.enqueue({ type: "event", event });
      this.attempts = 0;
    } catch (error) {
      const why = failure(error);
      if (!why.retryable) return this.refused(why);
      this.store.dispatch({ type: "loadFailed", error: why });
      this.restartLater();
    }
  }

  private async page(after: string | null) {
    const { filter = {} } = this.options;
    const asked = { filter: { ...filter, status: "ACTIVE" as const }, orderBy: "LAST_MESSAGE" as const };
    return (await this.server.request(ThreadsDocument, { ...asked, first: this.pageSize, after })).threads;
  }

  private watch(): void {
    if (this.state().resync !== null && this.unsubscribe) this.restartLater();
  }

  private refused(error: WeftError): void {
    this.unsubscribe?.();
    this.unsubscribe = null;
    clearTimeout(this.timer);
    this.store.dispatch({ type: "loadFailed", error });
  }

  private restartLater(): void {
    if (this.forget.length === 0) return;
    clearTimeout(this.timer);
    this.unsubscribe?.();
    this.unsubscribe = null;
    this.cursor = null;
    this.attempts += 1;
    this.timer = setTimeout(() => {
      this.follow();
      void this.read();
    }, backoffMs(this.attempts));
  }
}

function failure(error: unknown): WeftError {
  return error instanceof WeftError ? error : unreachable();
}

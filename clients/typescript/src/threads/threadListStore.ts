/** The live list of threads: read once, and followed from the cursor of what was read. */

import { backoffMs } from "../backoff.js";
import { asWeftError, type WeftError } from "../errors.js";
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

const LARGEST_PAGE = 100;
const SEARCH_AGAIN_MS = 500;

export class ThreadListStore {
  private readonly store = new Store<ThreadListState, ThreadListAction>(threadListReducer, newThreadListState);
  private readonly pageSize: number;
  private unsubscribe: (() => void) | null = null;
  private isOpen = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private searching: ReturnType<typeof setTimeout> | undefined;
  private given = new AbortController();
  private attempts = 0;
  /** Since a further page was asked for: the page may be older than these. */
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
    if (this.isOpen) return;
    this.isOpen = true;
    void this.read();
  }

  close(): void {
    this.stop();
    this.isOpen = false;
  }

  /** Reads the list again, as after a refusal that has been mended. */
  reload(): void {
    this.close();
    this.open();
  }

  /** Reads the next page. Does nothing when there is none, or when it is being read. */
  async loadMore(): Promise<void> {
    const { moreCursor: after, hasMore, isLoadingMore } = this.state();
    if (!hasMore || isLoadingMore) return;
    this.meanwhile = [];
    this.store.dispatch({ type: "moreAsked" });
    try {
      this.store.dispatch({ type: "moreLoaded", after, page: await this.page(after, this.pageSize) });
      for (const event of this.meanwhile) this.store.enqueue({ type: "event", event });
    } catch (error) {
      this.store.dispatch({ type: "loadFailed", error: asWeftError(error) });
    }
  }

  /** Of several readings the last one counts. */
  private async read(): Promise<void> {
    this.given.abort();
    const { signal } = (this.given = new AbortController());
    const size = Math.min(LARGEST_PAGE, Math.max(this.pageSize, this.state().threads.length));
    try {
      const page = await this.page(null, size, signal);
      if (signal.aborted) return;
      this.store.dispatch({ type: "loaded", page });
      this.attempts = 0;
      this.unsubscribe ??= this.server.subscribe(ThreadListEventsDocument, {
        variables: () => {
          const userId = this.options.filter?.userId ?? null;
          return { userId, everyone: userId === null, after: this.state().cursor };
        },
        next: ({ threadListEvents: event }) => this.received(event),
        ended: (error) => (error && !error.retryable ? this.refused(error) : this.restartLater()),
      });
    } catch (error) {
      if (signal.aborted) return;
      const why = asWeftError(error);
      if (!why.retryable) return this.refused(why);
      this.store.dispatch({ type: "loadFailed", error: why });
      this.restartLater();
    }
  }

  private async page(after: string | null, first: number, signal?: AbortSignal) {
    const { filter = {} } = this.options;
    const asked = { filter: { ...filter, status: "ACTIVE" as const }, orderBy: "LAST_MESSAGE" as const };
    const options = signal ? { signal } : {};
    return (await this.server.request(ThreadsDocument, { ...asked, first, after }, options)).threads;
  }

  private received(event: ThreadListEvent): void {
    if (event.__typename === "ResyncRequired") this.restartLater();
    else if (this.options.filter?.title) {
      this.searching ??= setTimeout(() => {
        this.searching = undefined;
        void this.read();
      }, SEARCH_AGAIN_MS);
      // Whether it has the words that are searched only the server can say.
      if (event.__typename === "ThreadChanged") return;
    }
    this.meanwhile.push(event);
    this.store.enqueue({ type: "event", event });
  }

  private refused(error: WeftError): void {
    this.stop();
    this.store.dispatch({ type: "loadFailed", error });
  }

  private restartLater(): void {
    this.stop();
    this.attempts += 1;
    this.timer = setTimeout(() => void this.read(), backoffMs(this.attempts));
  }

  private stop(): void {
    this.given.abort();
    clearTimeout(this.timer);
    clearTimeout(this.searching);
    this.searching = undefined;
    this.unsubscribe?.();
    this.unsubscribe = null;
  }
}

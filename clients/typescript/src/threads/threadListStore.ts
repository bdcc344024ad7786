/** The live list of threads: subscribed first, then read, and read again after every lost connection. */

import { backoffMs } from "../backoff.js";
import { asWeftError, type WeftError } from "../errors.js";
import { ThreadListEventsDocument, ThreadsDocument, type ThreadFilter } from "../generated/operations.js";
import type { ThreadListEvent } from "../model.js";
import type { Server } from "../server.js";
import { Store } from "../store.js";
import { newThreadListState, threadListReducer, type ThreadListAction, type ThreadListState } from "./reducer.js";

export interface ThreadListOptions {
  /**
   * Whose threads: those of a user (null for all that the viewer may see), by the words of their title. Without a user
   * an operator is told at once only of threads that nobody owns; the others come when the list is read.
   */
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
  private forget: (() => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private searching: ReturnType<typeof setTimeout> | undefined;
  private given = new AbortController();
  private attempts = 0;
  private cursor: string | null = null;
  /** While the list is read: the events that came, for the page may be older than they are. */
  private meanwhile: ThreadListEvent[] | null = null;

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
    this.forget = [connection.onReturn(() => this.returned()), this.store.subscribe(() => this.watch())];
    this.start();
  }

  close(): void {
    this.stop();
    this.given.abort();
    for (const forget of this.forget) forget();
    this.forget = [];
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
    this.store.dispatch({ type: "moreAsked" });
    try {
      this.store.dispatch({ type: "moreLoaded", after, page: await this.page(after, this.pageSize) });
    } catch (error) {
      this.store.dispatch({ type: "loadFailed", error: asWeftError(error) });
    }
  }

  private start(): void {
    this.unsubscribe = this.server.subscribe(ThreadListEventsDocument, {
      variables: () => this.followed(),
      next: ({ threadListEvents: event }) => this.received(event),
      ended: (error) => (error && !error.retryable ? this.refused(error) : this.restartLater()),
    });
    void this.read();
  }

  /** Everybody's list has no way back into it: it is read again when the connection is back, as every list is. */
  private followed() {
    const userId = this.options.filter?.userId ?? null;
    const everyone = userId === null;
    return { userId, everyone, after: everyone ? null : this.cursor };
  }

  private received(event: ThreadListEvent): void {
    this.cursor = event.cursor;
    // Whether it has the words that are searched only the server can say.
    if (event.__typename === "ThreadChanged" && this.options.filter?.title) return this.searchAgain();
    this.meanwhile?.push(event);
    this.store.enqueue({ type: "event", event });
  }

  private searchAgain(): void {
    this.searching ??= setTimeout(() => {
      this.searching = undefined;
      void this.read();
    }, SEARCH_AGAIN_MS);
  }

  /** Of several readings the last one counts. */
  private async read(): Promise<void> {
    this.given.abort();
    const { signal } = (this.given = new AbortController());
    const meanwhile: ThreadListEvent[] = (this.meanwhile = []);
    const size = Math.min(LARGEST_PAGE, Math.max(this.pageSize, this.state().threads.length));
    try {
      const page = await this.page(null, size, signal);
      if (signal.aborted) return;
      this.meanwhile = null;
      this.store.enqueue({ type: "loaded", page });
      for (const event of meanwhile) this.store.enqueue({ type: "event", event });
      this.attempts = 0;
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

  /** The connection is there: what happened between the reading and the subscription may have been missed. */
  private returned(): void {
    if (this.unsubscribe) void this.read();
  }

  private watch(): void {
    if (this.state().resync !== null && this.unsubscribe) this.restartLater();
  }

  private refused(error: WeftError): void {
    this.stop();
    this.store.dispatch({ type: "loadFailed", error });
  }

  private restartLater(): void {
    if (this.forget.length === 0) return;
    this.stop();
    this.cursor = null;
    this.attempts += 1;
    this.timer = setTimeout(() => this.start(), backoffMs(this.attempts));
  }

  private stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.searching);
    this.searching = undefined;
    this.unsubscribe?.();
    this.unsubscribe = null;
    this.meanwhile = null;
  }
}

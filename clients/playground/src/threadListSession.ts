/** The live thread list: subscribed first, then read, and read again after every reconnect. */

import { backoffMs } from "./backoff";
import { request } from "./http";
import type { ThreadListEvent } from "./model";
import { threadListEventsSubscription, threadsQuery } from "./operations";
import { onReconnect, subscribe } from "./socket";
import { Store } from "./store";
import { newThreadListState, threadListReducer, type ThreadListAction, type ThreadListState } from "./threadListStore";

const PAGE_SIZE = 30;

export class ThreadListSession {
  readonly store = new Store<ThreadListState, ThreadListAction>(threadListReducer, newThreadListState);
  private unsubscribe: (() => void) | null = null;
  private forget: (() => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private cursor: string | null = null;
  /** Events that came while the list was being read: the page may be older than they are. */
  private meanwhile: ThreadListEvent[] = [];

  open(): void {
    this.forget = [onReconnect(() => void this.read()), this.store.subscribe(() => this.watch())];
    this.follow();
    void this.read();
  }

  close(): void {
    clearTimeout(this.timer);
    this.unsubscribe?.();
    for (const forget of this.forget) forget();
    this.forget = [];
  }

  async loadMore(): Promise<void> {
    const { moreCursor: after, hasMore } = this.store.state();
    if (!hasMore) return;
    try {
      const { threads } = await request(threadsQuery, { first: PAGE_SIZE, after });
      this.store.dispatch({ type: "moreLoaded", after, page: threads });
    } catch {
      this.store.dispatch({ type: "loadFailed" });
    }
  }

  private follow(): void {
    this.unsubscribe = subscribe(
      threadListEventsSubscription,
      { userId: null },
      {
        after: () => this.cursor,
        next: ({ threadListEvents: event }) => {
          this.cursor = event.cursor;
          this.meanwhile.push(event);
          this.store.enqueue({ type: "event", event });
        },
        ended: () => this.restartLater(),
      },
    );
  }

  private async read(): Promise<void> {
    this.meanwhile = [];
    try {
      const { threads } = await request(threadsQuery, { first: PAGE_SIZE, after: null });
      this.store.enqueue({ type: "loaded", page: threads });
      for (const event of this.meanwhile) this.store.enqueue({ type: "event", event });
      this.attempts = 0;
    } catch {
      this.store.dispatch({ type: "loadFailed" });
      this.restartLater();
    }
  }

  private watch(): void {
    if (this.store.state().resync !== null) this.restartLater();
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

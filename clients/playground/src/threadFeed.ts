/**
 * Keeps a thread's store true: reads the thread, follows its events from exactly that moment, and reads it again when
 * the store asks for a resync or the server ends the subscription.
 */

import { backoffMs } from "./backoff";
import { errorText, request, RequestError } from "./http";
import type { ThreadEvent } from "./model";
import { threadEventsSubscription, threadQuery } from "./operations";
import { subscribe } from "./socket";
import type { Store } from "./store";
import type { ThreadAction, ThreadState } from "./threadState";

export const PAGE_SIZE = 30;

/** A feed that ran this long was fine: what ends it is a new trouble. */
const CALM_MS = 5_000;

export class ThreadFeed {
  private cursor: string | null = null;
  private unsubscribe: (() => void) | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private followedAt = 0;
  private readonly unwatch: () => void;
  private closed = false;

  constructor(
    private readonly threadId: string,
    private readonly store: Store<ThreadState, ThreadAction>,
  ) {
    this.unwatch = store.subscribe(() => this.watch());
  }

  /** Reads the thread, then follows it. */
  async read(): Promise<void> {
    this.stop();
    try {
      const { thread } = await request(threadQuery, { id: this.threadId, last: PAGE_SIZE });
      if (this.closed) return;
      if (!thread) return this.store.dispatch({ type: "notFound", notice: null });
      this.store.dispatch({ type: "loaded", snapshot: thread });
      this.follow(thread.cursor);
    } catch (error) {
      if (!this.closed) this.failed(error);
    }
  }

  /** Follows the thread from a cursor that belongs to what the store holds. */
  follow(cursor: string): void {
    this.stop();
    this.cursor = cursor;
    this.followedAt = performance.now();
    this.unsubscribe = subscribe(
      threadEventsSubscription,
      { threadId: this.threadId },
      {
        after: () => this.cursor,
        next: (data) => this.received(data.threadEvents),
        ended: () => this.readLater(),
      },
    );
  }

  close(): void {
    this.closed = true;
    this.stop();
    this.unwatch();
  }

  private received(event: ThreadEvent): void {
    this.cursor = event.cursor;
    this.store.enqueue({ type: "event", event });
  }

  private watch(): void {
    const { resync, phase } = this.store.state();
    if (phase === "deleted") this.stop();
    else if (resync !== null && this.unsubscribe) this.readLater();
  }

  private failed(error: unknown): void {
    const again = !(error instanceof RequestError) || error.retryable;
    if (!again) return this.store.dispatch({ type: "notFound", notice: errorText(error) });
    this.store.dispatch({ type: "loadFailed", error: errorText(error) });
    this.readLater();
  }

  /** The first resync is read at once, ones that follow closely ever more slowly. */
  private readLater(): void {
    this.stop();
    if (this.closed || this.store.state().phase === "deleted") return;
    if (this.followedAt > 0 && performance.now() - this.followedAt > CALM_MS) this.attempts = 0;
    const wait = this.attempts === 0 ? 0 : backoffMs(this.attempts);
    this.attempts += 1;
    this.timer = setTimeout(() => void this.read(), wait);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.unsubscribe?.();
    this.unsubscribe = null;
  }
}

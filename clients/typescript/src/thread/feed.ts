/**
 * Keeps a thread's store true: reads the thread, follows its events from exactly that moment, and reads it again when
 * the store asks for a resync or the server ends the subscription.
 */

import { backoffMs } from "../backoff.js";
import { asWeftError, type WeftError } from "../errors.js";
import { ThreadDocument, ThreadEventsDocument } from "../generated/operations.js";
import type { ThreadEvent } from "../model.js";
import type { Server } from "../server.js";
import type { Store } from "../store.js";
import type { ThreadAction, ThreadState } from "./state.js";

/** A feed that ran this long was fine: what ends it is a new trouble. */
const CALM_MS = 5_000;
const LARGEST_PAGE = 100;
/** Reading the thread would not tell more. */
const HOPELESS: ReadonlySet<string | null> = new Set(["UNAUTHENTICATED", "UNSUPPORTED"]);

export class ThreadFeed {
  private cursor: string | null = null;
  private unsubscribe: (() => void) | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private followedAt = 0;
  private readonly unwatch: () => void;
  private closed = false;
  private readonly given = new AbortController();

  constructor(
    private readonly server: Server,
    private readonly threadId: string,
    private readonly pageSize: number,
    private readonly store: Store<ThreadState, ThreadAction>,
  ) {
    this.unwatch = store.subscribe(() => this.watch());
  }

  /** Reads the thread, then follows it. */
  async read(): Promise<void> {
    this.stop();
    try {
      // What was scrolled back to stays, as far as one page reaches.
      const last = Math.min(LARGEST_PAGE, Math.max(this.pageSize, this.store.state().messages.length));
      const { signal } = this.given;
      const { thread } = await this.server.request(ThreadDocument, { id: this.threadId, last }, { signal });
      if (this.closed) return;
      if (!thread) return this.store.dispatch({ type: "notFound", error: null });
      this.store.dispatch({ type: "loaded", snapshot: thread });
      this.follow(thread.cursor);
    } catch (error) {
      if (!this.closed) this.failed(asWeftError(error));
    }
  }

  /** Follows the thread from a cursor that belongs to what the store holds. */
  follow(cursor: string): void {
    this.stop();
    this.cursor = cursor;
    this.followedAt = Date.now();
    this.unsubscribe = this.server.subscribe(ThreadEventsDocument, {
      variables: () => ({ threadId: this.threadId, after: this.cursor }),
      next: (data) => this.received(data.threadEvents as ThreadEvent),
      ended: (error) => this.ended(error),
    });
  }

  close(): void {
    this.closed = true;
    this.given.abort();
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

  private ended(error: WeftError | null): void {
    this.unsubscribe = null;
    if (error && HOPELESS.has(error.code)) this.failed(error);
    else this.readLater();
  }

  private failed(error: WeftError): void {
    if (!error.retryable) return this.store.dispatch({ type: "notFound", error });
    this.store.dispatch({ type: "loadFailed", error });
    this.readLater();
  }

  /** The first resync is read at once, ones that follow closely ever more slowly. */
  private readLater(): void {
    this.stop();
    if (this.closed || this.store.state().phase === "deleted") return;
    if (this.followedAt > 0 && Date.now() - this.followedAt > CALM_MS) this.attempts = 0;
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

/**
 * A reducer with listeners. Actions of the network are queued and applied together, at most once per animation frame;
 * actions of the reader are applied at once.
 */

import { added } from "./subscriptions.js";

/** A hidden window gets no animation frames; it catches up at this pace instead. */
const HIDDEN_MS = 200;
const FRAME_MS = 16;

export class Store<State, Action> {
  private readonly listeners = new Set<() => void>();
  private queue: Action[] = [];
  private frame = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly reducer: (state: State, action: Action) => State,
    private current: State,
  ) {}

  readonly state = (): State => this.current;

  readonly subscribe = (listener: () => void): (() => void) => added(this.listeners, listener);

  /** Applies what is queued and then this action. */
  dispatch(action: Action): void {
    this.queue.push(action);
    this.flush();
  }

  /** Applies this action with the next frame. */
  enqueue(action: Action): void {
    this.queue.push(action);
    if (this.queue.length > 1) return;
    const hasFrames = typeof requestAnimationFrame === "function";
    if (hasFrames) this.frame = requestAnimationFrame(() => this.flush());
    this.timer = setTimeout(() => this.flush(), hasFrames ? HIDDEN_MS : FRAME_MS);
  }

  private flush(): void {
    if (typeof cancelAnimationFrame === "function") cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    const actions = this.queue;
    this.queue = [];
    const before = this.current;
    this.current = actions.reduce(this.reducer, before);
    if (this.current !== before) for (const listener of [...this.listeners]) listener();
  }
}

/**
 * A reducer with listeners. Actions of the network are queued and applied together, at most once per animation frame;
 * actions of the reader are applied at once.
 */

/** A hidden window gets no animation frames; it catches up at this pace instead. */
const HIDDEN_MS = 200;
const FRAME_MS = 16;
const hasFrames = typeof requestAnimationFrame === "function";

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

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Applies what is queued and then this action. */
  dispatch(action: Action): void {
    this.queue.push(action);
    this.flush();
  }

  /** Applies this action with the next frame. */
  enqueue(action: Action): void {
    this.queue.push(action);
    if (this.queue.length > 1) return;
    if (hasFrames) this.frame = requestAnimationFrame(() => this.flush());
    this.timer = setTimeout(() => this.flush(), hasFrames ? HIDDEN_MS : FRAME_MS);
  }

  private flush(): void {
    if (hasFrames) cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    const actions = this.queue;
    this.queue = [];
    const before = this.current;
    this.current = actions.reduce(this.reducer, before);
    if (this.current !== before) for (const listener of [...this.listeners]) listener();
  }
}

/** Waits of tests: for what happens, never for a time. */

const DEADLINE_MS = 8_000;

/** The first value of `read` that is neither undefined, null nor false. */
export async function until<Value>(read: () => Value, withinMs = DEADLINE_MS): Promise<NonNullable<Exclude<Value, false>>> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = read();
    if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<Value, false>>;
    if (Date.now() > end) throw new Error(`it did not happen: ${read}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export function deferred<Value>() {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((given) => (resolve = given));
  return { promise, resolve };
}

/** Animation frames that come when the test says so; `restore` gives back what was there. */
export class Frames {
  private readonly callbacks = new Map<number, FrameRequestCallback>();
  private readonly before = { ask: globalThis.requestAnimationFrame, cancel: globalThis.cancelAnimationFrame };
  private count = 0;

  constructor() {
    globalThis.requestAnimationFrame = (callback) => {
      this.callbacks.set((this.count += 1), callback);
      return this.count;
    };
    globalThis.cancelAnimationFrame = (id) => void this.callbacks.delete(id);
  }

  next(): void {
    const due = [...this.callbacks.values()];
    this.callbacks.clear();
    for (const callback of due) callback(0);
  }

  restore(): void {
    globalThis.requestAnimationFrame = this.before.ask;
    globalThis.cancelAnimationFrame = this.before.cancel;
  }
}

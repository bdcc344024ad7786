import { describe, expect, test } from "vitest";

import { newThreadState, type ThreadState } from "../src/thread/state.js";
import { visibleMessages } from "../src/thread/visible.js";
import { History } from "./history.js";
import { Chance, turn } from "./random.js";
import { run } from "./testThread.js";

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);

/** A reader whose connection is cut, repeats, loses events, and is told to read again, as `chance` will have it. */
class Reader {
  state: ThreadState = newThreadState("thr_1");
  private seen = 0;
  private hasHole = false;

  constructor(
    private readonly history: History,
    private readonly chance: Chance,
  ) {}

  /** What arrives by now: nothing, some, or all of what happened; `all` is a connection that holds at last. */
  hear(all: boolean): void {
    if (this.state.cursor === null || this.state.resync !== null) this.read();
    const news = this.history.log.slice(this.seen);
    const count = all ? news.length : this.chance.below(news.length + 1);
    for (const event of news.slice(0, count)) {
      this.seen += 1;
      if (!all && event.__typename.startsWith("Stream") && event.__typename !== "StreamEnded" && this.chance.oneIn(30)) {
        this.hasHole = true;
        continue;
      }
      this.state = run(this.state, { type: "event", event });
      if (this.state.resync !== null) return all ? this.read() : undefined;
    }
    if (!all && this.chance.oneIn(8)) this.seen = Math.max(0, this.seen - this.chance.below(6));
    if (!all && this.chance.oneIn(20)) {
      const event = { __typename: "ResyncRequired", cursor: this.history.cursor, reason: "too slow" } as const;
      this.state = run(this.state, { type: "event", event });
    }
  }

  /** Nothing is missing, and an answer streams: what is shown must be what the server would show now. */
  get isUpToDate(): boolean {
    const { resync } = this.state;
    return this.seen === this.history.log.length && !this.hasHole && resync === null && this.history.streams.size > 0;
  }

  read(): void {
    this.hasHole = false;
    const snapshot = this.history.snapshot();
    this.seen = this.history.log.length;
    this.state = run(this.state, { type: "loaded", snapshot });
  }
}

function shown(state: ThreadState): unknown[] {
  return visibleMessages(state).map(({ id: _, ...message }) => message);
}

/**
 * Without what only the stream knows (the ids of its parts) and what only the server knows (the numbers of steps). A
 * reader who came before the first call of a tool has not been told that a step began before it.
 */
function live(state: ThreadState): unknown[] {
  return visibleMessages(state).map(({ id: _, parts, createdAt: __, ...message }) => ({
    ...message,
    parts: parts.slice(parts[0]?.__typename === "StepStartPart" ? 1 : 0).map((part) => ({ ...part, id: null, stepOrder: null })),
  }));
}

function read(history: History): ThreadState {
  return run(newThreadState("thr_1"), { type: "loaded", snapshot: history.snapshot() });
}

describe("whatever happens to its connection, a reader ends with what the server has", () => {
  test.each(SEEDS)("seed %i", (seed) => {
    const chance = new Chance(seed);
    const history = new History();
    const reader = new Reader(history, chance);
    for (let order = 0; order < 3; order += 1) {
      for (const _ of turn(history, chance, order)) {
        if (chance.oneIn(2)) reader.hear(false);
        if (reader.isUpToDate) expect(live(reader.state)).toEqual(live(read(history)));
      }
    }
    reader.hear(true);
    expect(shown(reader.state)).toEqual(shown(read(history)));
    expect(reader.state).toMatchObject({ streams: [], active: [], resync: null, phase: "ready" });
  });
});

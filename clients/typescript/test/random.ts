/** Histories made up from a seed: prompts, answers with tools and reasoning, restarts, approvals, stops, removals. */

import type { MessagePart, StreamPart, ToolPart } from "../src/model.js";
import { textOf } from "../src/thread/streamParts.js";
import type { History } from "./history.js";
import { message } from "./testThread.js";

/** mulberry32 */
export class Chance {
  constructor(private state: number) {}

  below(count: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % count;
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }
}

const words = (chance: Chance): string => chance.pick(["a ", "bc ", "", "def ", "ghij", "\n"]);

function* stepChunks(chance: Chance, call: string | null): Generator<StreamPart[]> {
  yield [{ type: "start-step" }];
  if (chance.oneIn(2)) {
    yield [{ type: "reasoning-start", id: "r" }, { type: "reasoning-delta", id: "r", delta: words(chance) }];
    yield [{ type: "reasoning-delta", id: "r", delta: words(chance) }, { type: "reasoning-end", id: "r" }];
  }
  yield [{ type: "text-start", id: "t" }, { type: "text-delta", id: "t", delta: words(chance) }];
  for (let count = chance.below(4); count > 0; count -= 1) yield [{ type: "text-delta", id: "t", delta: words(chance) }];
  yield [{ type: "text-end", id: "t" }];
  if (call === null) return;
  const named = { toolCallId: call, toolName: "weather" };
  yield [{ type: "tool-input-start", ...named }, { type: "tool-input-delta", toolCallId: call, inputTextDelta: '{"city":' }];
  yield [{ type: "tool-input-delta", toolCallId: call, inputTextDelta: '"Rome"}' }];
  yield [{ type: "tool-input-available", ...named, input: { city: "Rome" } }];
}

/** Lets one more turn happen in a thread; each `yield` is a moment at which somebody may look. */
export function* turn(history: History, chance: Chance, order: number): Generator<void> {
  history.say(order, `prompt ${order}`, chance.oneIn(2) ? `client-${order}` : null);
  yield;
  const generation = `g${order}`;
  history.save(answer(history, order, "PENDING", []));
  history.generation(generation, order, "QUEUED");
  yield;
  history.generation(generation, order, "RUNNING");
  let before: readonly MessagePart[] = [];
  let stepOrder = 1;
  for (let round = 0; ; round += 1) {
    let stream = `s${order}.${round}`;
    history.start(stream, order, stepOrder);
    yield;
    if (chance.oneIn(5)) {
      history.advance(stream, { type: "start-step" }, { type: "text-start", id: "t" }, { type: "text-delta", id: "t", delta: "lost " });
      yield;
      history.end(stream, "ABORTED");
      history.start((stream = `${stream}.again`), order, stepOrder);
      yield;
    }
    if (round > 0) history.advance(stream, { type: "tool-output-available", toolCallId: `c${order}.${round - 1}`, output: "sunny" });
    const goesOn = round < 2 && chance.oneIn(2);
    const call = goesOn ? `c${order}.${round}` : null;
    for (const chunks of stepChunks(chance, call)) {
      history.advance(stream, ...chunks);
      yield;
      if (chance.oneIn(25)) return yield* stopped(history, order, stream, generation, before);
    }
    if (call === null) return yield* finished(history, chance, { order, stream, generation, before });
    history.advance(stream, { type: "tool-approval-request", toolCallId: call, approvalId: `a-${call}` });
    yield;
    const asked = history.whole(stream, before, true);
    history.save(answer(history, order, "SUCCESS", asked));
    history.generation(generation, order, "WAITING");
    history.end(stream, "FINISHED");
    yield;
    before = asked.map((part) => (part.__typename === "ToolPart" && part.toolCallId === call ? decided(part) : part));
    history.save(answer(history, order, "PENDING", before));
    history.generation(generation, order, "RUNNING");
    stepOrder += 2;
    yield;
  }
}

function* finished(
  history: History,
  chance: Chance,
  { order, stream, generation, before }: { order: number; stream: string; generation: string; before: readonly MessagePart[] },
): Generator<void> {
  const saved = answer(history, order, "SUCCESS", history.whole(stream, before, true));
  const steps = [() => history.save(saved), () => history.end(stream, "FINISHED"), () => history.generation(generation, order, "SUCCEEDED")];
  if (chance.oneIn(2)) steps.reverse();
  for (const step of steps) {
    step();
    yield;
  }
  if (chance.oneIn(6)) history.remove(saved.key);
}

function* stopped(
  history: History,
  order: number,
  stream: string,
  generation: string,
  before: readonly MessagePart[],
): Generator<void> {
  const parts = history.whole(stream, before, true);
  history.end(stream, "ABORTED");
  yield;
  history.save(answer(history, order, "FAILED", parts));
  history.generation(generation, order, "ABORTED");
  yield;
}

function answer(history: History, order: number, status: "PENDING" | "SUCCESS" | "FAILED", parts: readonly MessagePart[]) {
  return message(order, 1, { status, parts, text: textOf(parts), threadId: history.id, key: `${history.id}-${order}-1` });
}

function decided(part: ToolPart): ToolPart {
  const approval = { id: "", reason: null, isAutomatic: false, decidedBy: "ann", decidedAt: "2026-11-22T09:00:00Z", ...part.approval, approved: true };
  return { ...part, toolState: "APPROVAL_RESPONDED", approval };
}

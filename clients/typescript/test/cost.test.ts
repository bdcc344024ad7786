/** Work is counted, never timed: characters that are read, joined or parsed. A cost that grows with the square fails by far. */

import { afterEach, expect, test, vi } from "vitest";

import type { StreamPart, ToolPart } from "../src/model.js";
import { textOf } from "../src/thread/streamParts.js";
import { visibleMessages } from "../src/thread/visible.js";
import { events, loaded, message, page, run, stream } from "./testThread.js";

const DELTAS = 20_000;

afterEach(() => {
  vi.restoreAllMocks();
});

function deltas(begin: StreamPart, part: (index: number) => StreamPart) {
  const chunk = (index: number) => (index === 0 ? begin : part(index - 1));
  return Array.from({ length: DELTAS + 1 }, (_, index) => ({
    __typename: "StreamAdvanced" as const,
    delta: { streamId: "s", start: index, end: index + 1, parts: [chunk(index)] },
  }));
}

/** The characters that functions which read whole texts were given or gave. */
function counted() {
  const work = { characters: 0 };
  const join = Array.prototype.join;
  const parse = JSON.parse;
  vi.spyOn(Array.prototype, "join").mockImplementation(function (this: unknown[], separator) {
    const joined = join.call(this, separator);
    work.characters += joined.length;
    return joined;
  });
  vi.spyOn(JSON, "parse").mockImplementation((text, reviver) => {
    work.characters += text.length;
    return parse(text, reviver);
  });
  return work;
}

test("a long text in 20,000 deltas is put together at linear cost", () => {
  const begin = loaded({ streams: [stream("s", "", 0)] });
  const told = events(...deltas({ type: "text-start", id: "t" }, (index) => ({ type: "text-delta", id: "t", delta: `w${index} ` })));
  const work = counted();
  const state = run(begin, ...told);
  const { characters } = work;
  const [message] = visibleMessages(state);
  expect(message?.text).toBe(textOf(message?.parts ?? []));
  expect(message?.text).toHaveLength(Array.from({ length: DELTAS }, (_, index) => `w${index} `.length).reduce((sum, each) => sum + each, 0));
  expect(characters).toBeLessThan(2 * (message?.text.length ?? 0));
});

test("a long tool input in 20,000 deltas is put together at linear cost, and parsed when it is whole", () => {
  const piece = '{"key": [1, "two \\" }", {}]}, ';
  const input = `[${piece.repeat(DELTAS / 10)}null]`;
  const size = Math.ceil(input.length / DELTAS);
  const begin = { type: "tool-input-start", toolCallId: "c", toolName: "write" };
  const told = events(
    ...deltas(begin, (index) => ({ type: "tool-input-delta", toolCallId: "c", inputTextDelta: input.slice(index * size, (index + 1) * size) })),
  );
  const work = counted();
  const state = run(loaded({ streams: [stream("s", "", 0)] }), ...told);
  const { characters } = work;
  const call = visibleMessages(state)[0]?.parts[0] as ToolPart;
  expect(call.rawInput).toBe(input);
  expect(call.input).toHaveLength(DELTAS / 10 + 1);
  expect(characters).toBeLessThan(2 * input.length);
});

test("of 1,000 messages on screen one is made anew for each delta", () => {
  const saved = Array.from({ length: 1000 }, (_, order) => message(order, 0, { text: `m${order}` }));
  const before = run(loaded({ uiMessages: page(saved), streams: [stream("s", "", 0, 999)] }), ...events(
    { __typename: "StreamAdvanced", delta: { streamId: "s", start: 0, end: 1, parts: [{ type: "text-start", id: "t" }] } },
  ));
  const shown = visibleMessages(before);
  const after = run(before, ...events(
    { __typename: "StreamAdvanced", delta: { streamId: "s", start: 1, end: 2, parts: [{ type: "text-delta", id: "t", delta: "Hi" }] } },
  ));
  const changed = visibleMessages(after).filter((each, index) => each !== shown[index]);
  expect(changed.map(({ text }) => text)).toEqual(["Hi"]);
});

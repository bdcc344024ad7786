import { describe, expect, test } from "vitest";

import type { StreamPart, ToolPart } from "../src/model.js";
import { appendDelta } from "../src/thread/streamParts.js";
import { Chance } from "./random.js";
import { message } from "./testThread.js";

/** What is shown of an input after each of its pieces. */
function inputs(...pieces: string[]): unknown[] {
  let shown = message(0, 1, { status: "STREAMING" });
  const chunks: StreamPart[] = [{ type: "tool-input-start", toolCallId: "c", toolName: "t" }];
  chunks.push(...pieces.map((inputTextDelta) => ({ type: "tool-input-delta", toolCallId: "c", inputTextDelta })));
  return chunks.slice(0).map((chunk, index) => {
    shown = appendDelta(shown, { streamId: "s", start: index, end: index + 1, parts: [chunk] });
    return (shown.parts[0] as ToolPart).input;
  }).slice(1);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

describe("the input of a tool that is being written", () => {
  test("is there when it is whole, and not before", () => {
    expect(inputs('{"a', '": "}', '"', "}", " \n")).toEqual([null, null, null, { a: "}" }, { a: "}" }]);
  });

  test("is none when something follows it, or when it is no JSON at all", () => {
    expect(inputs("{}", "x", "{}")).toEqual([{}, null, null]);
    expect(inputs("{]", "}")).toEqual([null, null]);
    expect(inputs('{"a":,}', "")).toEqual([null, null]);
  });

  test("may be a text, a number or a word", () => {
    expect(inputs('"a', '\\"b"')).toEqual([null, 'a"b']);
    expect(inputs("1", "2", "e")).toEqual([1, 12, null]);
    expect(inputs("tru", "e", " ")).toEqual([null, true, true]);
  });

  test("is what a parser finds in all that was written so far, wherever any JSON is cut", () => {
    const values = ['{"a":[1,{"b":"c\\\\\\"]"}],"d":null}', '  [[],[{}],"\\u00e9"] ', '""', "-1.5e3", "{}{}", '{"a"}', "[1,]", "false"];
    for (let seed = 0; seed < 200; seed += 1) {
      const chance = new Chance(seed);
      const text = chance.pick(values);
      const pieces: string[] = [];
      for (let at = 0; at < text.length; ) {
        const size = 1 + chance.below(5);
        pieces.push(text.slice(at, at + size));
        at += size;
      }
      const expected = pieces.map((_, index) => parsed(pieces.slice(0, index + 1).join("")));
      expect(inputs(...pieces)).toEqual(expected);
    }
  });
});

test("an input that never became whole is not the input of a call that has ended", () => {
  const begun: StreamPart[] = [
    { type: "tool-input-start", toolCallId: "c", toolName: "t" },
    { type: "tool-input-delta", toolCallId: "c", inputTextDelta: '{"a":1' },
  ];
  const ends: StreamPart[] = [
    { type: "tool-output-error", toolCallId: "c", errorText: "x" },
    { type: "tool-output-denied", toolCallId: "c" },
    { type: "tool-output-available", toolCallId: "c", output: 1 },
  ];
  for (const end of ends) {
    const { parts } = appendDelta(message(0, 1), { streamId: "s", start: 0, end: 3, parts: [...begun, end] });
    expect(parts[0]).toMatchObject({ input: null, rawInput: null });
  }
});

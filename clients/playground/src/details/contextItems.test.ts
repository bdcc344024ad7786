import { expect, test } from "vitest";

import { contentText, differenceOf, rankWords, splitOf } from "./contextItems";
import type { ContextItemFragment } from "./operations";

function item(more: Partial<ContextItemFragment>): ContextItemFragment {
  const ranks = { score: null, textRank: null, vectorRank: null, vectorScore: null };
  return { source: "RECENT", messageId: null, content: [], role: "USER", tokens: 1, leftOut: null, message: null, ...ranks, ...more };
}

test("what was left out does not count", () => {
  const items = [item({ tokens: 5 }), item({ source: "PROMPT", tokens: 7 }), item({ tokens: 100, leftOut: "BUDGET" })];
  const split = splitOf(items);
  expect([split.tokens, split.sent.length, split.leftOut.length]).toEqual([12, 2, 1]);
  expect(split.shares).toEqual([
    { source: "RECENT", items: 1, tokens: 5 },
    { source: "PROMPT", items: 1, tokens: 7 },
  ]);
});

test("two contexts differ by the messages that only one of them has", () => {
  const [a, b, c] = ["a", "b", "c"].map((messageId) => item({ messageId })) as [ContextItemFragment, ContextItemFragment, ContextItemFragment];
  expect(differenceOf([a, b], [b, c, item({})])).toEqual({ onlyPreview: 1, onlySeen: 1 });
  expect(differenceOf([a], [a])).toEqual({ onlyPreview: 0, onlySeen: 0 });
});

test("a find tells its score and its places", () => {
  expect(rankWords(item({ score: 0.0163934, textRank: 1, vectorRank: 2, vectorScore: 0.87654 }))).toEqual([
    "Score 0.0164",
    "Words #1",
    "Meaning #2",
    "Cosine 0.877",
  ]);
  expect(rankWords(item({}))).toEqual([]);
});

test("content is told as a person reads it", () => {
  expect(contentText("as it is")).toBe("as it is");
  expect(
    contentText([
      { type: "text", text: "Look:" },
      { type: "tool-call", toolName: "weather", input: { city: "Oslo" } },
      { type: "tool-result", toolName: "weather", output: { type: "text", value: "13 °C" } },
      { type: "tool-result", toolName: "weather", output: { type: "json", value: { c: 13 } } },
      { type: "file", mediaType: "image/png" },
      { type: "unheard-of", x: 1 },
    ]).split("\n"),
  ).toEqual(["Look:", 'weather({"city":"Oslo"})', "weather → 13 °C", 'weather → {"c":13}', "[image/png]", '{"type":"unheard-of","x":1}']);
  expect(contentText(null)).toBe("");
});

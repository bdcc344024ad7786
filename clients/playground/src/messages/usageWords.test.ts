import { expect, test } from "vitest";

import { usageWords } from "./usageWords";

const usage = { inputTokens: 1200, outputTokens: 34, totalTokens: 1234, cachedInputTokens: 0, reasoningTokens: 0 };

test.each([
  [null, "1,200 tokens in, 34 out"],
  [0, "1,200 tokens in, 34 out · $0.00"],
  [7, "1,200 tokens in, 34 out · $0.000007"],
  [1234, "1,200 tokens in, 34 out · $0.0012"],
  [2_345_678, "1,200 tokens in, 34 out · $2.35"],
])("a cost of %s millionths reads as %s", (costMicros, words) => {
  expect(usageWords({ ...usage, costMicros })).toBe(words);
});

test("nothing is said of what used nothing", () => {
  expect(usageWords(null)).toBeNull();
  expect(usageWords({ ...usage, totalTokens: 0, costMicros: null })).toBeNull();
});

import { expect, test } from "vitest";

import { titleOf } from "./threadTitle";

test("the first line is the title", () => {
  expect(titleOf("  Hello there \nsecond line")).toBe("Hello there");
});

test("a long line is cut at a word", () => {
  const title = titleOf("word ".repeat(40));
  expect(title).toMatch(/^(word )+word…$/);
  expect(title.length).toBeLessThanOrEqual(61);
});

test("a long word is cut anywhere", () => {
  expect(titleOf("x".repeat(100))).toBe(`${"x".repeat(60)}…`);
});

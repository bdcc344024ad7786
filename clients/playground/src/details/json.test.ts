import { expect, test } from "vitest";

import { chunksOf, jsonFrom, jsonOf, tokensOf } from "./json";

test("chunks are the text, cut behind every hundredth line", () => {
  const text = Array.from({ length: 250 }, (_, line) => `line ${line}`).join("\n");
  const chunks = chunksOf(text);
  expect(chunks.join("")).toBe(text);
  expect(chunks.map((chunk) => chunk.split("\n").length - 1)).toEqual([100, 100, 49]);
});

test("a line that never ends is cut as well", () => {
  const text = "x".repeat(20_001);
  const chunks = chunksOf(text);
  expect(chunks.join("")).toBe(text);
  expect(Math.max(...chunks.map((chunk) => chunk.length))).toBe(8_000);
});

test("tokens are the text, and know keys from strings", () => {
  const text = jsonOf({ 'a "quoted": key': "va: lue", n: -1.5e3, list: [true, null, "\\"] });
  const tokens = tokensOf(text);
  expect(tokens.map((token) => token.text).join("")).toBe(text);
  const found = (kind: string) => tokens.filter((token) => token.kind === kind).map((token) => token.text);
  expect(found("key")).toEqual(['"a \\"quoted\\": key"', '"n"', '"list"']);
  expect(found("string")).toEqual(['"va: lue"', '"\\\\"']);
  expect(found("number")).toEqual(["-1500"]);
  expect(found("word")).toEqual(["true", "null"]);
});

test("what JSON has no word for is told as text", () => {
  expect(jsonOf(undefined)).toBe("undefined");
});

test("a typed text is read, and an empty one is null", () => {
  expect(jsonFrom(' {"a": [1]} ')).toEqual({ a: [1] });
  expect(jsonFrom(" \n")).toBeNull();
});

test("a text that is not JSON says where it goes wrong", () => {
  expect(() => jsonFrom('{\n  "a": nope\n}')).toThrow(`This is not JSON yet. Unexpected token 'o' near { "a": nope }`);
  expect(() => jsonFrom('{\n  "a": 1,\n}')).toThrow("This is not JSON yet. Expected double-quoted property name, in line 3, column 1.");
  expect(() => jsonFrom("{")).toThrow(/^This is not JSON yet\. Expected property name or '}', in line 1, column 2\.$/);
});

import { expect, test } from "vitest";

import { promptOf } from "./promptOf";

const text = (words: string) => ({ __typename: "TextPart", text: words, state: "DONE" }) as const;
const picture = { __typename: "FilePart", mediaType: "image/png", filename: null, url: "https://example.org/a.png" } as const;

test("what was written keeps its paragraphs: parts are not joined by spaces", () => {
  expect(promptOf({ text: "One\ntwo three", parts: [text("One\ntwo"), picture, text("three")] })).toBe("One\ntwo\n\nthree");
});

test("a message without parts of text says what its text says", () => {
  expect(promptOf({ text: "", parts: [picture] })).toBe("");
  expect(promptOf({ text: "Hello", parts: [] })).toBe("Hello");
});

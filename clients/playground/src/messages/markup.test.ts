import { expect, test } from "vitest";

import { parseInline, parseMarkup } from "./markup";

const text = (value: string) => ({ kind: "text", text: value });

test("paragraphs end at an empty line and keep their line breaks", () => {
  expect(parseMarkup("one\ntwo\n\nthree")).toEqual([
    { kind: "paragraph", inlines: [text("one\ntwo")] },
    { kind: "paragraph", inlines: [text("three")] },
  ]);
});

test("code blocks keep everything as written", () => {
  expect(parseMarkup("see:\n```ts\nconst **a** = `b`;\n\n- x\n```\ndone")).toEqual([
    { kind: "paragraph", inlines: [text("see:")] },
    { kind: "code", language: "ts", text: "const **a** = `b`;\n\n- x" },
    { kind: "paragraph", inlines: [text("done")] },
  ]);
});

test("a code block that still streams reaches to the end", () => {
  expect(parseMarkup("```\nhalf")).toEqual([{ kind: "code", language: "", text: "half" }]);
});

test("lists and headings", () => {
  expect(parseMarkup("## Why\n- a\n- **b**\n3. c\n4. d")).toEqual([
    { kind: "heading", inlines: [text("Why")] },
    { kind: "list", ordered: false, start: 1, items: [[text("a")], [{ kind: "strong", text: "b" }]] },
    { kind: "list", ordered: true, start: 3, items: [[text("c")], [text("d")]] },
  ]);
});

test("inline code, bold and italic, and nothing else", () => {
  expect(parseInline("a `b**c**` **d e** *f* 2 * 3 ** 4 <b>")).toEqual([
    text("a "),
    { kind: "code", text: "b**c**" },
    text(" "),
    { kind: "strong", text: "d e" },
    text(" "),
    { kind: "emphasis", text: "f" },
    text(" 2 * 3 ** 4 <b>"),
  ]);
});

test("HTML stays text", () => {
  expect(parseMarkup("<script>alert(1)</script>")).toEqual([
    { kind: "paragraph", inlines: [text("<script>alert(1)</script>")] },
  ]);
});

import { expect, test } from "vitest";

import { attachmentAt, attachmentOf, MOST_BYTES, RefusedFile } from "./files";

test.each([
  ["https://example.org/a/picture.PNG?size=2", "image/png", "picture.PNG"],
  ["https://example.org/report.pdf", "application/pdf", "report.pdf"],
  ["https://example.org/photo", "image/*", "photo"],
  [" http://example.org ", "image/*", null],
])("%j is attached as %s", (text, mediaType, filename) => {
  expect(attachmentAt(text)).toMatchObject({ mediaType, filename });
});

test.each(["", "picture.png", "file:///etc/passwd", "javascript:alert(1)", "https://example.org/%E0%A4%A"])(
  "%j is no address of a file",
  (text) => {
    expect(attachmentAt(text)).toBeNull();
  },
);

test("a file that does not fit beside the others is refused before it is read", async () => {
  const file = new File([new Uint8Array(1000)], "a.bin");
  const others = [
    { id: "1", url: `data:;base64,${"A".repeat(Math.ceil(MOST_BYTES / 0.75))}`, mediaType: "", filename: null },
  ];
  await expect(attachmentOf(file, others)).rejects.toThrow(RefusedFile);
});

/** Reads the little markup that models write: code blocks, headings, lists, paragraphs, inline code, bold, italic. Text only. */

export type Inline = { readonly kind: "text" | "code" | "strong" | "emphasis"; readonly text: string };

export type Block =
  | { readonly kind: "paragraph" | "heading"; readonly inlines: readonly Inline[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | {
      readonly kind: "list";
      readonly ordered: boolean;
      readonly start: number;
      readonly items: readonly (readonly Inline[])[];
    };

const fence = /^\s*```\s*([\w+#.-]*)\s*$/;
const heading = /^#{1,6}\s+(.*)$/;
const item = /^\s*(?:[-*•]|(\d{1,9})[.)])\s+(.*)$/;

/** An unfinished code block (the text is still streaming) reaches to the end. */
export function parseMarkup(text: string): readonly Block[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const [block, next] = readBlock(lines, at);
    if (block) blocks.push(block);
    at = next;
  }
  return blocks;
}

function readBlock(lines: readonly string[], at: number): [Block | null, number] {
  const line = lines[at] ?? "";
  if (line.trim() === "") return [null, at + 1];
  const opening = fence.exec(line);
  if (opening) return readCode(lines, at + 1, opening[1] ?? "");
  const title = heading.exec(line);
  if (title) return [{ kind: "heading", inlines: parseInline(title[1] ?? "") }, at + 1];
  if (item.test(line)) return readList(lines, at);
  return readParagraph(lines, at);
}

function readCode(lines: readonly string[], from: number, language: string): [Block, number] {
  const closing = lines.findIndex((line, index) => index >= from && /^\s*```\s*$/.test(line));
  const end = closing === -1 ? lines.length : closing;
  return [{ kind: "code", language, text: lines.slice(from, end).join("\n") }, end + 1];
}

function readList(lines: readonly string[], from: number): [Block, number] {
  const first = item.exec(lines[from] ?? "");
  const ordered = first?.[1] !== undefined;
  const end = endOf(lines, from, (line) => {
    const match = item.exec(line);
    return match !== null && (match[1] !== undefined) === ordered;
  });
  const items = lines.slice(from, end).map((line) => parseInline(item.exec(line)?.[2] ?? ""));
  return [{ kind: "list", ordered, start: Number(first?.[1] ?? 1), items }, end];
}

function readParagraph(lines: readonly string[], from: number): [Block, number] {
  const end = endOf(
    lines,
    from,
    (line) => line.trim() !== "" && ![fence, heading, item].some((rule) => rule.test(line)),
  );
  return [{ kind: "paragraph", inlines: parseInline(lines.slice(from, end).join("\n")) }, end];
}

function endOf(lines: readonly string[], from: number, belongs: (line: string) => boolean): number {
  const end = lines.findIndex((line, index) => index > from && !belongs(line));
  return end === -1 ? lines.length : end;
}

const inline =
  /`(?<code>[^`\n]+)`|\*\*(?<strong>[^\s*](?:[^*]*[^\s*])?)\*\*|\*(?<emphasis>[^\s*](?:[^*\n]*[^\s*])?)\*/g;
const inlineKinds = ["code", "strong", "emphasis"] as const;

export function parseInline(text: string): readonly Inline[] {
  const inlines: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > end) inlines.push({ kind: "text", text: text.slice(end, match.index) });
    for (const kind of inlineKinds) {
      const inner = match.groups?.[kind];
      if (inner !== undefined) inlines.push({ kind, text: inner });
    }
    end = match.index + match[0].length;
  }
  if (end < text.length) inlines.push({ kind: "text", text: text.slice(end) });
  return inlines;
}

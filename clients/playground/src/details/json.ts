/** JSON for people: indented, cut into chunks that a browser can lay out one by one, and into tokens that have colours. */

export type Kind = "key" | "string" | "number" | "word";

export interface Token {
  readonly kind: Kind | null;
  readonly text: string;
}

const LINES = 100;
const WIDEST = 8_000;
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Whatever it is; what JSON has no word for is told as text. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? String(value);
}

/** Pieces of at most so many lines, which together are the text. A line that never ends is cut as well. */
export function chunksOf(text: string): readonly string[] {
  const chunks: string[] = [];
  let start = 0;
  let lines = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) === 10) lines += 1;
    if (lines < LINES && at + 1 - start < WIDEST) continue;
    chunks.push(text.slice(start, at + 1));
    start = at + 1;
    lines = 0;
  }
  if (start < text.length) chunks.push(text.slice(start));
  return chunks;
}

/** Pieces with their kind, which together are the text. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let end = 0;
  const put = (kind: Kind | null, piece: string) => {
    if (piece !== "") tokens.push({ kind, text: piece });
  };
  for (const match of text.matchAll(TOKEN)) {
    const [whole, quoted, colon = "", digits] = match;
    put(null, text.slice(end, match.index));
    if (quoted === undefined) put(digits === undefined ? "word" : "number", whole);
    else {
      put(colon === "" ? "string" : "key", quoted);
      put(null, colon);
    }
    end = match.index + whole.length;
  }
  put(null, text.slice(end));
  return tokens;
}

/** The value of a text that a person typed; raises an Error that says where it is wrong. An empty text is null. */
export function jsonFrom(text: string): unknown {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`This is not JSON yet. ${placed(error, text)}`, { cause: error });
  }
}

/** V8 tells either the position or the text around it. */
function placed(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const [, reason = message, near] = /^(.*?), (?:\.{3})?"([^]*?)"(?:\.{3})? is not valid JSON$/s.exec(message) ?? [];
  if (near !== undefined) return `${reason} near ${near.replace(/\s+/g, " ").trim()}`;
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return `${message}.`;
  const before = text.slice(0, Number(position)).split("\n");
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  return `${message.replace(/ in JSON at position[^]*$/, "")}, in ${place}.`;
}

/** What a list of context items says altogether, and each of them in words. */

import type { ContextItemFragment, ContextLeftOut, ContextSource } from "./operations";

export const sources: readonly ContextSource[] = [
  "SEARCH",
  "SEARCH_NEIGHBOUR",
  "RECENT",
  "INPUT",
  "PROMPT",
  "RESPONSE",
  "HANDLER",
];

export const sourceWords: Readonly<Record<ContextSource, string>> = {
  SEARCH: "Found",
  SEARCH_NEIGHBOUR: "Near a find",
  RECENT: "Recent",
  INPUT: "Given",
  PROMPT: "Prompt",
  RESPONSE: "Answer so far",
  HANDLER: "Your code",
};

export const leftOutWords: Readonly<Record<ContextLeftOut, string>> = {
  BUDGET: "It does not fit into the token limit.",
  WINDOW: "Its turn does not fit whole into the recent messages.",
  DUPLICATE: "It is a copy of a message that is sent.",
  TOOL: "It has nothing but tool calls or results of an earlier turn.",
  ORPHAN: "It is a tool call without its result, or a result without its call.",
  HANDLER: "Your code took it out.",
};

export interface Share {
  readonly source: ContextSource;
  readonly items: number;
  readonly tokens: number;
}

export interface Split {
  readonly sent: readonly ContextItemFragment[];
  readonly leftOut: readonly ContextItemFragment[];
  readonly tokens: number;
  /** Of what is sent, by source, in the order of sources; sources without any are not there. */
  readonly shares: readonly Share[];
}

export function splitOf(items: readonly ContextItemFragment[]): Split {
  const sent = items.filter((item) => item.leftOut === null);
  const shares = sources.flatMap((source): Share[] => {
    const mine = sent.filter((item) => item.source === source);
    return mine.length === 0 ? [] : [{ source, items: mine.length, tokens: tokensOf(mine) }];
  });
  return { sent, leftOut: items.filter((item) => item.leftOut !== null), tokens: tokensOf(sent), shares };
}

function tokensOf(items: readonly ContextItemFragment[]): number {
  return items.reduce((sum, item) => sum + item.tokens, 0);
}

/** Messages that are in one of two contexts and not in the other, by their ids. */
export function differenceOf(preview: readonly ContextItemFragment[], seen: readonly ContextItemFragment[]) {
  const [here, there] = [preview, seen].map((items) => new Set(items.flatMap((item) => item.messageId ?? [])));
  const missing = (from: Set<string> | undefined, other: Set<string> | undefined) =>
    [...(from ?? [])].filter((id) => !other?.has(id)).length;
  return { onlyPreview: missing(here, there), onlySeen: missing(there, here) };
}

/** Why it was found: its score and its places in the searches. */
export function rankWords({ score, textRank, vectorRank, vectorScore }: ContextItemFragment): readonly string[] {
  return [
    ...(score === null ? [] : [`Score ${score.toFixed(4)}`]),
    ...(textRank === null ? [] : [`Words #${textRank}`]),
    ...(vectorRank === null ? [] : [`Meaning #${vectorRank}`]),
    ...(vectorScore === null ? [] : [`Cosine ${vectorScore.toFixed(3)}`]),
  ];
}

type Part = Readonly<Record<string, unknown>>;

/** The content parts of a message as a person reads them. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return content === null ? "" : JSON.stringify(content);
  return (content as readonly unknown[]).map((part) => partText(part as Part)).join("\n");
}

function partText(part: Part): string {
  const name = typeof part.toolName === "string" ? part.toolName : "tool";
  switch (part.type) {
    case "text":
    case "reasoning":
      return String(part.text ?? "");
    case "tool-call":
      return `${name}(${JSON.stringify(part.input ?? part.args ?? {})})`;
    case "tool-result":
      return `${name} → ${resultText(part.output ?? part.result)}`;
    case "image":
    case "file":
      return `[${typeof part.mediaType === "string" ? part.mediaType : String(part.type)}]`;
    default:
      return JSON.stringify(part);
  }
}

function resultText(output: unknown): string {
  const value = typeof output === "object" && output !== null && "value" in output ? output.value : output;
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Tells when JSON that comes in pieces is whole. Each character is looked at once, and what is whole is parsed once. */

export interface JsonProgress {
  /** blank: nothing yet. open: within braces, brackets or quotes. bare: a number or a word. whole. broken: more behind it. */
  readonly stage: "blank" | "open" | "bare" | "whole" | "broken";
  readonly depth: number;
  readonly inString: boolean;
  readonly escaped: boolean;
}

export const noJson: JsonProgress = { stage: "blank", depth: 0, inString: false, escaped: false };

/** A number or a word may be whole at any character; longer ones are none. */
const LONGEST_BARE = 64;

export function advanced(before: JsonProgress, piece: string): JsonProgress {
  let { stage, depth, inString, escaped } = before;
  for (let index = 0; index < piece.length && stage !== "bare" && stage !== "broken"; index += 1) {
    const char = piece[index] as string;
    if (inString) {
      if (escaped) escaped = false;
      else if (char === "\\") escaped = true;
      else if (char === '"') inString = false;
    } else if (" \t\n\r".includes(char)) continue;
    else if (stage === "whole") stage = "broken";
    else if (char === '"') inString = true;
    else if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") depth -= 1;
    else if (stage === "blank") stage = "bare";
    if (stage === "blank") stage = "open";
    if (stage === "open" && depth <= 0 && !inString) stage = "whole";
  }
  return { stage, depth, inString, escaped };
}

/** The value, if the text is one as it is; null if not. `known` is what it was before the last piece. */
export function valueOf(progress: JsonProgress, before: JsonProgress, text: string, known: unknown): unknown {
  if (progress.stage === "whole") return before.stage === "whole" ? known : parsed(text);
  return progress.stage === "bare" && text.length <= LONGEST_BARE ? parsed(text) : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

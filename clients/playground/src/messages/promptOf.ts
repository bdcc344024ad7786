import type { ThreadMessage } from "weft-client";

/** What was written, as it was written: `text` joins the parts of a message with spaces. */
export function promptOf(message: Pick<ThreadMessage, "parts" | "text">): string {
  const texts = message.parts.flatMap((part) => (part.__typename === "TextPart" ? [part.text] : []));
  return texts.length === 0 ? message.text : texts.join("\n\n");
}

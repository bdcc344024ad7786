import { useState } from "react";
import type { ThreadMessage } from "weft-client";

/** How many messages came in below while the reader was further up. */
export function useNewer(messages: readonly ThreadMessage[], atBottom: boolean): number {
  const last = messages.at(-1)?.viewKey ?? null;
  const [left, setLeft] = useState(last);
  if (atBottom && left !== last) setLeft(last);
  if (atBottom || left === null) return 0;
  const at = messages.findIndex((message) => message.viewKey === left);
  return at < 0 ? 0 : messages.length - 1 - at;
}

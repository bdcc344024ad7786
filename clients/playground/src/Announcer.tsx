import { useEffect, useRef, useState } from "react";

import { isSettled } from "./threadState";
import type { VisibleMessage } from "./visibleMessages";

/**
 * Tells a screen reader that an answer began, and reads it once when it is complete: reading it word by word as it
 * streams would never come to an end.
 */
export function Announcer({ rows }: { readonly rows: readonly VisibleMessage[] }) {
  const [words, setWords] = useState("");
  const awaited = useRef<string | null>(null);
  const last = rows.at(-1);

  useEffect(() => {
    const message = last?.message;
    if (message?.role !== "ASSISTANT") return;
    if (!isSettled(message)) {
      if (awaited.current !== message.key) setWords(`${message.agentName ?? "The agent"} is answering`);
      awaited.current = message.key;
    } else if (awaited.current === message.key) {
      awaited.current = null;
      setWords([message.text, message.error].filter(Boolean).join(". "));
    }
  }, [last]);

  return (
    <p className="unseen" aria-live="polite" aria-atomic="true">
      {words}
    </p>
  );
}

import { useEffect, useRef, useState } from "react";

import { isSettled } from "./threadState";
import { progressWords } from "./toolWords";
import type { VisibleMessage } from "./visibleMessages";

interface AnnouncerProps {
  readonly rows: readonly VisibleMessage[];
  readonly waiting: boolean;
}

/**
 * Tells a screen reader that an answer began, which tools it uses and what it asks, and reads it once when it is
 * complete: reading it word by word as it streams would never come to an end.
 */
export function Announcer({ rows, waiting }: AnnouncerProps) {
  const [words, setWords] = useState("");
  const awaited = useRef<string | null>(null);
  const last = rows.at(-1);

  useEffect(() => {
    const message = last?.message;
    if (message?.role !== "ASSISTANT") return;
    const progress = progressWords(message, !isSettled(message), waiting);
    if (progress !== null) {
      awaited.current = message.key;
      setWords(progress);
    } else if (awaited.current === message.key) {
      awaited.current = null;
      setWords([message.text, message.error].filter(Boolean).join(". "));
    }
  }, [last, waiting]);

  return (
    <p className="unseen" aria-live="polite" aria-atomic="true">
      {words}
    </p>
  );
}

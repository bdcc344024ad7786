import { useEffect, useRef, useState } from "react";
import type { ThreadMessage } from "weft-client";

import { progressWords } from "../tools/toolWords";

interface AnnouncerProps {
  readonly messages: readonly ThreadMessage[];
  readonly waiting: boolean;
}

/**
 * Tells a screen reader that an answer began, which tools it uses and what it asks, and reads it once when it is
 * complete: reading it word by word as it streams would never come to an end.
 */
export function Announcer({ messages, waiting }: AnnouncerProps) {
  const [words, setWords] = useState("");
  const awaited = useRef<string | null>(null);
  const message = messages.at(-1);

  useEffect(() => {
    if (message?.role !== "ASSISTANT") return;
    const progress = progressWords(message, message.isLive, waiting);
    if (progress !== null) {
      awaited.current = message.key;
      setWords(progress);
    } else if (awaited.current === message.key) {
      awaited.current = null;
      setWords([message.text, message.error].filter(Boolean).join(". "));
    }
  }, [message, waiting]);

  return (
    <p className="unseen" aria-live="polite" aria-atomic="true">
      {words}
    </p>
  );
}

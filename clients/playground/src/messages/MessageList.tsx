import { useMemo, type KeyboardEvent } from "react";
import type { Generation, ThreadMessage } from "weft-client";

import { MessageView } from "./MessageView";

interface MessageListProps {
  readonly messages: readonly ThreadMessage[];
  readonly generations: readonly Generation[];
  /** An answer is being made or waits: nothing can be asked again. */
  readonly busy: boolean;
  readonly selected: string | null;
  readonly ratings: ReadonlyMap<string, number>;
  readonly owner: string;
}

export function MessageList({ messages, generations, busy, selected, ratings, owner }: MessageListProps) {
  const waiting = useMemo(
    () => new Set(generations.filter(({ status }) => status === "WAITING").map(({ order }) => order)),
    [generations],
  );
  return (
    <ol className="messages" aria-label="Messages" data-busy={busy || undefined} onKeyDown={walk}>
      {messages.map((message) => (
        <MessageView
          key={message.viewKey}
          message={message}
          waiting={message.role === "ASSISTANT" && waiting.has(message.order)}
          selected={message.viewKey === selected}
          rating={ratings.get(message.id) ?? null}
          owner={owner}
        />
      ))}
    </ol>
  );
}

const presses: Readonly<Record<string, string>> = {
  c: "Copy the text",
  r: "Regenerate",
  e: "Edit and answer again",
  d: "Details",
  Enter: "Details",
};

/** Keys of the message that has the focus: to its neighbours, and to what can be done with it. */
function walk(event: KeyboardEvent<HTMLOListElement>): void {
  const row = document.activeElement;
  if (!(row instanceof HTMLElement) || !row.matches(".message") || event.metaKey || event.ctrlKey || event.altKey)
    return;
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  const label = presses[event.key];
  if (step === undefined && label === undefined) return;
  event.preventDefault();
  if (label !== undefined) return row.querySelector<HTMLElement>(`[aria-label="${label}"]`)?.click();
  const next = step === 1 ? row.nextElementSibling : row.previousElementSibling;
  if (!(next instanceof HTMLElement)) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

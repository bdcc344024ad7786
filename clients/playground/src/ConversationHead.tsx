import { useState } from "react";

import { ConnectionBadge } from "./ConnectionBadge";
import { Icon } from "./Icon";
import type { ThreadSession } from "./threadSession";
import { isWaiting, type ThreadState } from "./threadState";

interface ConversationHeadProps {
  readonly session: ThreadSession;
  readonly state: ThreadState;
  readonly onMenu: (() => void) | null;
}

export function ConversationHead({ session, state, onMenu }: ConversationHeadProps) {
  const [editing, setEditing] = useState(false);
  const title = state.thread?.title ?? (state.threadId === null ? "New thread" : "Untitled thread");
  const rename = (text: string) => {
    setEditing(false);
    if (text !== "" && text !== title) void session.rename(text);
  };
  return (
    <header className="head">
      {onMenu && (
        <button className="icon-button" type="button" onClick={onMenu} aria-label="Open the thread list">
          <Icon name="menu" />
        </button>
      )}
      {editing ? (
        <TitleField title={title} onDone={rename} onCancel={() => setEditing(false)} />
      ) : (
        <>
          <h1 className="head__title">{state.phase === "loading" ? "" : title}</h1>
          {state.phase === "ready" && (
            <button
              className="icon-button head__rename"
              type="button"
              onClick={() => setEditing(true)}
              aria-label="Rename this thread"
            >
              <Icon name="edit" />
            </button>
          )}
        </>
      )}
      {isWaiting(state) && (
        <button className="head__waiting" type="button" onClick={showQuestion}>
          Waiting for you
        </button>
      )}
      {onMenu && <ConnectionBadge />}
    </header>
  );
}

/** Brings the first open question of the thread into view and the keyboard to it. */
function showQuestion(): void {
  const question = document.querySelector<HTMLElement>(".tool--asking");
  question?.scrollIntoView({ block: "nearest" });
  question?.focus({ preventScroll: true });
}

interface TitleFieldProps {
  readonly title: string;
  readonly onDone: (text: string) => void;
  readonly onCancel: () => void;
}

/** Enter or leaving the field keeps the new title, Escape the old one. */
function TitleField({ title, onDone, onCancel }: TitleFieldProps) {
  const [text, setText] = useState(title);
  return (
    <input
      className="head__field"
      aria-label="Title of this thread"
      value={text}
      maxLength={200}
      autoFocus
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onDone(text.trim())}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") onDone(text.trim());
        if (event.key === "Escape") {
          event.preventDefault();
          onCancel();
        }
      }}
    />
  );
}

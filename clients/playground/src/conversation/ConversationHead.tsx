import { useState } from "react";
import type { Phase, ThreadSummary } from "weft-client";

import { ConnectionBadge } from "../connection/ConnectionBadge";
import { usageWords } from "../messages/usageWords";
import { ThreadMenu } from "../threads/ThreadMenu";
import { Icon } from "../ui/Icon";
import { useThreadUsage } from "./useThreadUsage";

interface ConversationHeadProps {
  readonly threadId: string | null;
  readonly thread: ThreadSummary | null;
  readonly phase: Phase;
  readonly waiting: boolean;
  /** Changes whenever an answer may have ended. */
  readonly revision: string;
  readonly onMenu: (() => void) | null;
  readonly detailsOpen: boolean;
  readonly onDetails: () => void;
  readonly onRename: (title: string) => void;
  readonly onDeleted: () => void;
}

export function ConversationHead(props: ConversationHeadProps) {
  const { threadId, thread, phase, waiting, revision, onMenu, detailsOpen, onDetails, onRename, onDeleted } = props;
  const [editing, setEditing] = useState(false);
  const usage = usageWords(useThreadUsage(phase === "ready" ? threadId : null, revision));
  const title = thread?.title ?? (threadId === null ? "New thread" : "Untitled thread");
  const facts = [thread?.userId ?? null, usage, thread?.status === "ARCHIVED" ? "archived" : null].filter(
    (fact) => fact !== null,
  );
  const rename = (text: string) => {
    setEditing(false);
    if (text !== "" && text !== title) onRename(text);
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
        <div className="head__words">
          <h1 className="head__title">{phase === "loading" ? "Loading…" : title}</h1>
          {facts.length > 0 && <p className="head__facts">{facts.join(" · ")}</p>}
        </div>
      )}
      {phase === "ready" && !editing && (
        <button
          className="icon-button head__rename"
          type="button"
          onClick={() => setEditing(true)}
          aria-label="Rename this thread"
        >
          <Icon name="edit" />
        </button>
      )}
      <span className="head__gap" />
      {waiting && (
        <button className="head__waiting" type="button" onClick={showQuestion} title="Waiting for you">
          <span>Waiting for you</span>
        </button>
      )}
      {onMenu && <ConnectionBadge />}
      <button
        className="icon-button"
        type="button"
        aria-label="Details pane"
        aria-pressed={detailsOpen}
        title="Details"
        onClick={onDetails}
      >
        <Icon name="details" />
      </button>
      {thread && phase === "ready" && <ThreadMenu thread={thread} onDeleted={onDeleted} />}
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

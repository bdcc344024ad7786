import type { ThreadState } from "./threadState";

interface ThreadNoticeProps {
  readonly state: ThreadState;
  readonly onOpen: (threadId: string | null) => void;
}

/** What there is to say about the thread as a whole: it loads, it is gone, or something did not work. */
export function ThreadNotice({ state, onOpen }: ThreadNoticeProps) {
  if (state.phase === "loading") return <p className="notice">Loading the thread…</p>;
  if (state.phase === "failed") return <p className="notice">{state.notice} Trying again…</p>;
  if (state.phase === "missing" || state.phase === "deleted") {
    return (
      <div className="notice" role="alert">
        <p>{state.phase === "deleted" ? "This thread was deleted." : (state.notice ?? "There is no such thread.")}</p>
        <button type="button" onClick={() => onOpen(null)}>
          Start a new thread
        </button>
      </div>
    );
  }
  return state.notice === null ? null : (
    <p className="notice notice--failure" role="alert">
      {state.notice}
    </p>
  );
}

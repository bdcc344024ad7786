import { addressOf } from "./address";
import { isPlainClick } from "./isPlainClick";
import type { ThreadSummary } from "./model";
import type { ThreadListSession } from "./threadListSession";
import { lastActivity } from "./threadListStore";
import { fullTime, shortTime } from "./time";
import { useStore } from "./useStore";

interface ThreadListProps {
  readonly session: ThreadListSession;
  readonly current: string | null;
  readonly onOpen: (threadId: string) => void;
}

export function ThreadList({ session, current, onOpen }: ThreadListProps) {
  const { phase, threads, hasMore } = useStore(session.store);
  if (phase !== "ready" && threads.length === 0) {
    return <p className="threads__note">{phase === "failed" ? "The server cannot be reached." : "Loading…"}</p>;
  }
  if (threads.length === 0) return <p className="threads__note">Your threads will be listed here.</p>;
  return (
    <div className="threads">
      <ul>
        {threads.map((thread) => (
          <li key={thread.id}>
            <ThreadLink thread={thread} isCurrent={thread.id === current} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {hasMore && (
        <button className="quiet-button" type="button" onClick={() => void session.loadMore()}>
          Show more
        </button>
      )}
    </div>
  );
}

interface ThreadLinkProps {
  readonly thread: ThreadSummary;
  readonly isCurrent: boolean;
  readonly onOpen: (threadId: string) => void;
}

function ThreadLink({ thread, isCurrent, onOpen }: ThreadLinkProps) {
  const time = lastActivity(thread);
  return (
    <a
      className="thread-link"
      href={addressOf(thread.id)}
      aria-current={isCurrent ? "page" : undefined}
      onClick={(event) => {
        if (!isPlainClick(event)) return;
        event.preventDefault();
        onOpen(thread.id);
      }}
    >
      <span className="thread-link__title">{thread.title ?? "Untitled thread"}</span>
      {thread.pendingApprovals.length > 0 && <span className="thread-link__waiting">Waiting for you</span>}
      <time className="thread-link__time" dateTime={time} title={fullTime(time)}>
        {shortTime(time)}
      </time>
    </a>
  );
}

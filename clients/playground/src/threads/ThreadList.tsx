import type { KeyboardEvent } from "react";
import { lastActivity, type ThreadSummary } from "weft-client";
import { useThreads, type Threads } from "weft-client/react";

import { useServer } from "../connection/ServerContext";
import { isPlainClick } from "../ui/isPlainClick";
import { fullTime, shortTime } from "../ui/time";
import { useRefused } from "../connection/useRefused";
import { addressOf } from "./address";
import type { People } from "./people";
import { ThreadMenu } from "./ThreadMenu";
import { useFoundThreads } from "./useFoundThreads";
import { useReopened } from "./useReopened";

interface ThreadListProps {
  readonly people: People;
  /** Words that the titles have; empty for any. */
  readonly title: string;
  readonly archived: boolean;
  readonly current: string | null;
  readonly onOpen: (threadId: string | null) => void;
}

/** The threads that are asked for, live. */
export function ThreadList(props: ThreadListProps) {
  const { people, title, archived } = props;
  const isPlain = title === "" && !archived && people.kind !== "anonymous";
  return isPlain ? <LiveThreads {...props} /> : <FoundThreads {...props} />;
}

function LiveThreads({ people, ...shown }: ThreadListProps) {
  const options = people.kind === "user" ? { filter: { userId: people.userId } } : {};
  useReopened(options);
  return <Rows list={useThreads(options)} people={people} {...shown} />;
}

function FoundThreads(props: ThreadListProps) {
  const { people, title, archived } = props;
  const { round } = useServer();
  const list = useFoundThreads(
    {
      status: archived ? "ARCHIVED" : "ACTIVE",
      ...(title === "" ? {} : { title }),
      ...(people.kind === "user" ? { userId: people.userId } : {}),
      ...(people.kind === "anonymous" ? { anonymous: true } : {}),
    },
    round,
  );
  return <Rows list={list} {...props} />;
}

interface RowsProps extends ThreadListProps {
  readonly list: Threads;
}

function Rows({ list, people, title, archived, current, onOpen }: RowsProps) {
  const { threads, status, error, loadMore } = list;
  useRefused(error);
  if (status === "LoadingFirstPage" && error === null) return <Skeleton />;
  if (threads.length === 0) {
    return (
      <p className="threads__note" role={error ? "alert" : undefined}>
        {error ? error.message : emptyWords(title, archived)}
      </p>
    );
  }
  return (
    <div className="threads" onKeyDown={walk}>
      {error && <p className="threads__error">{error.message}</p>}
      <ul>
        {threads.map((thread) => (
          <li key={thread.id} className="thread-row" data-current={thread.id === current || undefined}>
            <ThreadLink
              thread={thread}
              isCurrent={thread.id === current}
              showsOwner={people.kind === "everyone"}
              onOpen={onOpen}
            />
            <ThreadMenu thread={thread} onDeleted={() => thread.id === current && onOpen(null)} />
          </li>
        ))}
      </ul>
      {(status === "CanLoadMore" || status === "LoadingMore") && (
        <button
          className="quiet-button"
          type="button"
          disabled={status === "LoadingMore"}
          onClick={() => void loadMore()}
        >
          {status === "LoadingMore" ? "Loading…" : "Show more"}
        </button>
      )}
    </div>
  );
}

function emptyWords(title: string, archived: boolean): string {
  if (title !== "") return `No ${archived ? "archived " : ""}thread has these words in its title.`;
  return archived ? "Nothing is archived." : "Threads will be listed here.";
}

/** The arrow keys go from thread to thread. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>(".thread-link")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  if (step === undefined || at < 0) return;
  event.preventDefault();
  links[at + step]?.focus();
}

interface ThreadLinkProps {
  readonly thread: ThreadSummary;
  readonly isCurrent: boolean;
  readonly showsOwner: boolean;
  readonly onOpen: (threadId: string) => void;
}

function ThreadLink({ thread, isCurrent, showsOwner, onOpen }: ThreadLinkProps) {
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
      <time className="thread-link__time" dateTime={time} title={fullTime(time)}>
        {shortTime(time)}
      </time>
      {showsOwner && thread.userId !== null && <span className="thread-link__owner">{thread.userId}</span>}
      {thread.pendingApprovals.length > 0 && <span className="thread-link__waiting">Waiting for you</span>}
    </a>
  );
}

const bones = ["1", "2", "3", "4", "5"];

function Skeleton() {
  return (
    <div className="threads threads--loading" role="status">
      <span className="unseen">Loading the threads…</span>
      {bones.map((row) => (
        <span key={row} className="bone" aria-hidden="true" />
      ))}
    </div>
  );
}

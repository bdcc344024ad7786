import { useEffect, useRef, useState } from "react";
import type { OutgoingMessage, ThreadMessage, ThreadStore } from "weft-client";
import { useUIMessages, useWeft } from "weft-client/react";

import { Composer } from "../composer/Composer";
import { attachedTo, plainOptions, outgoing, writtenIn, type SendOptions } from "../composer/outgoing";
import { useWritten, writeBefore } from "../composer/useWritten";
import { OfflineNotice } from "../connection/OfflineNotice";
import type { AgentChoice } from "../connection/useAgents";
import { useRefused } from "../connection/useRefused";
import { MessageActionsProvider } from "../messages/actions";
import { deleteMessage } from "../messages/deletion";
import { MessageList } from "../messages/MessageList";
import { useMessageWork } from "../messages/useMessageWork";
import { useRatings } from "../messages/useRatings";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { Icon } from "../ui/Icon";
import { useTell } from "../ui/Notices";
import { Announcer } from "./Announcer";
import { ConversationHead } from "./ConversationHead";
import { EmptyState } from "./EmptyState";
import { OlderMessages } from "./OlderMessages";
import { ThreadNotice } from "./ThreadNotice";
import { useNewer } from "./useNewer";
import { useStickToBottom } from "./useStickToBottom";

interface ConversationProps {
  readonly store: ThreadStore;
  readonly agents: AgentChoice;
  readonly options: SendOptions;
  readonly onOptions: (options: SendOptions) => void;
  /** Who writes here, as prompts are signed. */
  readonly owner: (userId: string | null) => string;
  /** Whose a new thread will be; null where there is no choice. */
  readonly newOwner: string | null;
  /** A drawer lies over it: it must not take focus or clicks. */
  readonly covered: boolean;
  readonly onMenu: (() => void) | null;
  readonly onOpen: (threadId: string | null) => void;
  readonly selected: string | null;
  readonly onSelect: (message: ThreadMessage, open: boolean) => void;
  readonly detailsOpen: boolean;
  readonly onDetails: () => void;
}

/** The open thread: its messages and the box to write in. */
export function Conversation(props: ConversationProps) {
  const { store, agents, options, onOptions, owner, newOwner, covered, onMenu, onOpen, selected, onSelect } = props;
  const client = useWeft();
  const tell = useTell();
  const seen = useUIMessages(store, { stream: options.streams });
  const { messages, thread, phase, error, generations } = seen;
  const threadId = store.state().threadId;
  const written = useWritten(threadId ?? "new");
  const { ratings, rate } = useRatings(messages);
  const { view, content, atBottom, toBottom } = useStickToBottom(store, messages[0]?.viewKey);
  const newer = useNewer(messages, atBottom);
  const prompt = useRef<HTMLTextAreaElement>(null);
  const [removing, setRemoving] = useState<ThreadMessage | null>(null);
  useRefused(error);
  usePageTitle(thread?.title ?? null);
  useUnsentKept(store);
  useEffect(() => {
    if (window.matchMedia("(hover: hover)").matches) prompt.current?.focus();
  }, [store]);

  const takeBack = (clientId: string) => {
    const message = store.discard(clientId);
    if (!message) return;
    written.setAttachments(attachedTo(message));
    written.setText([writtenIn(message), written.text].filter(Boolean).join("\n\n"));
    prompt.current?.focus();
  };
  const actions = useMessageWork({
    store,
    agent: agents.chosen,
    options,
    rate,
    onSelect,
    onOpen,
    onRemove: setRemoving,
    onTakeBack: takeBack,
  });
  const send = (message: OutgoingMessage) => {
    void store.send(message);
    toBottom();
  };
  const stop = () => store.stop().catch((failure: unknown) => tell.failed("The answer was not stopped.", failure));
  const rename = (title: string) =>
    store.update({ title }).catch((failure: unknown) => tell.failed("The thread was not renamed.", failure));
  const empty = messages.length === 0 && (phase === "draft" || phase === "ready");
  const busy = seen.isAnswering || seen.isWaiting;

  return (
    <main className="conversation" inert={covered}>
      <ConversationHead
        threadId={threadId}
        thread={thread}
        phase={phase}
        waiting={seen.isWaiting}
        revision={`${messages.length} ${busy}`}
        onMenu={onMenu}
        detailsOpen={props.detailsOpen}
        onDetails={props.onDetails}
        onRename={(title) => void rename(title)}
        onDeleted={() => onOpen(null)}
      />
      <OfflineNotice />
      <div className="conversation__view" ref={view} tabIndex={0} role="region" aria-label="Conversation">
        <div className="conversation__content" ref={content}>
          {empty && (
            <EmptyState
              agents={agents}
              owner={newOwner}
              onSend={(text) => send(outgoing(text, [], agents.chosen, { ...plainOptions, ...options, answers: true }))}
            />
          )}
          <MessageActionsProvider value={actions}>
            <OlderMessages
              view={view}
              status={seen.status}
              count={messages.length}
              isFailed={error !== null}
              onLoad={seen.loadOlder}
            />
            <MessageList
              messages={messages}
              generations={generations}
              busy={busy}
              selected={props.detailsOpen ? selected : null}
              ratings={ratings}
              owner={owner(thread?.userId ?? null)}
            />
          </MessageActionsProvider>
          <ThreadNotice
            phase={phase}
            error={error}
            onDismiss={() => store.clearError()}
            onReload={() => store.reload()}
            onNew={() => onOpen(null)}
          />
        </div>
      </div>
      <div className="conversation__foot">
        {!atBottom && (
          <button className={newer > 0 ? "to-bottom to-bottom--new" : "to-bottom"} type="button" onClick={toBottom}>
            {newer > 0 && <span>{newer === 1 ? "New message" : `${newer} new messages`}</span>}
            <span className="unseen">Go to the newest message</span>
            <Icon name="down" />
          </button>
        )}
        <Composer
          key={store.id}
          input={prompt}
          written={written}
          agents={agents}
          options={options}
          onOptions={onOptions}
          answering={seen.isAnswering}
          waiting={seen.isWaiting}
          closed={phase === "deleted" || phase === "missing"}
          onSend={send}
          onStop={() => void stop()}
        />
      </div>
      <Announcer messages={messages} waiting={seen.isWaiting} />
      {removing && (
        <ConfirmDialog
          title="Delete this message?"
          text={
            removing.role === "ASSISTANT"
              ? "The answer goes with its tool calls, for everybody. This cannot be undone."
              : "The message goes, for everybody; its answer stays. This cannot be undone."
          }
          action="Delete the message"
          onConfirm={async () => {
            await deleteMessage(client, removing, messages);
            // The button that asked for it is gone with the message.
            requestAnimationFrame(() => view.current?.focus({ preventScroll: true }));
          }}
          onClose={() => setRemoving(null)}
        />
      )}
    </main>
  );
}

/** What the window and its place in the history are called. */
function usePageTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? "Weft" : `${title} · Weft`;
  }, [title]);
}

/** What was not sent when the page goes away, or when a thread is left that is not there yet, is put back to be written. */
function useUnsentKept(store: ThreadStore): void {
  useEffect(() => {
    const put = () => {
      const { threadId, drafts } = store.state();
      for (const { message } of [...drafts].reverse()) writeBefore(threadId ?? "new", writtenIn(message));
    };
    window.addEventListener("pagehide", put);
    return () => {
      window.removeEventListener("pagehide", put);
      const { threadId, drafts } = store.state();
      if (threadId === null && drafts.every((draft) => draft.error !== null)) put();
    };
  }, [store]);
}

/** The thread itself: what can be changed of it, and what is known of it. */

import type { ThreadStore } from "weft-client";
import { useWeft } from "weft-client/react";

import { CopyButton } from "./CopyButton";
import { Facts } from "./Facts";
import { ThreadDetailsDocument, type ThreadDetailsQuery } from "./operations";
import { Answered, Empty } from "./States";
import { useSelected } from "./subject";
import { ThreadForm } from "./ThreadForm";
import { useAsked } from "./useAsked";
import { at, figure, money, spoken } from "./words";

type ThreadDetails = NonNullable<ThreadDetailsQuery["thread"]>;

export function ThreadTab({ store }: { readonly store: ThreadStore }) {
  const client = useWeft();
  const threadId = useSelected(store, (state) => state.threadId);
  const thread = useSelected(store, (state) => state.thread);
  const messages = useSelected(store, (state) => state.messages);
  const hasOlder = useSelected(store, (state) => state.hasOlder);
  const active = useSelected(store, (state) => state.active);
  const revision = `${thread?.lastMessageAt} ${thread?.title} ${active.map(({ id, status }) => id + status).join()}`;
  const details = useAsked(threadId, revision, async () => {
    return (await client.request(ThreadDetailsDocument, { id: threadId ?? "" })).thread ?? gone;
  });
  if (threadId === null || !thread) {
    return <Empty title="The thread is not created yet">It is created with its first message.</Empty>;
  }
  return (
    <>
      <div className="thread-id">
        <code>{threadId}</code>
        <CopyButton what="the id of the thread" text={() => threadId} />
      </div>
      <ThreadForm store={store} thread={thread} />
      <Answered asked={details} what="The thread">
        {(known) =>
          known === gone ? (
            <Empty title="This thread was deleted" />
          ) : (
            <Facts
              facts={[
                { name: "User", value: thread.userId ?? "Anonymous" },
                { name: "Status", value: spoken(thread.status) },
                { name: "Created", value: at(thread.createdAt) },
                { name: "Last message", value: at(thread.lastMessageAt) },
                { name: "Changed", value: at(known.updatedAt) },
                { name: "Branch of", value: branchWords(known) },
                { name: "Turns begun", value: figure((messages.at(-1)?.order ?? -1) + 1) },
                { name: "Messages here", value: `${figure(messages.length)}${hasOlder ? ", older ones not read yet" : ""}` },
                { name: "Waiting calls", value: figure(thread.pendingApprovals.length) },
                { name: "Tokens", value: figure(known.usage.totalTokens) },
                { name: "Cost", value: money(known.usage.costMicros) },
              ]}
            />
          )
        }
      </Answered>
    </>
  );
}

const gone = {} as ThreadDetails;

function branchWords({ branchedFrom }: ThreadDetails) {
  if (branchedFrom === null) return null;
  const { threadId, order, stepOrder } = branchedFrom;
  return (
    <>
      <a href={`/?thread=${encodeURIComponent(threadId)}`}>{threadId}</a> up to {`${order}.${stepOrder}`}
    </>
  );
}

/** A live thread with urql. */

import { useEffect } from "react";
import { useClient, useMutation, useQuery, useSubscription } from "urql";

import { APPROVE, DENY, OLDER, SEND, STOP, THREAD, THREAD_EVENTS } from "../shared/documents.js";
import { active, shown } from "../shared/messages.js";
import { Screen } from "../shared/Screen.js";

const PAGE = 20;
const RETRY_MS = 1_000;

export function Thread({ id, agentName }: { readonly id: string; readonly agentName: string }) {
  const client = useClient();
  const [{ data, error }, read] = useQuery({
    query: THREAD,
    variables: { id, last: PAGE },
    // A cursor belongs to the moment at which the thread was read. One from the cache may be days old.
    requestPolicy: "network-only",
  });
  const thread = data?.thread;

  // The events change the cache: see `updates` in cache.ts. Nothing needs to be done with them here.
  const after = thread?.cursor ?? "";
  const [live] = useSubscription({ query: THREAD_EVENTS, variables: { threadId: id, after }, pause: after === "" });
  const isDistrusted = thread?.cursor === "";
  useEffect(() => {
    if (isDistrusted) read({ requestPolicy: "network-only" });
  }, [isDistrusted, read]);

  const failure = live.error ?? error;
  useEffect(() => {
    if (!failure) return;
    const timer = setTimeout(() => read({ requestPolicy: "network-only" }), RETRY_MS);
    return () => clearTimeout(timer);
  }, [failure, read]);

  const [, sendMessage] = useMutation(SEND);
  const [, abort] = useMutation(STOP);
  const [, approve] = useMutation(APPROVE);
  const [, deny] = useMutation(DENY);
  if (!thread) return null;

  const messages = shown(
    thread.uiMessages.edges.map((edge) => edge.node),
    thread.streams,
  );
  const generations = active(thread.generations.edges.map((edge) => edge.node));
  const { hasPreviousPage, startCursor } = thread.uiMessages.pageInfo;

  async function send(prompt: string, clientId: string): Promise<string | null> {
    const { data: sent, error: failed } = await sendMessage({ input: { threadId: id, agentName, prompt, clientId } });
    return failed?.message ?? sent?.sendMessage.userErrors[0]?.errorMessage ?? null;
  }

  return (
    <Screen
      messages={messages}
      hasOlder={hasPreviousPage}
      canStop={generations.length > 0}
      loadOlder={() => void client.query(OLDER, { id, last: PAGE, before: startCursor }).toPromise()}
      send={send}
      stop={() => generations.forEach(({ id: generationId }) => void abort({ input: { generationId } }))}
      decide={(approvalId, approved) => void (approved ? approve : deny)({ input: { threadId: id, approvalId } })}
    />
  );
}

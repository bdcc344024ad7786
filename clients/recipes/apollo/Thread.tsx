/** A live thread with Apollo Client. */

import { useApolloClient, useMutation, useQuery, useSubscription } from "@apollo/client/react";

import { active, draft, shown } from "../shared/messages.js";
import { Screen } from "../shared/Screen.js";
import { APPROVE, DENY, OLDER, SEND, STOP, THREAD, THREAD_EVENTS } from "../shared/documents.js";
import { drafted, follow, saved } from "./events.js";

const PAGE = 20;

export function Thread({ id, agentName }: { readonly id: string; readonly agentName: string }) {
  const { cache } = useApolloClient();
  const { data, refetch, fetchMore } = useQuery(THREAD, {
    variables: { id, last: PAGE },
    // A cursor belongs to the moment at which the thread was read. One from the cache may be days old.
    fetchPolicy: "network-only",
    nextFetchPolicy: "cache-first",
  });
  const thread = data?.thread;

  useSubscription(THREAD_EVENTS, {
    variables: { threadId: id, after: thread?.cursor ?? null },
    skip: !thread,
    // The cache gets each event once, by `follow`; and nothing is rendered for events as such.
    fetchPolicy: "no-cache",
    ignoreResults: true,
    onData: ({ data: { data } }) => {
      if (data && !follow(cache, id, data.threadEvents)) void refetch();
    },
    onError: () => void refetch(),
  });

  const [sendMessage] = useMutation(SEND);
  const [abort] = useMutation(STOP);
  const [approve] = useMutation(APPROVE);
  const [deny] = useMutation(DENY);
  if (!thread) return null;

  const messages = shown(
    thread.uiMessages.edges.map((edge) => edge.node),
    thread.streams,
  );
  const generations = active(thread.generations.edges.map((edge) => edge.node));
  const { hasPreviousPage, startCursor } = thread.uiMessages.pageInfo;

  async function send(prompt: string, clientId: string): Promise<string | null> {
    try {
      const { data: sent } = await sendMessage({
        variables: { input: { threadId: id, agentName, prompt, clientId } },
        optimisticResponse: {
          sendMessage: { __typename: "SendMessagePayload", sentMessage: draft(id, clientId, prompt), userErrors: [] },
        },
        update: (target, { data: result }) => {
          const message = result?.sendMessage.sentMessage;
          if (message) (message.status === "PENDING" ? drafted : saved)(target, message);
        },
      });
      return sent?.sendMessage.userErrors[0]?.errorMessage ?? null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  return (
    <Screen
      messages={messages}
      hasOlder={hasPreviousPage}
      canStop={generations.length > 0}
      loadOlder={() => void fetchMore({ query: OLDER, variables: { id, last: PAGE, before: startCursor } })}
      send={send}
      stop={() => generations.forEach(({ id: generationId }) => void abort({ variables: { input: { generationId } } }))}
      decide={(approvalId, approved) =>
        void (approved ? approve : deny)({ variables: { input: { threadId: id, approvalId } } })
      }
    />
  );
}

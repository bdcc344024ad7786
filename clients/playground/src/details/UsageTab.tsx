/** Tokens, cost and time of a message, of the generations of its turn, and of the whole thread. */

import type { ThreadMessage, ThreadStore, WeftClient } from "weft-client";
import { useWeft } from "weft-client/react";

import { GenerationCard } from "./GenerationCard";
import { GenerationDetailsDocument, ThreadDetailsDocument, type GenerationDetailsQuery } from "./operations";
import { Answered, Empty } from "./States";
import { generationsOf, useSelected, useTurnRevision } from "./subject";
import { useAsked, type Asked } from "./useAsked";
import { UsageTable } from "./UsageTable";

export type GenerationDetails = NonNullable<GenerationDetailsQuery["generation"]>;

interface UsageTabProps {
  readonly store: ThreadStore;
  readonly message: ThreadMessage | null;
}

export function UsageTab({ store, message }: UsageTabProps) {
  const threadId = useSelected(store, (state) => state.threadId);
  const turn = useGenerations(store, message, threadId);
  const thread = useThreadUsage(store, threadId);
  if (threadId === null) return <Empty title="Nothing was used yet">Figures come with the first answer.</Empty>;
  return (
    <>
      <Answered asked={thread} what="The usage">
        {(usage) => (
          <UsageTable
            columns={[
              { title: "Message", usage: message?.usage ?? null },
              { title: "Thread", usage },
            ]}
          />
        )}
      </Answered>
      {message === null ? (
        <Empty title="No message is selected">Select one in the thread to see how its answer was made.</Empty>
      ) : message.draft ? (
        <Empty title="Not sent yet">The server has not confirmed this message.</Empty>
      ) : (
        <Answered asked={turn} what="The generations of this turn">
          {(generations) => <Generations generations={generations} />}
        </Answered>
      )}
    </>
  );
}

function Generations({ generations }: { readonly generations: readonly GenerationDetails[] }) {
  if (generations.length === 0) return <Empty title="No generation">Nobody was asked to answer in this turn.</Empty>;
  return (
    <section aria-label="Generations of this turn">
      <h3 className="details-heading">{generations.length === 1 ? "Generation" : "Generations, newest first"}</h3>
      {generations.map((generation) => (
        <GenerationCard key={generation.id} generation={generation} />
      ))}
    </section>
  );
}

/** The newest few generations of the message's turn, newest first. */
function useGenerations(
  store: ThreadStore,
  message: ThreadMessage | null,
  threadId: string | null,
): Asked<readonly GenerationDetails[]> {
  const client = useWeft();
  const order = message === null || message.draft ? null : message.order;
  const subject = threadId === null || order === null ? null : `${threadId} ${order}`;
  return useAsked(subject, useTurnRevision(store, message), async () => {
    if (threadId === null || order === null) return [];
    return newest(client, await generationsOf(client, threadId, order));
  });
}

const MOST = 5;

async function newest(client: WeftClient, ids: readonly string[]): Promise<readonly GenerationDetails[]> {
  const asked = ids.slice(0, MOST).map((id) => client.request(GenerationDetailsDocument, { id }));
  return (await Promise.all(asked)).flatMap(({ generation }) => generation ?? []);
}

function useThreadUsage(store: ThreadStore, threadId: string | null) {
  const client = useWeft();
  const active = useSelected(store, (state) => state.active.map(({ id, status }) => `${id}:${status}`).join());
  return useAsked(threadId, active, async () => {
    const { thread } = await client.request(ThreadDetailsDocument, { id: threadId ?? "" });
    return thread?.usage ?? noUsage;
  });
}

const noUsage = {
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  reasoningTokens: 0,
  costMicros: null,
};

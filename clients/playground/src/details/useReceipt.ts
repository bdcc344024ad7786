import type { ThreadMessage, ThreadStore } from "weft-client";
import { useWeft } from "weft-client/react";

import { ContextReceiptDocument, type ContextReceiptQuery } from "./operations";
import { generationsOf, useTurnRevision } from "./subject";
import { useAsked, type Asked } from "./useAsked";

export type Receipt = NonNullable<ContextReceiptQuery["generation"]>;

const none: Receipt = { id: "", agentName: "", contextProblems: [], contextSearchText: null, context: [] };

/** What the model of the newest generation of the message's turn was sent; one without messages if none was. */
export function useReceipt(store: ThreadStore, message: ThreadMessage | null, threadId: string): Asked<Receipt> {
  const client = useWeft();
  const revision = useTurnRevision(store, message);
  const order = message?.draft ? null : (message?.order ?? null);
  return useAsked(order === null ? null : `${threadId} ${order}`, revision, async () => {
    const [id] = order === null ? [] : await generationsOf(client, threadId, order);
    if (id === undefined) return none;
    return (await client.request(ContextReceiptDocument, { id })).generation ?? none;
  });
}

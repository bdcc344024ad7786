/** What a selected message belongs to: its turn, the prompt of it, and what of it is on the server. */

import { useSyncExternalStore } from "react";
import type { ThreadMessage, ThreadState, ThreadStore, WeftClient } from "weft-client";

import { GenerationPlacesDocument } from "./operations";

/** A part of a store's state, of a kind that compares by itself. */
export function useSelected<Value extends string | number | boolean | object | null>(
  store: ThreadStore,
  select: (state: ThreadState) => Value,
): Value {
  const read = () => select(store.state());
  return useSyncExternalStore(store.subscribe, read, read);
}

/** The message of a person that began the turn; null where there is none, or none that the server has. */
export function promptOf(store: ThreadStore, message: ThreadMessage): ThreadMessage | null {
  if (message.draft) return null;
  const inTurn = (other: ThreadMessage) => other.order === message.order && other.role === "USER" && !other.draft;
  return message.role === "USER" ? message : (store.messages().find(inTurn) ?? null);
}

/** The id under which the server has stored it; null while it is only sent, or only streams. */
export function storedId(message: ThreadMessage): string | null {
  return message.draft !== null || message.id.startsWith("stream:") ? null : message.id;
}

/** Changes whenever a turn's answer may have become another one. */
export function useTurnRevision(store: ThreadStore, message: ThreadMessage | null): string {
  const generations = useSelected(store, (state) =>
    state.active
      .filter((generation) => generation.order === message?.order)
      .map(({ id, status }) => `${id}:${status}`)
      .join(),
  );
  return message === null ? "" : [message.status, message.usage?.totalTokens, message.parts.length > 0, generations].join(" ");
}

const PAGES = 20;

/** The ids of a turn's generations, newest first, of the newest page that has one. There is no shorter way to them. */
export async function generationsOf(
  client: WeftClient,
  threadId: string,
  order: number,
  before: string | null = null,
  pages = PAGES,
): Promise<readonly string[]> {
  const { thread } = await client.request(GenerationPlacesDocument, { threadId, before });
  if (!thread) return [];
  const { edges, pageInfo } = thread.generations;
  const found = edges.filter(({ node }) => node.order === order).map(({ node }) => node.id);
  if (found.length > 0 || !pageInfo.hasPreviousPage || pages === 1) return found.reverse();
  return generationsOf(client, threadId, order, pageInfo.startCursor, pages - 1);
}

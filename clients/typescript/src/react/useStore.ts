import { useEffect, useMemo, useSyncExternalStore } from "react";

import type { ThreadStore } from "../thread/threadStore.js";
import type { ThreadListStore } from "../threads/threadListStore.js";
import { useWeft } from "./context.js";

const idle = () => () => undefined;

/** Follows the store while the component is mounted. */
export function useKept<Store extends ThreadStore | ThreadListStore>(store: Store): Store;
export function useKept<Store extends ThreadStore | ThreadListStore>(store: Store | null): Store | null;
export function useKept<Store extends ThreadStore | ThreadListStore>(store: Store | null): Store | null {
  const client = useWeft();
  useEffect(() => (store ? client.keep(store) : undefined), [client, store]);
  return store;
}

/**
 * What `read` finds in the store; the component renders again when that is another value. `read` depends on the store
 * and on what `key` names, on nothing else. It gives the same value for the same state, or one that `isSame` finds the
 * same. Each rendering that React tries remembers by itself: one that is thrown away leaves nothing behind.
 */
export function useRead<Value>(
  store: { readonly subscribe: (listener: () => void) => () => void } | null,
  read: () => Value,
  isSame: (before: Value, now: Value) => boolean = Object.is,
  key = "",
): Value {
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const snapshot = useMemo(() => remembering(read, isSame), [store, key]);
  return useSyncExternalStore(store?.subscribe ?? idle, snapshot, snapshot);
}

function remembering<Value>(read: () => Value, isSame: (before: Value, now: Value) => boolean): () => Value {
  let last: { readonly value: Value } | null = null;
  return () => {
    const value = read();
    if (last === null || !isSame(last.value, value)) last = { value };
    return last.value;
  };
}

/** Two flat objects with the same fields. */
export function sameFields<Value extends object>(before: Value, now: Value): boolean {
  const fields = Object.keys(now) as (keyof Value)[];
  return fields.every((field) => Object.is(before[field], now[field]));
}

import { useSyncExternalStore } from "react";

import type { Store } from "./store";

/** The state of a store; the component renders again when it changes. */
export function useStore<State, Action>(store: Store<State, Action>): State {
  return useSyncExternalStore(store.subscribe, store.state);
}

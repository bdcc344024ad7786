import { useCallback } from "react";

import { isAnswering, isWaiting } from "../thread/state.js";
import { useRead } from "./useStore.js";
import { useThread, type ThreadRef } from "./useThread.js";

export interface Stop {
  /** There is something to stop. */
  readonly canStop: boolean;
  /** Ends every answer that is being made or waits. The reason is stored with it. Raises WeftError. */
  readonly stop: (reason?: string) => Promise<void>;
}

export function useStop(thread: ThreadRef): Stop {
  const store = useThread(thread);
  const canStop = useRead(store, () => (store ? isAnswering(store.state()) || isWaiting(store.state()) : false));
  const stop = useCallback(async (reason?: string) => store?.stop(reason), [store]);
  return { canStop, stop };
}

import { useSyncExternalStore } from "react";

import type { ConnectionState } from "../subscriptions.js";
import { useWeft } from "./context.js";

/** Whether live events are coming: connecting, live, reconnecting. */
export function useConnection(): ConnectionState {
  const { connection } = useWeft();
  return useSyncExternalStore(connection.subscribe, connection.state, connection.state);
}

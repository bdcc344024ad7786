import { useEffect, useRef } from "react";
import type { ThreadListOptions } from "weft-client";

import { useServer } from "../connection/ServerContext";

/** Follows a live list anew when another key was accepted: the refused one ended it. */
export function useReopened(options: ThreadListOptions): void {
  const { client, round } = useServer();
  const seen = useRef(round);
  useEffect(() => {
    if (seen.current === round) return;
    seen.current = round;
    const store = client.threads(options);
    store.close();
    store.open();
  });
}

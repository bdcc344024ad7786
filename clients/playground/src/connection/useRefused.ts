import { useEffect } from "react";
import type { WeftError } from "weft-client";

import { useServer } from "./ServerContext";

/** Asks for a key when what is followed was refused for want of a good one. */
export function useRefused(error: WeftError | null): void {
  const { choose } = useServer();
  useEffect(() => {
    if (error?.code === "UNAUTHENTICATED") choose(true);
  }, [error, choose]);
}

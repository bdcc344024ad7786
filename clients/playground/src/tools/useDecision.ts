import { useCallback, useState } from "react";
import { WeftError } from "weft-client";

export interface Decision {
  /** Sent, and not refused: what comes of it comes with the thread's events. */
  readonly sent: boolean;
  readonly error: string | null;
  readonly send: (request: () => Promise<void>) => Promise<void>;
}

/** A decision on its way to the server, which takes only the first one. `onLate`: somebody else was first. */
export function useDecision(onLate: () => void): Decision {
  const [sent, setSent] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const send = useCallback(
    async (request: () => Promise<void>) => {
      setSent(true);
      setError(null);
      try {
        await request();
      } catch (failure) {
        if (failure instanceof WeftError && failure.code === "ALREADY_HANDLED") return onLate();
        setError(failure instanceof Error ? failure.message : String(failure));
        setSent(false);
      }
    },
    [onLate],
  );
  return { sent, error, send };
}

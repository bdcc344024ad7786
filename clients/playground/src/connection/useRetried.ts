import { useEffect } from "react";
import { WeftError } from "weft-client";

import { useEvent } from "../ui/useEvent";

const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** Asks once for each value of `key`, and again ever more slowly while the failure may pass. */
export function useRetried<Value>(ask: () => Promise<Value>, done: (value: Value) => void, key: string | number): void {
  const latestAsk = useEvent(ask);
  const latestDone = useEvent(done);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const run = (wait: number) => {
      latestAsk().then(
        (value) => isOver || latestDone(value),
        (error: unknown) => {
          const passing = error instanceof WeftError && error.retryable;
          if (!isOver && passing) timer = setTimeout(() => run(Math.min(LONGEST_MS, 2 * wait)), wait);
        },
      );
    };
    run(FIRST_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [key, latestAsk, latestDone]);
}

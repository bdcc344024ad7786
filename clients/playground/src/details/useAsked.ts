/** Something that is asked of the server again whenever its key changes. An answer to an earlier question is dropped. */

import { useCallback, useEffect, useReducer, useRef } from "react";
import { WeftError } from "weft-client";

export interface Asked<Value> {
  /** The last answer; it stays while it is asked for again, if that is about the same subject. */
  readonly value: Value | null;
  /** Why the last question failed, until one succeeds. */
  readonly error: WeftError | null;
  readonly isAsking: boolean;
  /** Asks once more. */
  readonly again: () => void;
}

interface Answer<Value> {
  readonly subject: string | null;
  readonly key: string | null;
  readonly value: Value | null;
  readonly error: WeftError | null;
}

/**
 * `subject` names what it is about, null asks nothing; `revision` changes when the answer may have. The first question
 * about a subject is asked at once, later ones after `restMs` without a change.
 */
export function useAsked<Value>(
  subject: string | null,
  revision: string,
  ask: () => Promise<Value>,
  restMs = 0,
): Asked<Value> {
  const [answer, setAnswer] = useReducer(
    (_: Answer<Value>, next: Answer<Value>) => next,
    { subject: null, key: null, value: null, error: null },
  );
  const [round, again] = useReducer((before: number) => before + 1, 0);
  const asking = useRef(ask);
  const latest = useRef(answer);
  const key = subject === null ? null : `${subject} ${revision} ${round}`;

  useEffect(() => {
    asking.current = ask;
    latest.current = answer;
  });

  useEffect(() => {
    if (key === null) return;
    let isWanted = true;
    const kept = () => (latest.current.subject === subject ? latest.current.value : null);
    const run = () =>
      asking.current().then(
        (value) => isWanted && setAnswer({ subject, key, value, error: null }),
        (error: unknown) => isWanted && setAnswer({ subject, key, value: kept(), error: failure(error) }),
      );
    const timer = setTimeout(() => void run(), latest.current.subject === subject ? restMs : 0);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [key, subject, restMs]);

  const isMine = answer.subject === subject && subject !== null;
  return {
    value: isMine ? answer.value : null,
    error: isMine ? answer.error : null,
    isAsking: key !== null && answer.key !== key,
    again: useCallback(() => again(), []),
  };
}

function failure(error: unknown): WeftError {
  if (error instanceof WeftError) return error;
  return new WeftError(error instanceof Error ? error.message : String(error), { code: null, retryable: false });
}

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { accepted, type ThreadMessage } from "weft-client";
import { RateMessageDocument } from "weft-client/operations";
import { useWeft } from "weft-client/react";

import { RatingsDocument } from "../playgroundOperations";

/** The server answers for so many messages at once. */
const MOST = 100;

export interface Ratings {
  /** By message id: -1, 0 or 1; nothing where nobody rated. */
  readonly ratings: ReadonlyMap<string, number>;
  /** Null takes a rating back. Raises WeftError. */
  readonly rate: (messageId: string, rating: -1 | 1 | null) => Promise<void>;
}

/** What the answers on screen are rated: asked for as they come into the thread, and changed as they are rated here. */
export function useRatings(messages: readonly ThreadMessage[]): Ratings {
  const client = useWeft();
  const [ratings, setRatings] = useState<ReadonlyMap<string, number>>(() => new Map());
  const asked = useRef(new Map<string, ThreadMessage>());
  const add = useCallback((more: readonly (readonly [string, number])[]) => {
    if (more.length > 0) setRatings((before) => new Map([...before, ...more]));
  }, []);
  // A message that changed is another object: it may have been rated elsewhere.
  const fresh = useMemo(
    () => messages.filter((message) => isAnswer(message) && asked.current.get(message.id) !== message),
    [messages],
  );

  const rate = useCallback(
    async (messageId: string, rating: -1 | 1 | null) => {
      accepted((await client.request(RateMessageDocument, { input: { messageId, rating } })).rateMessage);
      add([[messageId, rating ?? 0]]);
    },
    [client, add],
  );
  useEffect(() => {
    for (const message of fresh) asked.current.set(message.id, message);
    for (let start = 0; start < fresh.length; start += MOST) {
      const ids = fresh.slice(start, start + MOST).map((message) => message.id);
      client.request(RatingsDocument, { ids }).then(
        ({ nodes }) =>
          add(
            nodes.flatMap((node) =>
              node?.__typename === "Message" && node.feedback ? [[node.id, node.feedback.rating]] : [],
            ),
          ),
        // Ratings are beside the point of the page: it goes on without them.
        () => undefined,
      );
    }
  }, [client, fresh, add]);
  return { ratings, rate };
}

function isAnswer(message: ThreadMessage): boolean {
  return message.role === "ASSISTANT" && !message.isLive && message.draft === null;
}

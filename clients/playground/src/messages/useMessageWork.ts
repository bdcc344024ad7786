import { useMemo } from "react";
import { isAnswering, isWaiting, type ThreadMessage, type ThreadStore } from "weft-client";
import type { RegenerateInput } from "weft-client/operations";
import { useWeft } from "weft-client/react";

import { generationOptions, type SendOptions } from "../composer/outgoing";
import { LastRowOfTurnDocument } from "../playgroundOperations";
import { copyText } from "../ui/copyText";
import { useTell } from "../ui/Notices";
import { useEvent } from "../ui/useEvent";
import type { MessageActions } from "./actions";
import { promptOf } from "./promptOf";
import type { Ratings } from "./useRatings";

interface MessageWork {
  readonly store: ThreadStore;
  readonly agent: string | null;
  readonly options: SendOptions;
  readonly rate: Ratings["rate"];
  readonly onSelect: MessageActions["select"];
  readonly onOpen: (threadId: string) => void;
  readonly onRemove: (message: ThreadMessage) => void;
  readonly onTakeBack: (clientId: string) => void;
}

const BUSY = "An answer is being made. Wait until it is complete, or stop it.";

/** What the buttons of messages do. Whatever fails is told, and nothing that was typed is lost. */
export function useMessageWork(work: MessageWork): MessageActions {
  const { store, agent, options, rate, onOpen } = work;
  const client = useWeft();
  const tell = useTell();

  const again = async (messageId: string, prompt: string | null): Promise<boolean> => {
    const state = store.state();
    if (isAnswering(state) || isWaiting(state)) {
      tell.done(BUSY);
      return false;
    }
    const overrides = generationOptions(options);
    const input: RegenerateInput = {
      messageId,
      ...(agent === null ? {} : { agentName: agent }),
      ...(prompt === null ? {} : { prompt }),
      ...(overrides ? { options: overrides } : {}),
    };
    return store.regenerate(input).then(
      () => true,
      (error: unknown) => {
        tell.failed("The answer was not made again.", error);
        return false;
      },
    );
  };
  const branch = async (message: ThreadMessage) => {
    try {
      onOpen((await client.branch(message.threadId, await lastRow(message))).id);
      tell.done("This is the branch. The first thread stays as it was.");
    } catch (error) {
      tell.failed("The thread was not branched.", error);
    }
  };
  /** A branch ends at a stored row, and the id of an answer is that of its first one. */
  const lastRow = async ({ id, threadId, role }: ThreadMessage): Promise<string> => {
    if (role !== "ASSISTANT") return id;
    const { thread } = await client.request(LastRowOfTurnDocument, { threadId, messageId: id });
    return thread?.messages.edges[0]?.node.id ?? id;
  };

  const handlers = {
    select: useEvent(work.onSelect),
    regenerate: useEvent((message: ThreadMessage) => void again(message.id, null)),
    edit: useEvent((message: ThreadMessage, text: string) => again(message.id, text)),
    branch: useEvent((message: ThreadMessage) => void branch(message)),
    rate: useEvent((message: ThreadMessage, rating: -1 | 1 | null) => {
      rate(message.id, rating).catch((error: unknown) => tell.failed("The rating was not stored.", error));
    }),
    copy: useEvent((message: ThreadMessage) => {
      copyText(promptOf(message)).then(
        () => tell.done("The text is copied."),
        (error: unknown) => tell.failed("Nothing was copied.", error),
      );
    }),
    remove: useEvent(work.onRemove),
    resend: useEvent((clientId: string) => void store.resend(clientId)),
    discard: useEvent((clientId: string) => void store.discard(clientId)),
    takeBack: useEvent(work.onTakeBack),
  };
  // Each handler stays the same: only another store makes another object.
  return useMemo(() => ({ store, ...handlers }), [store]);
}

import { createContext, useContext } from "react";
import type { ThreadMessage, ThreadStore } from "weft-client";

/** What a reader can do with a message. The object stays the same, so that it never causes a message to render again. */
export interface MessageActions {
  readonly store: ThreadStore;
  /** Shows the details of a message. `open`: also opens their pane. */
  readonly select: (message: ThreadMessage, open: boolean) => void;
  readonly regenerate: (message: ThreadMessage) => void;
  /** Puts another text in the place of a prompt and has it answered again. True when the server took it. */
  readonly edit: (message: ThreadMessage, text: string) => Promise<boolean>;
  readonly branch: (message: ThreadMessage) => void;
  /** Null takes a rating back. */
  readonly rate: (message: ThreadMessage, rating: -1 | 1 | null) => void;
  readonly copy: (message: ThreadMessage) => void;
  readonly remove: (message: ThreadMessage) => void;
  readonly resend: (clientId: string) => void;
  readonly discard: (clientId: string) => void;
  /** Takes a message that failed back into the box it was written in. */
  readonly takeBack: (clientId: string) => void;
}

const Context = createContext<MessageActions | null>(null);

export const MessageActionsProvider = Context.Provider;

export function useMessageActions(): MessageActions {
  const actions = useContext(Context);
  if (!actions) throw new Error("useMessageActions needs a MessageActionsProvider around it");
  return actions;
}

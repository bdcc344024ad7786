import type { ThreadMessage } from "weft-client";

import { useMessageActions } from "./actions";

/** What `ThreadStore.stop` stores as the reason. */
const STOPPED = "Stopped by the reader";

/** Why a message was not sent or an answer not finished, in the server's words, and the way to try again. */
export function MessageFailure({ message }: { readonly message: ThreadMessage }) {
  const { regenerate, resend, discard, takeBack } = useMessageActions();
  const { draft, error } = message;
  const stopped = error === STOPPED;
  const text = error ?? "This answer failed.";
  return (
    <div className={stopped ? "failure failure--stopped" : "failure"} role={draft ? "alert" : undefined}>
      <p>{draft ? `Not sent. ${text}` : text}</p>
      {draft && (
        <>
          <button type="button" onClick={() => resend(draft.clientId)}>
            Send again
          </button>
          <button type="button" onClick={() => takeBack(draft.clientId)}>
            Change
          </button>
          <button type="button" onClick={() => discard(draft.clientId)}>
            Discard
          </button>
        </>
      )}
      {!draft && message.role === "ASSISTANT" && (
        <button type="button" onClick={() => regenerate(message)}>
          Answer again
        </button>
      )}
    </div>
  );
}

import type { UIMessage } from "./model";
import { STOP_REASON, type ThreadSession } from "./threadSession";
import type { Draft } from "./threadState";

interface MessageFailureProps {
  readonly session: ThreadSession;
  readonly message: UIMessage;
  readonly draft: Draft | null;
  readonly agent: string | null;
}

/** Why a message was not sent or an answer not finished, in the server's words, and the way to try again. */
export function MessageFailure({ session, message, draft, agent }: MessageFailureProps) {
  const stopped = message.error === STOP_REASON;
  const text = message.error ?? "This answer failed.";
  return (
    <div className={stopped ? "failure failure--stopped" : "failure"} role={draft ? "alert" : undefined}>
      <p>{draft ? `Not sent. ${text}` : text}</p>
      {draft && (
        <>
          <button type="button" onClick={() => void session.resend(draft)}>
            Send again
          </button>
          <button type="button" onClick={() => session.discard(draft)}>
            Discard
          </button>
        </>
      )}
      {!draft && agent && (
        <button type="button" onClick={() => void session.answerAgain(message, agent)}>
          Answer again
        </button>
      )}
    </div>
  );
}

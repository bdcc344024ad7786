import { Icon } from "./Icon";
import type { UIMessage } from "./model";
import type { ThreadSession } from "./threadSession";
import { usageWords } from "./usageWords";

interface MessageFootProps {
  readonly session: ThreadSession;
  readonly message: UIMessage;
  /** The agent that may be asked again; null when none may. */
  readonly agent: string | null;
}

/** Below an answer: what it took, and the way to another one. */
export function MessageFoot({ session, message, agent }: MessageFootProps) {
  const words = usageWords(message.usage);
  if (words === null && agent === null) return null;
  return (
    <p className="message__foot">
      {words !== null && <span className="message__usage">{words}</span>}
      {agent !== null && (
        <button type="button" title={`Ask ${agent} again`} onClick={() => void session.answerAgain(message, agent)}>
          <Icon name="again" />
          Regenerate
        </button>
      )}
    </p>
  );
}

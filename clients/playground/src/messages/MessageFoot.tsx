import type { ThreadMessage } from "weft-client";

import { Icon, type IconName } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { useMessageActions } from "./actions";
import { usageWords } from "./usageWords";

interface MessageFootProps {
  readonly message: ThreadMessage;
  /** -1, 0 or 1; null where nobody has rated it. */
  readonly rating: number | null;
  readonly onEdit: () => void;
}

/** Below a message: what it took, and what can be done with it. */
export function MessageFoot({ message, rating, onEdit }: MessageFootProps) {
  const actions = useMessageActions();
  const words = usageWords(message.usage);
  const isAnswer = message.role === "ASSISTANT";
  const rate = (value: -1 | 1) => actions.rate(message, rating === value ? null : value);
  return (
    <div className="message__foot">
      {words !== null && <span className="message__usage">{words}</span>}
      <span className="tools" role="group" aria-label="Message actions">
        <Action icon="copy" label="Copy the text" onClick={() => actions.copy(message)} />
        {isAnswer ? (
          <>
            <Action icon="again" label="Regenerate" needsIdle onClick={() => actions.regenerate(message)} />
            <Action icon="up" label="Good answer" pressed={rating === 1} onClick={() => rate(1)} />
            <Action icon="poor" label="Poor answer" pressed={rating === -1} onClick={() => rate(-1)} />
          </>
        ) : (
          <Action icon="edit" label="Edit and answer again" needsIdle onClick={onEdit} />
        )}
        <Action icon="details" label="Details" onClick={() => actions.select(message, true)} />
        <Menu
          label="More actions"
          className="tool-button"
          items={[
            { label: "Branch from here", icon: "branch", onSelect: () => actions.branch(message) },
            ...(isAnswer
              ? []
              : [{ label: "Answer again", icon: "again" as const, onSelect: () => actions.regenerate(message) }]),
            { label: "Delete", icon: "trash", isAlarming: true, onSelect: () => actions.remove(message) },
          ]}
        />
      </span>
    </div>
  );
}

interface ActionProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly pressed?: boolean;
  /** Looks as if it could not be pressed while an answer is made; pressed anyway, it says why. */
  readonly needsIdle?: boolean;
}

function Action({ icon, label, onClick, pressed, needsIdle = false }: ActionProps) {
  return (
    <button
      className={needsIdle ? "tool-button tool-button--idle" : "tool-button"}
      type="button"
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

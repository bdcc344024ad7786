import { useState } from "react";

import { useMessageActions } from "../messages/actions";
import { useFocusHandedOn } from "../ui/useFocusHandedOn";
import { useDecision } from "./useDecision";

const LONGEST_REASON = 2000;

interface ApprovalFormProps {
  readonly approvalId: string;
  /** Names the call for those who hear only the buttons. */
  readonly tool: string;
  readonly late: boolean;
  readonly onLate: () => void;
}

/** May this call run? Buttons that were pressed keep the focus: they are disabled for everybody but the browser. */
export function ApprovalForm({ approvalId, tool, late, onLate }: ApprovalFormProps) {
  const { store } = useMessageActions();
  const [reason, setReason] = useState("");
  const form = useFocusHandedOn<HTMLDivElement>();
  const { sent, error, send } = useDecision(onLate);
  const closed = sent || late;
  const decide = (approved: boolean) => {
    if (closed) return;
    const why = reason.trim() || null;
    void send(() => (approved ? store.approve(approvalId, why) : store.deny(approvalId, why)));
  };
  return (
    <div ref={form} className="ask" role="group" aria-label={`Approve ${tool}?`}>
      <input
        className="ask__field"
        aria-label="Reason (optional)"
        placeholder="Reason (optional)"
        value={reason}
        maxLength={LONGEST_REASON}
        readOnly={closed}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="ask__buttons">
        <button className="button button--main" type="button" aria-disabled={closed} onClick={() => decide(true)}>
          Approve
        </button>
        <button className="button" type="button" aria-disabled={closed} onClick={() => decide(false)}>
          Deny
        </button>
      </div>
      {error !== null && (
        <p className="ask__error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

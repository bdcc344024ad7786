import { useCallback, useState } from "react";
import type { ToolPart } from "weft-client";

import { Json } from "../ui/Json";
import { shortTime } from "../ui/time";
import { AnswerForm } from "./AnswerForm";
import { ApprovalForm } from "./ApprovalForm";
import { asksAnswer, asksApproval, decisionWords, isBusy, toolStateWords, toolTitle } from "./toolWords";

interface ToolCardProps {
  readonly part: ToolPart;
  readonly live: boolean;
  readonly waiting: boolean;
}

/** A tool call: what is called with what, how far it is, what came of it, and the question if there is one. */
export function ToolCard({ part, live, waiting }: ToolCardProps) {
  const [late, setLate] = useState(false);
  const onLate = useCallback(() => setLate(true), []);
  const title = toolTitle(part);
  const approvalId = asksApproval(part) ? part.approval?.id : undefined;
  const asking = approvalId !== undefined || asksAnswer(part, waiting);
  const decision = decisionWords(part.approval, shortTime);
  return (
    <section
      className={asking ? "tool tool--asking" : "tool"}
      data-state={part.toolState}
      data-busy={isBusy(part, live) || undefined}
      aria-label={`Tool call: ${title}`}
      tabIndex={-1}
    >
      <p className="tool__head">
        <span className="tool__title">{title}</span>
        {part.title !== null && <code className="tool__name">{part.toolName}</code>}
        <span className="tool__state">{toolStateWords(part, live, waiting)}</span>
      </p>
      {(part.input ?? part.rawInput) !== null && (
        <Json label="Input" value={part.input ?? part.rawInput} open={asking} />
      )}
      {part.output !== null && <Json label="Result" value={part.output} />}
      {part.errorText !== null && <p className="tool__error">{part.errorText}</p>}
      {decision !== null && <p className="tool__note">{decision}</p>}
      {late && (
        <p className="tool__note tool__note--late" role="status">
          Somebody else was faster: this was decided already. What you chose was not used.
        </p>
      )}
      {approvalId !== undefined && <ApprovalForm approvalId={approvalId} tool={title} late={late} onLate={onLate} />}
      {asking && approvalId === undefined && (
        <AnswerForm toolCallId={part.toolCallId} tool={title} late={late} onLate={onLate} />
      )}
    </section>
  );
}

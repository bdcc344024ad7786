import { useState, type KeyboardEvent, type SubmitEvent } from "react";

import { useMessageActions } from "../messages/actions";
import { useFocusHandedOn } from "../ui/useFocusHandedOn";
import { answerOf } from "./toolWords";
import { useDecision } from "./useDecision";

interface AnswerFormProps {
  readonly toolCallId: string;
  readonly tool: string;
  readonly late: boolean;
  readonly onLate: () => void;
}

/** The result of a call that a person gives. Enter sends, Shift+Enter starts a new line. */
export function AnswerForm({ toolCallId, tool, late, onLate }: AnswerFormProps) {
  const { store } = useMessageActions();
  const [text, setText] = useState("");
  const form = useFocusHandedOn<HTMLFormElement>();
  const { sent, error, send } = useDecision(onLate);
  const closed = sent || late;
  const submit = () => {
    if (!closed && text.trim() !== "") void send(() => store.submitToolResult(toolCallId, answerOf(text)));
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    submit();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form ref={form} className="ask" aria-label={`Answer ${tool}`} onSubmit={onSubmit}>
      <textarea
        className="ask__field"
        aria-label="Your answer"
        placeholder="Your answer, as text or JSON"
        rows={1}
        value={text}
        readOnly={closed}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="ask__buttons">
        <button className="button button--main" type="submit" aria-disabled={closed || text.trim() === ""}>
          Send the answer
        </button>
      </div>
      {error !== null && (
        <p className="ask__error" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}

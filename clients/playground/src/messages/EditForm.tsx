import { useEffect, useRef, useState, type KeyboardEvent, type SubmitEvent } from "react";
import type { ThreadMessage } from "weft-client";

import { useMessageActions } from "./actions";
import { promptOf } from "./promptOf";

interface EditFormProps {
  readonly message: ThreadMessage;
  readonly onClose: () => void;
}

/** A prompt to be asked differently. It stays open, with what was typed, until the server has taken it. */
export function EditForm({ message, onClose }: EditFormProps) {
  const { edit } = useMessageActions();
  const [text, setText] = useState(() => promptOf(message));
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(-1, -1);
  }, []);
  const submit = async () => {
    if (isBusy || text.trim() === "") return;
    setBusy(true);
    const taken = await edit(message, text.trim());
    setBusy(false);
    if (taken) onClose();
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    void submit();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      onClose();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void submit();
    }
  };
  const hasFiles = message.parts.some((part) => part.__typename === "FilePart");
  return (
    <form className="edit" onSubmit={onSubmit} aria-label="Edit the message">
      <textarea
        ref={field}
        className="ask__field"
        aria-label="New text"
        rows={2}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <p className="edit__note">
        The answer is thrown away and made again.
        {hasFiles && " The files of this message are not kept: only its new text is."}
      </p>
      <div className="ask__buttons">
        <button className="button button--main" type="submit" aria-disabled={isBusy || text.trim() === ""}>
          Ask again
        </button>
        <button className="button" type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}

import { useState, type SubmitEvent } from "react";
import { WeftError } from "weft-client";

import { Dialog } from "../ui/Dialog";

const LONGEST = 200;

interface RenameDialogProps {
  readonly title: string;
  readonly onRename: (title: string | null) => Promise<void>;
  readonly onClose: () => void;
}

/** Another title; an empty one takes it away. It stays open, with what was typed, when the server refuses. */
export function RenameDialog({ title, onRename, onClose }: RenameDialogProps) {
  const [text, setText] = useState(title);
  const [error, setError] = useState<string | null>(null);
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    onRename(text.trim() || null).then(onClose, (failure: unknown) =>
      setError(failure instanceof WeftError ? failure.message : String(failure)),
    );
  };
  return (
    <Dialog title="Rename the thread" onClose={onClose} small>
      <form className="fields" onSubmit={onSubmit}>
        <label className="field">
          <span className="field__name">Title</span>
          <input
            className="field__input"
            value={text}
            maxLength={LONGEST}
            data-first
            onFocus={(event) => event.target.select()}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        {error !== null && (
          <p className="dialog__error" role="alert">
            {error}
          </p>
        )}
        <footer className="dialog__foot">
          <button className="button" type="button" onClick={onClose}>
            Cancel
          </button>
          <button className="button button--main" type="submit">
            Rename
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

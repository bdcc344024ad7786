import { useState } from "react";
import { WeftError } from "weft-client";

import { Dialog } from "./Dialog";

interface ConfirmDialogProps {
  readonly title: string;
  readonly text: string;
  /** The word on the button that does it. */
  readonly action: string;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before something is done that cannot be undone. It stays open, and says why, when that fails. */
export function ConfirmDialog({ title, text, action, onConfirm, onClose }: ConfirmDialogProps) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(failure instanceof WeftError ? failure.message : String(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose} small>
      <p className="dialog__text">{text}</p>
      {error !== null && (
        <p className="dialog__error" role="alert">
          {error}
        </p>
      )}
      <footer className="dialog__foot">
        <button className="button" type="button" onClick={onClose} data-first>
          Cancel
        </button>
        <button
          className="button button--alarm"
          type="button"
          aria-disabled={isBusy}
          onClick={() => isBusy || void confirm()}
        >
          {action}
        </button>
      </footer>
    </Dialog>
  );
}

import { useEffect, useId, useRef, type ReactNode } from "react";

import { Icon } from "./Icon";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Narrow ones ask one question. */
  readonly small?: boolean;
}

/** A modal dialog: the browser keeps the focus in it, which begins at `data-first`, Escape closes it, and the focus goes back to where it came from. */
export function Dialog({ title, onClose, children, small = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) {
      element.showModal();
      // React's autoFocus comes before the dialog is open, when nothing in it can take the focus.
      element.querySelector<HTMLElement>("[data-first]")?.focus();
    }
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={small ? "dialog dialog--small" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="dialog__box">
        <header className="dialog__head">
          <h2 id={id}>{title}</h2>
          <button className="icon-button" type="button" onClick={onClose} aria-label="Close">
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

import { useId, useRef, useState } from "react";

import { Icon } from "../ui/Icon";
import { place } from "../ui/Menu";
import { attachmentAt, attachmentOf, RefusedFile } from "./files";
import type { Attachment } from "./outgoing";

interface AttachMenuProps {
  readonly attachments: readonly Attachment[];
  readonly disabled: boolean;
  readonly onAttach: (attachments: readonly Attachment[]) => void;
  readonly onRefused: (error: RefusedFile) => void;
}

/** Adds files of this device, or the address of one. */
export function AttachMenu({ attachments, disabled, onAttach, onRefused }: AttachMenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [address, setAddress] = useState("");
  const [isWrong, setWrong] = useState(false);
  const close = () => {
    panel.current?.hidePopover();
    button.current?.focus();
  };
  const add = () => {
    const attachment = attachmentAt(address);
    setWrong(attachment === null);
    if (!attachment) return;
    onAttach([...attachments.filter(({ id: other }) => other !== attachment.id), attachment]);
    setAddress("");
    close();
  };
  return (
    <>
      <button
        ref={button}
        className="tool-button"
        type="button"
        aria-label="Attach a picture or a file"
        title="Attach"
        popoverTarget={id}
        disabled={disabled}
      >
        <Icon name="clip" />
      </button>
      <div
        ref={panel}
        id={id}
        className="menu attach"
        popover="auto"
        role="dialog"
        aria-label="Attach a picture or a file"
        onToggle={(event) => {
          if (event.newState === "open" && panel.current && button.current) place(panel.current, button.current);
        }}
      >
        <label className="button attach__file">
          <input
            className="unseen"
            type="file"
            multiple
            onChange={(event) => {
              const files = [...(event.target.files ?? [])];
              event.target.value = "";
              close();
              void readAll(files, attachments).then(({ read, refused }) => {
                onAttach(read);
                if (refused) onRefused(refused);
              });
            }}
          />
          Choose files…
        </label>
        <div className="field">
          <label className="field__name" htmlFor={`${id}a`}>
            or the address of one
          </label>
          <div className="field__row">
            <input
              id={`${id}a`}
              className="field__input"
              type="url"
              placeholder="https://…"
              value={address}
              aria-invalid={isWrong}
              onKeyDown={(event) => {
                // The panel lies within the form of the message, which Enter must not send.
                if (event.key !== "Enter") return;
                event.preventDefault();
                add();
              }}
              onChange={(event) => {
                setAddress(event.target.value);
                setWrong(false);
              }}
            />
            <button className="button" type="button" onClick={add}>
              Add
            </button>
          </div>
          {isWrong && (
            <p className="dialog__error" role="alert">
              Write an address that begins with https://
            </p>
          )}
        </div>
      </div>
    </>
  );
}

/** As many as fit, in their order, and why the first that does not was refused. */
export async function readAll(
  files: readonly File[],
  before: readonly Attachment[],
): Promise<{ read: readonly Attachment[]; refused: RefusedFile | null }> {
  let read = before;
  for (const file of files) {
    try {
      read = [...read, await attachmentOf(file, read)];
    } catch (error) {
      return { read, refused: error instanceof RefusedFile ? error : new RefusedFile(String(error)) };
    }
  }
  return { read, refused: null };
}

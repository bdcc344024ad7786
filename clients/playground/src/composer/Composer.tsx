import {
  useId,
  useState,
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  type RefObject,
  type SubmitEvent,
} from "react";
import type { OutgoingMessage } from "weft-client";

import type { AgentChoice } from "../connection/useAgents";
import { Icon } from "../ui/Icon";
import { useTell } from "../ui/Notices";
import { AgentSelect } from "./AgentSelect";
import { AttachMenu, readAll } from "./AttachMenu";
import { OptionsPanel } from "./OptionsPanel";
import { changedOptions, outgoing, type SendOptions } from "./outgoing";
import type { Written } from "./useWritten";

interface ComposerProps {
  readonly input: RefObject<HTMLTextAreaElement | null>;
  readonly written: Written;
  readonly agents: AgentChoice;
  readonly options: SendOptions;
  readonly onOptions: (options: SendOptions) => void;
  readonly answering: boolean;
  /** An answer waits for a person. */
  readonly waiting: boolean;
  readonly closed: boolean;
  readonly onSend: (message: OutgoingMessage) => void;
  readonly onStop: () => void;
}

/** The box to write in. Enter sends, Shift+Enter starts a new line; while an answer is made it can be stopped instead. */
export function Composer(props: ComposerProps) {
  const { input, written, agents, options, onOptions, answering, waiting, closed, onSend, onStop } = props;
  const { text, attachments, setText, setAttachments, clear } = written;
  const [isOpen, setOpen] = useState(false);
  const tell = useTell();
  const id = useId();
  const isEmpty = text.trim() === "" && attachments.length === 0;
  const sendable = !isEmpty && !answering && !closed && (agents.chosen !== null || !options.answers);
  const changed = changedOptions(options);

  const send = () => {
    if (!sendable) return;
    onSend(outgoing(text.trim(), attachments, agents.chosen, options));
    clear();
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const attach = (files: readonly File[]) =>
    void readAll(files, attachments).then(({ read, refused }) => {
      setAttachments(read);
      if (refused) tell.failed("", refused);
    });
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    attach(files);
  };
  const onDrop = (event: DragEvent) => {
    const files = [...event.dataTransfer.files];
    if (files.length === 0) return;
    event.preventDefault();
    attach(files);
  };

  return (
    <form className="composer" onSubmit={onSubmit} onDrop={onDrop} onDragOver={(event) => event.preventDefault()}>
      {isOpen && <OptionsPanel id={`${id}o`} options={options} onChange={onOptions} />}
      {attachments.length > 0 && (
        <ul className="chips" aria-label="Attached">
          {attachments.map((attachment) => (
            <li key={attachment.id} className="chip">
              {/^data:image\//.test(attachment.url) && <img src={attachment.url} alt="" />}
              <span>{attachment.filename ?? attachment.url}</span>
              <button
                type="button"
                aria-label={`Take away ${attachment.filename ?? attachment.url}`}
                onClick={() => setAttachments(attachments.filter((other) => other !== attachment))}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <label className="unseen" htmlFor="prompt">
        Message
      </label>
      <textarea
        id="prompt"
        ref={input}
        className="composer__input"
        rows={1}
        value={text}
        disabled={closed}
        placeholder={placeholder(agents.chosen, options)}
        aria-describedby="keys"
        enterKeyHint="send"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <div className="composer__bar">
        <AttachMenu
          attachments={attachments}
          disabled={closed}
          onAttach={setAttachments}
          onRefused={(error) => tell.failed("", error)}
        />
        <button
          className="tool-button"
          type="button"
          aria-label={changed === 0 ? "Options" : `Options, ${changed} changed`}
          aria-expanded={isOpen}
          aria-controls={`${id}o`}
          title="Options of the answer"
          data-changed={changed > 0 || undefined}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="options" />
        </button>
        <AgentSelect choice={agents} />
        <span className="composer__keys" id="keys">
          {keyWords(answering, waiting)}
        </span>
        {(answering || waiting) && (
          <button
            className={answering ? "round-button" : "round-button round-button--quiet"}
            type="button"
            onClick={onStop}
            aria-label="Stop the answer"
          >
            <Icon name="stop" />
          </button>
        )}
        {!answering && (
          <button className="round-button" type="submit" disabled={!sendable} aria-label="Send the message">
            <Icon name="send" />
          </button>
        )}
      </div>
    </form>
  );
}

function placeholder(agent: string | null, options: SendOptions): string {
  if (!options.answers) return "Write a message that is only saved";
  return agent === null ? "Write a message" : `Write to ${agent}`;
}

function keyWords(answering: boolean, waiting: boolean): string {
  if (answering) return "Esc stops the answer";
  return waiting ? "A new message denies open approvals" : "Enter sends, Shift+Enter for a new line";
}

import { type FormEvent, type JSX, useEffect, useRef, useSyncExternalStore } from "react";

import { answerQuestion, currentQuestion, onQuestion, type Question } from "./credential";

const WORDS: Record<Question, string> = {
  wanted: "The server wants to know who you are.",
  refused: "The server does not take this key.",
  changed: "Without a key nothing is sent. Requests under way are not changed.",
};

/** Asks for an API key or a token whenever somebody needs one. */
export function KeyDialog(): JSX.Element {
  const question = useSyncExternalStore(onQuestion, currentQuestion);
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (question === null) dialog.current?.close();
    else if (dialog.current?.open === false) dialog.current.showModal();
    if (question !== null && field.current) field.current.value = "";
  }, [question]);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    answerQuestion(field.current?.value.trim() ?? "");
  };
  const cancel = (): void => {
    if (currentQuestion() !== null) answerQuestion(null);
  };

  return (
    <dialog ref={dialog} className="weft-key" aria-labelledby="weft-key-title" onClose={cancel}>
      <form onSubmit={submit}>
        <h2 id="weft-key-title">Key</h2>
        <p role={question === "refused" ? "alert" : undefined}>{question === null ? "" : WORDS[question]}</p>
        <label htmlFor="weft-key-field">API key or token</label>
        <input ref={field} id="weft-key-field" type="password" autoComplete="off" spellCheck={false} autoFocus />
        <p>It is kept in this tab until it is closed.</p>
        <button type="submit">Use it</button>
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      </form>
    </dialog>
  );
}

/** What a thread looks like. It knows of no client; each recipe gives it data and what can be done. */

import { useRef, useState, type FormEvent } from "react";
import type { UIMessage } from "weft-client";

export interface ScreenProps {
  readonly messages: readonly UIMessage[];
  readonly hasOlder: boolean;
  readonly canStop: boolean;
  readonly loadOlder: () => void;
  /** Resolves to what went wrong, or null. */
  readonly send: (text: string, clientId: string) => Promise<string | null>;
  readonly stop: () => void;
  readonly decide: (approvalId: string, approved: boolean) => void;
}

export function Screen({ messages, hasOlder, canStop, loadOlder, send, stop, decide }: ScreenProps) {
  return (
    <main>
      {hasOlder && <button onClick={loadOlder}>Older</button>}
      {messages.map((message) => (
        <Message key={message.clientId ?? message.key} message={message} decide={decide} />
      ))}
      {canStop && <button onClick={stop}>Stop</button>}
      <Composer send={send} />
    </main>
  );
}

function Message({ message, decide }: { readonly message: UIMessage; readonly decide: ScreenProps["decide"] }) {
  return (
    <article data-role={message.role} data-status={message.status}>
      {message.parts.map((part, index) => {
        if (part.__typename === "TextPart") return <p key={index}>{part.text}</p>;
        if (part.__typename !== "ToolPart") return null;
        const { id } = part.approval ?? { id: "" };
        return (
          <section key={index} data-tool={part.toolName} data-state={part.toolState}>
            {part.toolState === "APPROVAL_REQUESTED" && (
              <>
                <button onClick={() => decide(id, true)}>Approve</button>
                <button onClick={() => decide(id, false)}>Deny</button>
              </>
            )}
          </section>
        );
      })}
      {message.error !== null && <p role="alert">{message.error}</p>}
    </article>
  );
}

function Composer({ send }: Pick<ScreenProps, "send">) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const failed = useRef({ text: "", clientId: "" });

  async function submit(event: FormEvent) {
    event.preventDefault();
    // What may have arrived is sent again under the same id: the server stores it once.
    const clientId = failed.current.text === text ? failed.current.clientId : crypto.randomUUID();
    setText("");
    setProblem(null);
    const error = await send(text, clientId);
    if (error === null) return;
    failed.current = { text, clientId };
    setProblem(error);
    setText((typed) => (typed === "" ? text : `${text}\n${typed}`));
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      {problem !== null && <p role="alert">{problem}</p>}
      <textarea aria-label="Message" value={text} onChange={(event) => setText(event.target.value)} />
      <button disabled={text.trim() === ""}>Send</button>
    </form>
  );
}

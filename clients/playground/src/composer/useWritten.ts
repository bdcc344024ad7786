import { useCallback, useState } from "react";

import { keep, read } from "../ui/stored";
import type { Attachment } from "./outgoing";

export interface Written {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly setText: (text: string) => void;
  readonly setAttachments: (attachments: readonly Attachment[]) => void;
  readonly clear: () => void;
}

/** Attachments are too large for the browser's storage: they outlive a change of threads, not a reload. */
const attached = new Map<string, readonly Attachment[]>();
const none: readonly Attachment[] = [];

/** What is written in a thread and not sent: it stays when another thread is opened, and when the page is read again. */
export function useWritten(name: string): Written {
  const [state, setState] = useState(() => kept(name));
  const current = state.name === name ? state : kept(name);
  const put = useCallback(
    (text: string, attachments: readonly Attachment[]) => {
      keep("sessionStorage", storedAs(name), text === "" ? null : text);
      attached.set(name, attachments);
      setState({ name, text, attachments });
    },
    [name],
  );
  const { text, attachments } = current;
  return {
    text,
    attachments,
    setText: (next) => put(next, attachments),
    setAttachments: (next) => put(text, next),
    clear: () => put("", none),
  };
}

/** Puts words before what is written in a thread, for when it is opened again. */
export function writeBefore(name: string, words: string): void {
  const { text } = kept(name);
  if (words.trim() === "" || text.includes(words)) return;
  keep("sessionStorage", storedAs(name), text === "" ? words : `${words}\n\n${text}`);
}

function kept(name: string) {
  return { name, text: read("sessionStorage", storedAs(name)) ?? "", attachments: attached.get(name) ?? none };
}

function storedAs(name: string): string {
  return `weft.written ${name}`;
}

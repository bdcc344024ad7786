/** The keys of the page, in one place: what they do and what the dialog says of them. */

import { useEffect, useState } from "react";

import { keep, read } from "./stored";
import { useEvent } from "./useEvent";

export type Command = "help" | "write" | "search" | "newThread" | "messages" | "details" | "escape";

interface Pressed {
  readonly key: string;
  readonly code: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** What a key asks for; `isTyping`: it goes into a field, where letters are letters. */
export function commandOf(pressed: Pressed, isTyping: boolean, singleKeys: boolean): Command | null {
  const { key, code, altKey, ctrlKey, metaKey } = pressed;
  if (key === "Escape") return "escape";
  if ((ctrlKey || metaKey) && !altKey) return key.toLowerCase() === "k" ? "search" : key === "/" ? "help" : null;
  if (altKey) return ({ KeyN: "newThread", KeyI: "details", ArrowUp: "messages" }[code] as Command | undefined) ?? null;
  if (isTyping || !singleKeys) return null;
  return key === "?" ? "help" : key === "/" ? "write" : null;
}

export function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

const SINGLE = "weft.singleKeys";

/** Keys without Ctrl or Alt can be turned off: people who speak to their computer press them by accident. */
export function useShortcuts(run: (command: Command, event: KeyboardEvent) => void): [boolean, (on: boolean) => void] {
  const [singleKeys, setSingleKeys] = useState(() => read("localStorage", SINGLE) !== "off");
  const onKey = useEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const command = commandOf(event, isField(event.target), singleKeys);
    if (command) run(command, event);
  });
  useEffect(() => {
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onKey]);
  const set = (on: boolean) => {
    keep("localStorage", SINGLE, on ? null : "off");
    setSingleKeys(on);
  };
  return [singleKeys, set];
}

export const shortcuts: readonly { readonly title: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  {
    title: "Anywhere",
    keys: [
      ["?  or  Ctrl /", "This list"],
      ["/", "Write a message"],
      ["Ctrl K", "Find threads"],
      ["Alt N", "New thread"],
      ["Alt I", "Show or hide the details"],
      ["Alt ↑", "To the newest message"],
      ["Esc", "Close what is open, else stop the answer"],
    ],
  },
  {
    title: "On a message",
    keys: [
      ["↑ ↓  or  K J", "The message before, or after"],
      ["Enter  or  D", "Details"],
      ["C", "Copy the text"],
      ["R", "Regenerate an answer"],
      ["E", "Edit a prompt and answer it again"],
    ],
  },
  {
    title: "While writing",
    keys: [
      ["Enter", "Send"],
      ["Shift Enter", "New line"],
    ],
  },
];

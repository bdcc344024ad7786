import { Fragment, type ReactNode } from "react";
import type { MessagePart, ThreadMessage } from "weft-client";

import { ToolCard } from "../tools/ToolCard";
import { asksApproval, isBusy } from "../tools/toolWords";
import { Json } from "../ui/Json";
import { FileView } from "./FileView";
import { Markup } from "./Markup";
import { Prose } from "./Prose";
import { Reasoning } from "./Reasoning";
import { Sources } from "./Sources";

interface PartsProps {
  readonly message: ThreadMessage;
  readonly live: boolean;
  readonly waiting: boolean;
}

/** Everything a message has to show, in order; its sources come last. */
export function Parts({ message, live, waiting }: PartsProps) {
  const shown = message.parts.filter(isShown);
  if (shown.length === 0 && message.text !== "") return <Markup text={message.text} />;
  const view = (part: MessagePart): ReactNode => {
    switch (part.__typename) {
      case "TextPart":
        return <Prose text={part.text} live={live && part.state === "STREAMING"} />;
      case "ReasoningPart":
        return <Reasoning text={part.text} open={part.state === "STREAMING" && live} />;
      case "ToolPart":
        return <ToolCard part={part} live={live} waiting={waiting} />;
      case "FilePart":
        return <FileView file={part} />;
      case "DataPart":
        return <Json label={part.name} value={part.data} />;
      default:
        return null;
    }
  };
  const names = partNames(shown);
  return (
    <>
      {shown.map((part, index) => (
        <Fragment key={names[index]}>{view(part)}</Fragment>
      ))}
      <Sources parts={message.parts} />
      {live && isBetween(shown) && <Waiting />}
    </>
  );
}

function isShown(part: MessagePart): boolean {
  if (part.__typename === "TextPart" || part.__typename === "ReasoningPart") return part.text !== "";
  return part.__typename === "ToolPart" || part.__typename === "FilePart" || part.__typename === "DataPart";
}

/** Nothing on screen moves by itself: nothing has come yet, or the tools are through and the next words are to come. */
function isBetween(shown: readonly MessagePart[]): boolean {
  const last = shown.at(-1);
  if (last !== undefined && last.__typename !== "ToolPart") return false;
  return !shown.some((part) => part.__typename === "ToolPart" && (isBusy(part, true) || asksApproval(part)));
}

/** Names that a part keeps while others come before it, so that what the reader opened stays open. */
function partNames(parts: readonly MessagePart[]): readonly string[] {
  const seen = new Map<string, number>();
  return parts.map((part) => {
    const name = part.__typename === "ToolPart" ? `call ${part.toolCallId}` : part.__typename;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return `${name} ${count}`;
  });
}

function Waiting() {
  return (
    <p className="waiting" role="img" aria-label="Waiting for the answer">
      <span />
      <span />
      <span />
    </p>
  );
}

import { useEffect, useState } from "react";

import { copyText } from "../ui/copyText";

interface CopyButtonProps {
  /** Names what is copied, for readers who do not see where the button is. */
  readonly what: string;
  /** Made when it is asked for: it may be large. */
  readonly text: () => string;
}

const TOLD_MS = 2_000;
const words = { idle: "Copy", copied: "Copied", refused: "Not copied" } as const;

/** Copies a text, and says whether it could: browsers refuse it on pages that are not secure. */
export function CopyButton({ what, text }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<keyof typeof words>("idle");
  useEffect(() => {
    if (outcome === "idle") return;
    const timer = setTimeout(() => setOutcome("idle"), TOLD_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const onClick = () =>
    copyText(text()).then(
      () => setOutcome("copied"),
      () => setOutcome("refused"),
    );
  return (
    <button className="details-button details-button--small" type="button" onClick={() => void onClick()}>
      <span aria-live="polite">{words[outcome]}</span>
      <span className="unseen"> {what}</span>
    </button>
  );
}

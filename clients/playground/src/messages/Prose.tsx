import { useSmoothText } from "weft-client/react";

import { Markup } from "./Markup";

const still = window.matchMedia("(prefers-reduced-motion: reduce)");

/** A text. While it is being written it is revealed at an even pace; where motion is unwelcome, as it comes. */
export function Prose({ text, live }: { readonly text: string; readonly live: boolean }) {
  const [smooth] = useSmoothText(text);
  return <Markup text={live && !still.matches ? smooth : text} />;
}

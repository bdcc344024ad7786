/** Puts text on the clipboard. Raises when the browser refuses. */
export async function copyText(text: string): Promise<void> {
  if ("clipboard" in navigator) return navigator.clipboard.writeText(text);
  if (!copiedFromField(text)) throw new Error("This browser allows copying only on pages that came by HTTPS.");
}

/** The way of pages that came neither by HTTPS nor from this machine: they have no clipboard to write to. */
function copiedFromField(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.className = "unseen";
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return done;
}

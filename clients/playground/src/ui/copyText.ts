/** Puts text on the clipboard. Raises when the browser refuses, as it does on pages that came neither by HTTPS nor from this machine. */
export async function copyText(text: string): Promise<void> {
  if (!("clipboard" in navigator)) throw new Error("This browser allows copying only on pages that came by HTTPS.");
  await navigator.clipboard.writeText(text);
}

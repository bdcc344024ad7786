/**
 * 128 random bits as text. `crypto.randomUUID` would not exist on a page that was loaded over plain HTTP from afar, and
 * React Native has no `crypto` at all: there the bits need not be secret, only different.
 */
export function newId(): string {
  const bytes = new Uint8Array(16);
  if (typeof crypto === "object") crypto.getRandomValues(bytes);
  else bytes.forEach((_, index) => (bytes[index] = Math.floor(Math.random() * 256)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

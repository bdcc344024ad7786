/** 128 random bits as text. `crypto.randomUUID` would not exist on a page that was loaded over plain HTTP from afar. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

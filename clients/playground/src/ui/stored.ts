/** What this browser keeps between visits. A browser that keeps nothing (private windows may refuse) is no error. */

type Kind = "localStorage" | "sessionStorage";

export function read(kind: Kind, name: string): string | null {
  try {
    return window[kind].getItem(name);
  } catch {
    return null;
  }
}

/** Null forgets it. */
export function keep(kind: Kind, name: string, value: string | null): void {
  try {
    if (value === null) window[kind].removeItem(name);
    else window[kind].setItem(name, value);
  } catch {
    // Full, or refused: what is kept is a convenience.
  }
}

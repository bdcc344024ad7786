/**
 * Which server the page talks to, and with which key. A key belongs to one server: it is kept under that server's
 * address and never sent to another.
 */

import { keep, read } from "../ui/stored";

const SERVER = "weft.server";

/** The GraphQL endpoint; empty for that of the server the page came from. */
export function chosenServer(): string {
  return read("localStorage", SERVER) ?? "";
}

export function keepServer(url: string): void {
  keep("localStorage", SERVER, url === "" ? null : url);
}

export interface Key {
  readonly text: string;
  /** Kept after the window is closed. */
  readonly remembered: boolean;
}

/** The key or token for a server; null when there is none. */
export function keyFor(url: string): Key | null {
  const short = read("sessionStorage", keyName(url));
  if (short !== null) return { text: short, remembered: false };
  const long = read("localStorage", keyName(url));
  return long === null ? null : { text: long, remembered: true };
}

export function keepKey(url: string, key: Key | null): void {
  const kept = key !== null && key.text !== "" ? key : null;
  keep("sessionStorage", keyName(url), kept && !kept.remembered ? kept.text : null);
  keep("localStorage", keyName(url), kept?.remembered ? kept.text : null);
}

function keyName(url: string): string {
  return `weft.key ${url}`;
}

/**
 * The endpoint that an address means: a bare host gets `https`, and a server's root `/graphql`. Empty is the page's own.
 * Null if it is no address.
 */
export function endpointOf(text: string, own: string): string | null {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  const scheme = /^(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/.test(trimmed) ? "http" : "https";
  if (/\s/.test(trimmed)) return null;
  const url = parsed(/^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `${scheme}://${trimmed}`);
  if (!url || !["http:", "https:"].includes(url.protocol) || url.username !== "" || url.password !== "") return null;
  const path = url.pathname === "/" ? "/graphql" : url.pathname;
  return url.origin === own && path === "/graphql" ? "" : `${url.origin}${path}${url.search}`;
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

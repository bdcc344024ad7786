/**
 * Subscriptions: one graphql-transport-ws socket for the page, which reconnects by itself for as long as anyone listens.
 * After a reconnect each subscription continues from its own cursor.
 */

import { createClient } from "graphql-ws";

import { backoffMs } from "./backoff";
import { errorText } from "./http";
import type { Operation } from "./operations";

export type ConnectionState = "connecting" | "live" | "reconnecting";

export interface Subscriber<Data> {
  /** Cursor to continue after; asked for at every (re)connect. */
  readonly after: () => string | null;
  readonly next: (data: Data) => void;
  /** The server ended the subscription or refused it; null when it ended without an error. */
  readonly ended: (error: string | null) => void;
}

const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5_000;

let state: ConnectionState = "connecting";
const stateListeners = new Set<() => void>();
const reconnectListeners = new Set<() => void>();
let pongTimer: ReturnType<typeof setTimeout> | undefined;

const client = createClient({
  url: socketUrl,
  retryAttempts: Number.POSITIVE_INFINITY,
  retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, backoffMs(retries))),
  lazyCloseTimeout: 5_000,
  keepAlive: PING_EVERY_MS,
});

client.on("connected", (_socket, _payload, wasRetry) => {
  setState("live");
  if (wasRetry) for (const listener of reconnectListeners) listener();
});
client.on("closed", () => {
  clearTimeout(pongTimer);
  setState("reconnecting");
});
client.on("ping", (received) => {
  if (!received) pongTimer = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
});
client.on("pong", (received) => {
  if (received) clearTimeout(pongTimer);
});

/** Starts a subscription; the answer ends it. */
export function subscribe<Data, Variables extends { after: string | null }>(
  operation: Operation<Data, Variables>,
  variables: Omit<Variables, "after">,
  subscriber: Subscriber<Data>,
): () => void {
  let open = true;
  const end = (error: string | null) => {
    if (open) subscriber.ended(error);
    open = false;
  };
  const live = {
    ...variables,
    // Serialized anew for each connection, so a getter makes every resubscribe continue at the newest cursor.
    get after() {
      return subscriber.after();
    },
  };
  const stop = client.subscribe<Data>(
    { query: operation.document, variables: live },
    {
      next: (result) => {
        if (open && result.data) subscriber.next(result.data);
        else if (result.errors?.[0]) end(result.errors[0].message);
      },
      error: (error) => end(subscriptionError(error)),
      complete: () => end(null),
    },
  );
  return () => {
    open = false;
    stop();
  };
}

export function connectionState(): ConnectionState {
  return state;
}

export function onConnectionState(listener: () => void): () => void {
  stateListeners.add(listener);
  return () => stateListeners.delete(listener);
}

/** Calls the listener each time the socket is back after it was lost. */
export function onReconnect(listener: () => void): () => void {
  reconnectListeners.add(listener);
  return () => reconnectListeners.delete(listener);
}

function setState(next: ConnectionState): void {
  if (state === next) return;
  state = next;
  for (const listener of stateListeners) listener();
}

function socketUrl(): string {
  const url = new URL("/graphql", window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

function subscriptionError(error: unknown): string {
  const first: unknown = Array.isArray(error) ? error[0] : error;
  if (first instanceof CloseEvent) return first.reason || `The connection was closed (${first.code}).`;
  return errorText(hasMessage(first) ? first.message : first);
}

function hasMessage(value: unknown): value is { message: string } {
  return typeof value === "object" && value !== null && "message" in value && typeof value.message === "string";
}

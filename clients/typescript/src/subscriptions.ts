/**
 * What every transport of live events promises: a subscription lives through lost connections for as long as it is
 * wanted, and after each goes on with the variables as they are then.
 */

import type { WeftError } from "./errors.js";

/** connecting: not there, or not needed yet. live. reconnecting: it was lost or could not be made, and is being made again. */
export type ConnectionState = "connecting" | "live" | "reconnecting";

export interface Subscriber {
  readonly document: string;
  /** Asked for at every (re)connect. */
  readonly variables: () => Readonly<Record<string, unknown>>;
  readonly next: (data: unknown) => void;
  /** The server ended the subscription or refused it; null when it ended without an error. Nothing comes after it. */
  readonly ended: (error: WeftError | null) => void;
}

export interface Subscriptions {
  /** Starts a subscription; the answer ends it. */
  readonly subscribe: (subscriber: Subscriber) => () => void;
  readonly connection: Connection;
  /** Connects anew now: the network changed, or the device woke up. */
  readonly reconnect: () => void;
  /** Ends all subscriptions, silently. */
  readonly close: () => void;
}

/** A listener that fails fails by itself: the connection and the other listeners go on. */
export function safely(call: () => void): void {
  try {
    call();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}

/** Adds a listener; the answer takes it away. */
export function added(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The state of a connection, and those who watch it. */
export class Connection {
  private current: ConnectionState = "connecting";
  private readonly watchers = new Set<() => void>();
  private readonly returns = new Set<() => void>();

  readonly state = (): ConnectionState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => added(this.watchers, listener);

  /** Calls the listener each time the connection is there: made, or back after it was lost. */
  readonly onReturn = (listener: () => void): (() => void) => added(this.returns, listener);

  set(next: ConnectionState): void {
    const before = this.current;
    if (before === next) return;
    this.current = next;
    for (const listener of this.watchers) listener();
    if (next === "live") for (const listener of this.returns) listener();
  }
}

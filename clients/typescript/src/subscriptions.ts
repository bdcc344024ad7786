/**
 * What every transport of live events promises: a subscription lives through lost connections for as long as it is
 * wanted, and after each goes on with the variables as they are then.
 */

import type { WeftError } from "./errors.js";

/** connecting: not there yet. live. reconnecting: it was there, and is being made again. */
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

/** The state of a connection, and those who watch it. */
export class Connection {
  private current: ConnectionState = "connecting";
  private readonly watchers = new Set<() => void>();
  private readonly returns = new Set<() => void>();

  readonly state = (): ConnectionState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.watchers.add(listener);
    return () => this.watchers.delete(listener);
  };

  /** Calls the listener each time the connection is back after it was lost. */
  readonly onReturn = (listener: () => void): (() => void) => {
    this.returns.add(listener);
    return () => this.returns.delete(listener);
  };

  set(next: ConnectionState): void {
    const before = this.current;
    if (before === next) return;
    this.current = next;
    for (const listener of this.watchers) listener();
    if (before === "reconnecting" && next === "live") for (const listener of this.returns) listener();
  }
}

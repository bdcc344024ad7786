/** One server: requests and live events, with the types of what is asked. */

import type { WeftError } from "./errors.js";
import { post, type Operation, type RequestOptions } from "./http.js";
import type { Endpoint } from "./options.js";
import type { Subscriptions } from "./subscriptions.js";

export interface LiveOperation<Data, Variables> {
  /** Asked for at every (re)connect. */
  readonly variables: () => Variables;
  readonly next: (data: Data) => void;
  /** The server ended it or refused it; nothing comes after. */
  readonly ended: (error: WeftError | null) => void;
}

export class Server {
  constructor(
    private readonly endpoint: Endpoint,
    readonly subscriptions: Subscriptions,
  ) {}

  /** Runs a query or a mutation. Raises WeftError for every failure but a mutation's user errors: see `accepted`. */
  async request<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Data> {
    return (await post(this.endpoint, operation.toString(), variables, options)) as Data;
  }

  /** Starts a subscription, which outlives lost connections; the answer ends it. */
  subscribe<Data, Variables extends Readonly<Record<string, unknown>>>(
    operation: Operation<Data, Variables>,
    live: LiveOperation<Data, Variables>,
  ): () => void {
    const { variables, ended } = live;
    const next = (data: unknown) => live.next(data as Data);
    return this.subscriptions.subscribe({ document: operation.toString(), variables, next, ended });
  }
}

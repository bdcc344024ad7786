/** One Weft server as a client sees it: live threads, live lists of threads, and everything else by typed operations. */

import { accepted } from "./errors.js";
import { AgentsDocument, BranchThreadDocument, type AgentsQuery } from "./generated/operations.js";
import type { Operation, RequestOptions } from "./http.js";
import { LateSubscriptions } from "./lateSubscriptions.js";
import type { ThreadSummary } from "./model.js";
import { endpointOf, type WeftOptions } from "./options.js";
import { Server, type LiveOperation } from "./server.js";
import { Shelf } from "./shelf.js";
import type { Connection } from "./subscriptions.js";
import { ThreadListStore, type ThreadListOptions } from "./threads/threadListStore.js";
import { ThreadStore, type ThreadStoreOptions } from "./thread/threadStore.js";
import { WebSocketSubscriptions } from "./websocket.js";

export type Agent = AgentsQuery["agents"][number];

export class WeftClient {
  private readonly server: Server;
  private readonly threadShelf = new Shelf<ThreadStore>();
  private readonly listShelf = new Shelf<ThreadListStore>();

  constructor(options: WeftOptions = {}) {
    const endpoint = endpointOf(options);
    const live =
      options.transport === "sse"
        ? new LateSubscriptions(async (connection) => new (await import("./sse.js")).SseSubscriptions(endpoint, connection))
        : new WebSocketSubscriptions(endpoint, options.webSocket);
    this.server = new Server(endpoint, live);
  }

  /** Whether live events are coming. Nothing is connected before somebody listens. */
  get connection(): Connection {
    return this.server.subscriptions.connection;
  }

  /** Connects anew now. Browsers are watched for it; React Native calls it when the app becomes active. */
  reconnect(): void {
    this.server.subscriptions.reconnect();
  }

  /** Ends every subscription. The client is not used afterwards. */
  close(): void {
    this.threadShelf.clear();
    this.listShelf.clear();
    this.server.subscriptions.close();
  }

  /** Runs a query or a mutation. Raises WeftError; a mutation's `userErrors` are data: pass its payload to `accepted`. */
  request<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Data> {
    return this.server.request(operation, variables, options);
  }

  /** Starts a subscription, which outlives lost connections; the answer ends it. */
  subscribe<Data, Variables extends Readonly<Record<string, unknown>>>(
    operation: Operation<Data, Variables>,
    live: LiveOperation<Data, Variables>,
  ): () => void {
    return this.server.subscribe(operation, live);
  }

  /** The store of a thread: the same one for everybody who asks while somebody keeps it. Follow it with `keep`. */
  thread(threadId: string, options: ThreadStoreOptions = {}): ThreadStore {
    return this.threadShelf.get(threadId, () => new ThreadStore(this.server, threadId, options));
  }

  /** A thread that is created with its first message. */
  newThread(options: ThreadStoreOptions = {}): ThreadStore {
    return new ThreadStore(this.server, null, options, (threadId, store) => this.threadShelf.put(threadId, store));
  }

  /** The store of a list of threads: the same one for everybody who asks alike. */
  threads(options: ThreadListOptions = {}): ThreadListStore {
    const { filter = {}, pageSize } = options;
    const named = JSON.stringify([filter.userId ?? null, filter.title ?? null, pageSize ?? null]);
    return this.listShelf.get(named, () => new ThreadListStore(this.server, options));
  }

  /** Follows a store until the answer is called; what several keep is followed once. */
  keep(store: ThreadStore | ThreadListStore): () => void {
    return store instanceof ThreadStore ? this.threadShelf.keep(store) : this.listShelf.keep(store);
  }

  async agents(): Promise<readonly Agent[]> {
    return (await this.request(AgentsDocument, {})).agents;
  }

  /** A new thread with the history up to a stored message. Raises WeftError. */
  async branch(threadId: string, upToAndIncludingMessageId: string, title?: string): Promise<ThreadSummary> {
    const input = { threadId, upToAndIncludingMessageId, title: title ?? null };
    const { thread } = accepted((await this.request(BranchThreadDocument, { input })).branchThread);
    return thread as ThreadSummary;
  }
}

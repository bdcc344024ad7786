/**
 * A Weft server in memory: its `fetch` and its `webSocket` are given to a client. It speaks graphql-transport-ws, keeps
 * a History a thread, and does what a test tells it: refuse, lose answers, cut sockets.
 */

import type { ThreadEvent, ThreadListEvent, ThreadSummary } from "../src/model.js";
import { History } from "./history.js";

interface Request {
  readonly name: string;
  readonly variables: Readonly<Record<string, any>>;
  readonly headers: Readonly<Record<string, string>>;
}

type Handler = (variables: Readonly<Record<string, any>>) => unknown;

const accepted = { userErrors: [] };

export class FakeServer {
  readonly threads = new Map<string, History>();
  readonly requests: Request[] = [];
  /** What sockets were opened with. */
  readonly tokens: unknown[] = [];
  readonly sockets = new Set<FakeSocket>();
  /** Subscriptions that are followed now. */
  readonly followed: { readonly name: string; readonly after: unknown }[] = [];
  listEvents: ThreadListEvent[] = [];
  isDown = false;
  /** Stands in for an operation: its value is the data; a Response or an Error is passed on as it is. */
  readonly instead = new Map<string, Handler>();
  /** Looks at what sockets say of themselves: a code to close them with, or null. */
  admits: (payload: Readonly<Record<string, unknown>>) => number | null = () => null;

  thread(id: string): History {
    const history = this.threads.get(id) ?? new History(id);
    this.threads.set(id, history);
    return history;
  }

  readonly fetch: typeof fetch = async (_url, init) => {
    const { query, variables } = JSON.parse(String(init?.body)) as { query: string; variables: Record<string, any> };
    const name = /^(?:query|mutation) (\w+)/.exec(query)?.[1] ?? "";
    this.requests.push({ name, variables, headers: init?.headers as Record<string, string> });
    await Promise.resolve();
    if (init?.signal?.aborted) throw new DOMException("Aborted", "AbortError");
    if (this.isDown) throw new TypeError("fetch failed");
    const handler = this.instead.get(name) ?? this.handlers[name];
    if (!handler) throw new Error(`no handler of ${name}`);
    const data = await handler(variables);
    if (data instanceof Error) throw data;
    return data instanceof Response ? data : Response.json({ data });
  };

  /** The class to give to a client as its WebSocket. */
  get webSocket(): unknown {
    const server = this;
    return class extends FakeSocket {
      constructor() {
        super(server);
      }
    };
  }

  /** Sends what has happened to everybody who follows. */
  deliver(): void {
    for (const socket of this.sockets) socket.deliver();
  }

  cut(code = 1006): void {
    for (const socket of [...this.sockets]) socket.drop(code);
  }

  asked(name: string): Request[] {
    return this.requests.filter((request) => request.name === name);
  }

  private readonly handlers: Readonly<Record<string, Handler>> = {
    Thread: ({ id, last }) => ({ thread: this.known(id)?.snapshot(last) ?? null }),
    OlderMessages: ({ id, last, before }) => ({ thread: { uiMessages: this.thread(id).page(last, before) } }),
    CreateThread: ({ input, last }) => {
      const history = this.thread(`thr_${input.clientId.slice(0, 6)}`);
      return { createThread: { ...accepted, thread: history.snapshot(last) } };
    },
    SendMessage: ({ input }) => {
      const history = this.thread(input.threadId);
      const known = [...history.messages.values()].find(({ clientId }) => clientId === input.clientId);
      const order = Math.max(-1, ...[...history.messages.values()].map((each) => each.order)) + 1;
      const sentMessage = known ?? history.say(order, input.prompt ?? "", input.clientId);
      return { sendMessage: { ...accepted, sentMessage, generation: null } };
    },
    Threads: ({ first, after, filter }) => {
      const all = this.summaries().filter(({ title }) => !filter?.title || title?.includes(filter.title));
      const begin = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
      const nodes = all.slice(begin, begin + first);
      const pageInfo = { hasNextPage: begin + first < all.length, endCursor: nodes.at(-1)?.id ?? null };
      const cursor = this.listEvents.at(-1)?.cursor ?? "0";
      return { threads: { edges: nodes.map((node) => ({ node })), pageInfo, cursor } };
    },
    AbortStreams: () => ({ abortStreams: { ...accepted, abortedIds: [] } }),
    AbortGeneration: () => ({ abortGeneration: { ...accepted, generation: null } }),
    Agents: () => ({ agents: [{ name: "demo", model: "demo" }] }),
  };

  private known(id: string): History | undefined {
    const history = this.threads.get(id);
    return history?.isDeleted ? undefined : history;
  }

  summaries(): ThreadSummary[] {
    return [...this.threads.values()].filter(({ isDeleted }) => !isDeleted).map((history) => history.summary());
  }
}

interface Followed {
  readonly id: string;
  readonly field: string;
  readonly events: () => readonly { readonly cursor: string }[];
  position: number;
  readonly entry: { readonly name: string; readonly after: unknown };
}

export class FakeSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: unknown) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  answersPings = true;
  private readonly following = new Map<string, Followed>();

  constructor(private readonly server: FakeServer) {
    server.sockets.add(this);
    void Promise.resolve().then(() => {
      if (this.readyState !== 0) return;
      if (server.isDown) return this.drop(1006);
      this.readyState = 1;
      this.onopen?.();
    });
  }

  send(text: string): void {
    const message = JSON.parse(text) as { type: string; id: string; payload: any };
    if (message.type === "connection_init") return this.acknowledge(message.payload ?? {});
    if (message.type === "ping" && this.answersPings) void Promise.resolve().then(() => this.say({ type: "pong" }));
    if (message.type === "complete") return this.leave(message.id);
    if (message.type === "subscribe") this.follow(message.id, message.payload);
  }

  close(code = 1000): void {
    if (this.readyState < 2) this.drop(code);
  }

  /** The connection is gone, with or without a word. */
  drop(code: number, reason = ""): void {
    this.readyState = 3;
    this.server.sockets.delete(this);
    for (const id of [...this.following.keys()]) this.leave(id);
    this.onclose?.({ code, reason, wasClean: code === 1000 });
  }

  deliver(): void {
    for (const [id, followed] of this.following) {
      for (const event of followed.events().slice(followed.position)) {
        followed.position += 1;
        this.say({ id, type: "next", payload: { data: { [followed.field]: event } } });
      }
    }
  }

  fail(message: string, code: string): void {
    for (const [id] of [...this.following]) {
      this.leave(id);
      this.say({ id, type: "error", payload: [{ message, extensions: { code } }] });
    }
  }

  private acknowledge(payload: Readonly<Record<string, unknown>>): void {
    this.server.tokens.push(payload.token ?? null);
    const refused = this.server.admits(payload);
    void Promise.resolve().then(() => (refused === null ? this.say({ type: "connection_ack" }) : this.drop(refused, "Forbidden")));
  }

  private follow(id: string, { query, variables }: { query: string; variables: Record<string, any> }): void {
    const isList = query.includes("threadListEvents");
    const { server } = this;
    const events = (): readonly (ThreadEvent | ThreadListEvent)[] =>
      isList ? server.listEvents : server.thread(variables.threadId).log;
    const after = events().findIndex(({ cursor }) => cursor === variables.after) + 1;
    const position = variables.after === null ? events().length : after;
    const entry = { name: isList ? "threads" : (variables.threadId as string), after: variables.after };
    server.followed.push(entry);
    this.following.set(id, { id, field: isList ? "threadListEvents" : "threadEvents", events, position, entry });
    this.deliver();
  }

  private leave(id: string): void {
    const followed = this.following.get(id);
    this.following.delete(id);
    if (followed) this.server.followed.splice(this.server.followed.indexOf(followed.entry), 1);
  }

  private say(message: object): void {
    if (this.readyState === 1) this.onmessage?.({ data: JSON.stringify(message) });
  }
}

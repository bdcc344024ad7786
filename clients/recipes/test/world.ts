/** A browser without a screen: a page, a network whose answers and sockets can be held back or cut, and what is asked of the server. */

import WebSocket from "ws";

const DEADLINE_MS = Number(process.env.DEADLINE_MS ?? 20_000);

const base = process.argv[2] ?? "";
export const url = `${base}/graphql`;

/** Everything that a library complains of. */
export const complaints: string[] = [];
for (const level of ["warn", "error"] as const) {
  console[level] = (...words: unknown[]) => void complaints.push(words.map(String).join(" "));
}
process.on(
  "unhandledRejection",
  (reason) => void complaints.push(String(reason instanceof Error ? reason.stack : reason)),
);

/** Resolves once it holds; looks after each change of the page, and of anything else that says `changed()`. */
export function until(what: string, holds: () => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (!holds()) return;
      watchers.delete(look);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      reject(new Error(`never held: ${what}\n${document.body.innerHTML}\n${complaints.join("\n")}`));
    }, DEADLINE_MS);
    watchers.add(look);
    look();
  });
}

const watchers = new Set<() => void>();

export function changed(): void {
  for (const watcher of [...watchers]) watcher();
}

/** Calls back after every commit of the page. */
export function onCommit(listener: () => void): () => void {
  watchers.add(listener);
  return () => watchers.delete(listener);
}

new MutationObserver(changed).observe(document, {
  subtree: true,
  childList: true,
  characterData: true,
  attributes: true,
});

/** The sockets of the page, newest last. */
export const sockets: Socket[] = [];

export class Socket extends WebSocket {
  /** The next message that has this in it does not arrive. */
  loses: string | null = null;

  constructor(address: string, protocols: string) {
    super(address, protocols);
    sockets.push(this);
  }

  override emit(event: string | symbol, ...told: unknown[]): boolean {
    if (event !== "message" || this.loses === null || !String(told[0]).includes(this.loses))
      return super.emit(event, ...told);
    this.loses = null;
    return true;
  }
}

/** While a mutation is held its result does not reach the page. */
export class Network {
  private release: (() => void) | null = null;
  private held: Promise<void> | null = null;
  /** Subscriptions that went by HTTP. */
  readonly followed: string[] = [];
  /** How often the thread was read. */
  reads = 0;
  /** Results that are held back now. */
  waiting = 0;
  /** What happens once between the reading of a list of threads and its arrival on the page. */
  afterList: (() => Promise<unknown>) | null = null;

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    if (String(init?.body).includes("subscription ")) {
      this.followed.push(String(init?.body));
      changed();
    }
    if (/query Thread(Query)?\(/.test(String(init?.body))) this.reads += 1;
    const response = await globalThis.fetch(input, init);
    if (this.afterList && /query Thread(s|ListQuery)\(/.test(String(init?.body))) {
      const { afterList } = this;
      this.afterList = null;
      await afterList();
    }
    if (this.held && String(init?.body).includes("sendMessage(")) {
      this.waiting += 1;
      changed();
      await this.held;
    }
    return response;
  };

  hold(): void {
    this.held = new Promise((resolve) => (this.release = resolve));
  }

  letGo(): void {
    this.held = null;
    this.waiting = 0;
    this.release?.();
  }
}

/** What the server itself says. */
export async function ask<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const body = JSON.stringify({ query, variables });
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { data, errors } = (await response.json()) as { data: Data; errors?: readonly { message: string }[] };
  if (errors) throw new Error(errors[0]?.message);
  return data;
}

export async function newThread(userId: string, title: string): Promise<string> {
  const { createThread } = await ask<{ createThread: { thread: { id: string } } }>(
    "mutation ($input: CreateThreadInput!) { createThread(input: $input) { thread { id } } }",
    { input: { userId, title } },
  );
  return createThread.thread.id;
}

export async function deleteThread(threadId: string): Promise<void> {
  await ask("mutation ($input: DeleteThreadInput!) { deleteThread(input: $input) { done } }", { input: { threadId } });
}

/** Prompts without answers, oldest first. */
export async function say(threadId: string, prompts: readonly string[]): Promise<void> {
  const messages = prompts.map((prompt) => ({ prompt }));
  const { saveMessages } = await ask<{ saveMessages: { userErrors: readonly unknown[] } }>(
    "mutation ($input: SaveMessagesInput!) { saveMessages(input: $input) { userErrors { errorMessage } } }",
    { input: { threadId, messages } },
  );
  if (saveMessages.userErrors.length > 0) throw new Error(JSON.stringify(saveMessages.userErrors));
}

interface Stored {
  readonly role: string;
  readonly status: string;
  readonly text: string;
}

/** The messages that are stored. */
export async function stored(id: string): Promise<readonly Stored[]> {
  const { thread } = await ask<{ thread: { uiMessages: { edges: readonly { node: Stored }[] } } }>(
    "query ($id: ID!) { thread(id: $id) { uiMessages(last: 100) { edges { node { role status text } } } } }",
    { id },
  );
  return thread.uiMessages.edges.map((edge) => edge.node);
}

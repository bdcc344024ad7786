/** What every recipe must do, seen by its reader: on a page, against a real server. See tests/e2e/apps.py for the agents. */

import {
  sockets,
  Socket,
  Network,
  changed,
  complaints,
  deleteThread,
  newThread,
  onCommit,
  say,
  stored,
  until,
  url,
} from "./world.js";

import { strict as assert } from "node:assert";

import { StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";

import { provider, Thread, ThreadList } from "@recipe";

const trials: Record<string, (page: Page) => Promise<void>> = {
  async "an answer grows and ends as what is stored"(page) {
    await page.open("slow");
    const seen = new Set<string>();
    const forget = onCommit(() => seen.add(page.texts("ASSISTANT")[0] ?? ""));
    await page.send("Go");
    await until("the answer is complete", () => page.has("ASSISTANT", "SUCCESS"));
    forget();
    const [, answer] = await stored(page.threadId);
    assert.equal(page.texts("ASSISTANT").join(), answer?.text);
    assert.ok(seen.size > 3, `the answer came in ${seen.size} pieces`);
    for (const text of seen) assert.ok(answer?.text.startsWith(text), text);
    await until("there is nothing to stop", () => !page.button("Stop"));
  },

  async "a sent message is there at once, and never twice, if its result comes last"(page) {
    await page.open("quick");
    page.network.hold();
    sockets.at(-1)?.pause();
    await page.sendWatched("Hello", async () => {
      assert.ok(page.has("USER", "PENDING"));
      sockets.at(-1)?.resume();
      await until("the result is on its way", () => page.network.waiting === 1);
      await until("the whole answer came by events", () => page.has("ASSISTANT"));
      page.network.letGo();
      await until("all is saved", () => page.has("USER", "SUCCESS") && page.has("ASSISTANT", "SUCCESS"));
    });
    await until("a late result sets nothing back", () => !page.button("Stop"));
  },

  async "a sent message is there at once, and never twice, if its event comes last"(page) {
    await page.open("quick");
    sockets.at(-1)?.pause();
    await page.sendWatched("Hello", async () => {
      await until("the result", () => page.has("USER", "SUCCESS"));
      assert.equal(page.texts("ASSISTANT").length, 0);
      sockets.at(-1)?.resume();
      await until("all is saved", () => page.has("ASSISTANT", "SUCCESS"));
    });
  },

  async "two messages sent at once are both there, in order"(page) {
    await page.open("quick");
    page.network.hold();
    await page.send("One");
    await page.send("Two");
    assert.deepEqual(page.texts("USER"), ["One", "Two"]);
    page.network.letGo();
    await until(
      "both are answered",
      () => page.statuses("ASSISTANT").filter((status) => status === "SUCCESS").length === 2,
    );
    assert.deepEqual(
      page.all(),
      (await stored(page.threadId)).map((message) => message.text),
    );
  },

  async "older pages come before newer ones"(page) {
    const prompts = Array.from({ length: 50 }, (_, number) => `Prompt ${number}`);
    await page.open("quick", prompts);
    assert.deepEqual(page.texts("USER"), prompts.slice(30));
    await page.send("Newest");
    await until("it is answered", () => page.has("ASSISTANT", "SUCCESS"));
    for (const loaded of [40, 50]) {
      page.button("Older")?.click();
      await until(`${loaded} are there`, () => page.texts("USER").length === loaded + 1);
      assert.deepEqual(page.texts("USER"), [...prompts.slice(-loaded), "Newest"]);
    }
    assert.equal(page.button("Older"), undefined);
    await page.send("And again");
    await until(
      "it is answered too",
      () => page.statuses("ASSISTANT").filter((status) => status === "SUCCESS").length === 2,
    );
    assert.deepEqual(
      page.all(),
      (await stored(page.threadId)).map((message) => message.text),
    );
  },

  async "a socket that is cut in mid-answer is resumed"(page) {
    await page.open("slow");
    await page.send("Go");
    const told = () => page.texts("ASSISTANT")[0] ?? "";
    let shrank = false;
    let before = "";
    const forget = onCommit(() => {
      shrank ||= !told().startsWith(before);
      before = told();
    });
    for (const word of ["word5", "word20", "word35"]) {
      await until(word, () => told().includes(word));
      const cut = sockets.at(-1);
      cut?.terminate();
      await until("another socket", () => sockets.at(-1) !== cut);
    }
    await until("the answer is complete", () => page.has("ASSISTANT", "SUCCESS"));
    forget();
    assert.equal(told(), (await stored(page.threadId))[1]?.text);
    assert.equal(shrank, false);
  },

  async "a delta that is lost is noticed, and the thread is read again"(page) {
    await page.open("slow");
    await page.send("Go");
    const told = () => page.texts("ASSISTANT")[0] ?? "";
    const seen = new Set<string>();
    const forget = onCommit(() => seen.add(told()));
    await until("something is written", () => told().includes("word5"));
    const [socket] = sockets.slice(-1);
    assert.ok(socket);
    socket.loses = "StreamAdvanced";
    await until("the answer is complete", () => page.has("ASSISTANT", "SUCCESS"));
    await until("there is nothing to stop", () => !page.button("Stop"));
    forget();
    const [, answer] = await stored(page.threadId);
    assert.equal(told(), answer?.text);
    for (const text of seen) assert.ok(answer?.text.startsWith(text), text);
    assert.ok(page.network.reads > 1);
    page.opened = page.network.reads;
  },

  async "a message that is refused goes away, and what was typed comes back"(page) {
    await page.open("nobody");
    page.network.hold();
    await page.send("To nobody");
    page.network.letGo();
    await until("it is refused", () => document.querySelector("form [role=alert]"));
    await until("it is gone", () => page.texts("USER").length === 0);
    assert.equal(page.typed(), "To nobody");
    assert.deepEqual(await stored(page.threadId), []);
  },

  async "a call is approved, and the answer goes on"(page) {
    await page.open("careful");
    await page.send("Send 5 to Ada");
    await until("it asks, and that is stored", () => page.has("ASSISTANT", "SUCCESS") && page.button("Approve"));
    page.button("Approve")?.click();
    await until("it is done", () => page.has("ASSISTANT", "SUCCESS") && page.texts("ASSISTANT")[0]?.includes("word60"));
    assert.equal(document.querySelector<HTMLElement>("section")?.dataset.state, "OUTPUT_AVAILABLE");
    assert.equal(page.statuses("ASSISTANT").length, 1);
  },

  async "a call is denied, and does not run"(page) {
    await page.open("careful");
    await page.send("Send 5 to Ada");
    await until("it asks, and that is stored", () => page.has("ASSISTANT", "SUCCESS") && page.button("Deny"));
    page.button("Deny")?.click();
    await until(
      "it is denied",
      () => document.querySelector<HTMLElement>("section")?.dataset.state === "OUTPUT_DENIED",
    );
  },

  async "an answer is stopped, and keeps what was written"(page) {
    await page.open("slow");
    await page.send("Go");
    await until("something is written", () => page.texts("ASSISTANT")[0]?.includes("word3"));
    page.button("Stop")?.click();
    await until("it is stopped", () => page.has("ASSISTANT", "FAILED") && !page.button("Stop"));
    assert.equal(page.texts("ASSISTANT")[0]?.trim(), (await stored(page.threadId))[1]?.text.trim());
  },

  async "a page that is opened in mid-answer goes on with it"(page) {
    await page.open("slow");
    await page.send("Go");
    await until("something is written", () => page.texts("ASSISTANT")[0]?.includes("word10"));
    await page.reload();
    assert.ok(page.texts("ASSISTANT")[0]?.includes("word10"));
    await until("the answer is complete", () => page.has("ASSISTANT", "SUCCESS"));
    assert.equal(page.texts("ASSISTANT")[0], (await stored(page.threadId))[1]?.text);
  },

  async "a list of threads shows new ones, the newest activity first"(page) {
    const userId = crypto.randomUUID();
    await newThread(userId, "First");
    await newThread(userId, "Second");
    page.render(<ThreadList userId={userId} open={() => undefined} />);
    const titles = () => [...document.querySelectorAll("nav button")].map((button) => button.textContent).join();
    await until("both are there", () => titles() === "Second,First");
    await until("it is live", () => page.isLive("threadListEvents"));
    const third = await newThread(userId, "Third");
    await until("the third came", () => titles() === "Third,Second,First");
    await say(third, ["Hello"]);
  },

  async "a list of threads misses nothing: not after it was read, not while the socket is gone, not after a deletion"(page) {
    const userId = crypto.randomUUID();
    const first = await newThread(userId, "First");
    page.network.afterList = () => newThread(userId, "Between");
    page.render(<ThreadList userId={userId} open={() => undefined} />);
    const titles = () => [...document.querySelectorAll("nav button")].map((button) => button.textContent).join();
    await until("what happened after the list was read", () => titles() === "Between,First");
    await until("it is live", () => page.isLive("threadListEvents"));
    await deleteThread(first);
    await until("the first has gone", () => titles() === "Between");
    const second = await newThread(userId, "Second");
    await until("the list goes on", () => titles() === "Second,Between");
    sockets.at(-1)?.terminate();
    await deleteThread(second);
    await newThread(userId, "Third");
    await until("what happened while the socket was gone", () => titles() === "Third,Between");
  },
};

class Page {
  readonly network = new Network();
  threadId = "";
  opened = 0;
  private root: Root | undefined;
  private agentName = "";
  /** Operations that the server has been asked to follow. */
  private readonly followed: string[] = [];

  async open(agentName: string, prompts: readonly string[] = []): Promise<void> {
    this.agentName = agentName;
    this.threadId = await newThread(crypto.randomUUID(), "A thread");
    if (prompts.length > 0) await say(this.threadId, prompts);
    await this.reload();
  }

  /** A page of its own, with nothing in its cache. */
  async reload(): Promise<void> {
    this.close();
    this.followed.length = 0;
    this.network.followed.length = 0;
    this.opened += 1;
    this.render(<Thread id={this.threadId} agentName={this.agentName} />);
    await until("the thread is there", () => document.querySelector("form"));
    await until("it is live", () => this.isLive("threadEvents"));
  }

  render(content: React.ReactNode): void {
    const Provider = provider(
      { url, token: async () => null, fetch: this.network.fetch },
      {
        webSocketImpl: Socket,
        retryWait: async () => undefined,
        on: {
          message: (message) => {
            if (message.type === "next") changed();
          },
          opened: (socket) => this.watch(socket as Socket),
        },
      },
    );
    const place = document.createElement("div");
    document.body.append(place);
    this.root = createRoot(place);
    this.root.render(
      <StrictMode>
        <Provider>{content}</Provider>
      </StrictMode>,
    );
  }

  isLive(field: string): boolean {
    return [...this.followed, ...this.network.followed].some((document) => document.includes(field));
  }

  async send(text: string): Promise<void> {
    const area = document.querySelector("textarea");
    assert.ok(area);
    setValue(area, text);
    await until("it can be sent", () => !this.button("Send")?.disabled);
    this.button("Send")?.click();
    await until("it is on the page", () => this.texts("USER").includes(text));
  }

  /** Sends, and looks at every commit that there is one message of this text from then on. */
  async sendWatched(text: string, meanwhile: () => Promise<void>): Promise<void> {
    const counts: number[] = [];
    const articles = new Set<unknown>();
    const forget = onCommit(() => {
      const mine = [...document.querySelectorAll<HTMLElement>("article[data-role=USER]")].filter(
        (article) => article.textContent === text,
      );
      counts.push(mine.length);
      for (const article of mine) articles.add(article);
    });
    await this.send(text);
    await meanwhile();
    forget();
    const fromThere = counts.slice(counts.indexOf(1));
    assert.ok(fromThere.length > 1);
    assert.ok(
      fromThere.every((count) => count === 1),
      `shown so often, one commit after the other: ${fromThere.join()}`,
    );
    assert.equal(articles.size, 1, "the message was built anew");
  }

  texts(role: string): readonly string[] {
    return this.articles(role).map((article) =>
      [...article.querySelectorAll("p:not([role])")].map((each) => each.textContent).join(" "),
    );
  }

  all(): readonly string[] {
    return this.articles().map((article) => article.textContent ?? "");
  }

  statuses(role: string): readonly (string | undefined)[] {
    return this.articles(role).map((article) => article.dataset.status);
  }

  has(role: string, status?: string): boolean {
    return this.statuses(role).some((each) => status === undefined || each === status);
  }

  button(name: string): HTMLButtonElement | undefined {
    return [...document.querySelectorAll("button")].find((button) => button.textContent === name);
  }

  typed(): string {
    return document.querySelector("textarea")?.value ?? "";
  }

  close(): void {
    this.root?.unmount();
    document.body.replaceChildren();
    for (const socket of sockets) socket.terminate();
    sockets.length = 0;
  }

  private watch(socket: Socket): void {
    const send = socket.send.bind(socket);
    socket.send = (data: unknown) => {
      const message = JSON.parse(String(data)) as { type: string; payload?: { query?: string } };
      if (message.type === "subscribe") this.followed.push(message.payload?.query ?? "");
      changed();
      send(String(data));
    };
  }

  private articles(role?: string): readonly HTMLElement[] {
    return [...document.querySelectorAll<HTMLElement>(role ? `article[data-role=${role}]` : "article")];
  }
}

/** As typed: React looks at the value that the element itself has. */
function setValue(area: HTMLTextAreaElement, text: string): void {
  const prototype = Object.getPrototypeOf(area) as object;
  Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(area, text);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

let failures = 0;
const only = new RegExp(process.argv[3] ?? "");
for (const [name, trial] of Object.entries(trials)) {
  if (!only.test(name)) continue;
  const page = new Page();
  const began = performance.now();
  try {
    await trial(page);
    assert.deepEqual(complaints, []);
    assert.equal(page.network.reads, page.opened, "the thread was read again without need");
    process.stdout.write(`proved: ${name} (${Math.round(performance.now() - began)} ms)\n`);
  } catch (error) {
    failures += 1;
    process.stdout.write(`FAILED: ${name}\n${error instanceof Error ? error.stack : String(error)}\n`);
  }
  page.close();
  complaints.length = 0;
}
process.exit(failures === 0 ? 0 : 1);

/// <reference types="node" />
/** Stores over both transports, through sockets that are cut and servers that are restarted, end as the server has it. */

import { connect } from "node:net";

import { afterAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";

import { WeftClient } from "../../src/client.js";
import { ThreadDocument, UpdateThreadDocument } from "../../src/generated/operations.js";
import type { ThreadStore } from "../../src/thread/threadStore.js";
import { Chance } from "../random.js";
import { until } from "../support.js";
import { Proxy } from "./proxy.js";

const base = process.env.WEFT_URL ?? "";
let direct = new WeftClient({ url: `${base}/graphql`, webSocket: WebSocket });

afterAll(() => {
  direct.close();
  for (const { client, proxy } of links) {
    client.close();
    proxy.close();
  }
});

async function restart(): Promise<void> {
  const address = await new Promise<string>((resolve, reject) => {
    let told = "";
    connect(Number(process.env.WEFT_RESTART), "127.0.0.1")
      .on("data", (data) => (told += data.toString()))
      .on("end", () => resolve(told))
      .on("error", reject);
  });
  for (const { proxy } of links) proxy.lead(new URL(address));
  direct.close();
  direct = new WeftClient({ url: `${address}/graphql`, webSocket: WebSocket });
}

/** Without what a reader makes of them. */
function plain(messages: readonly object[]): unknown[] {
  return messages.map((message) => {
    const { viewKey: _, isLive: __, draft: ___, ...saved } = message as Record<string, unknown>;
    return saved;
  });
}

async function stored(id: string) {
  const { thread } = await direct.request(ThreadDocument, { id, last: 100 });
  if (!thread) throw new Error("the thread is gone");
  return thread;
}

const isOver = (store: ThreadStore): boolean => {
  const { active, streams, phase } = store.state();
  const last = store.messages().at(-1);
  return phase === "ready" && active.length === 0 && streams.length === 0 && last?.role === "ASSISTANT" && !last.isLive;
};

type Transport = "websocket" | "sse";

interface Link {
  readonly client: WeftClient;
  readonly proxy: Proxy;
}

const links: Link[] = [];

/** A client that reaches the server through a proxy of its own. */
async function linked(transport: Transport): Promise<Link> {
  const proxy = new Proxy(new URL(base));
  const client = new WeftClient({ url: await proxy.listen(), transport, webSocket: WebSocket });
  links.push({ client, proxy });
  return { client, proxy };
}

async function begin(transport: Transport): Promise<{ readonly store: ThreadStore; readonly proxy: Proxy }> {
  const { client, proxy } = await linked(transport);
  const store = client.newThread({ pageSize: 100 });
  client.keep(store);
  return { store, proxy };
}

async function ended(store: ThreadStore): Promise<void> {
  await until(() => isOver(store), 40_000);
  const truth = await stored(store.state().threadId ?? "");
  expect(plain(store.messages())).toEqual(truth.uiMessages.edges.map(({ node }) => node));
}

/** Side by side, but for the same agents: the models of the tests answer what comes next in their script. */
describe.each(["websocket", "sse"] as const)("over %s", (transport) => {

  test.concurrent("an answer that is cut at random moments is whole, and only grows", async () => {
    const chance = new Chance(transport.length);
    const { store, proxy } = await begin(transport);
    const seen: string[] = [];
    store.subscribe(() => seen.push(store.messages()[1]?.text ?? ""));
    await store.send({ prompt: "Go", agentName: "slow" });
    let cuts = 0;
    for (; cuts < 6 && !isOver(store); cuts += 1) {
      const words = seen.length + 1 + chance.below(8);
      // On a busy machine the answer may end before it was cut so often.
      await until(() => seen.length >= words || isOver(store));
      proxy.cut();
    }
    expect(cuts).toBeGreaterThan(1);
    await ended(store);
    expect(store.messages()[1]?.text.split(" ")).toHaveLength(60);
    for (const [index, text] of seen.entries()) expect(text.startsWith(seen[index - 1] ?? "")).toBe(true);
  }, 60_000);

  test.concurrent("tools, reasoning, sources, files and outputs on the way are what the server says, at every moment", async () => {
    const { store, proxy } = await begin(transport);
    await store.send({ prompt: "Count", agentName: "rich" });
    const counted = () =>
      store.messages()[1]?.parts.find((part) => part.__typename === "ToolPart" && part.toolName === "count_slowly");
    await until(() => {
      const part = counted();
      return part?.__typename === "ToolPart" && part.preliminary && part.output === "counted to 1";
    }, 20_000);
    const { client: late } = await linked(transport);
    const reader = late.thread(store.state().threadId ?? "");
    late.keep(reader);
    await until(() => reader.messages().length === 2);
    const kinds = (of: ThreadStore) => of.messages()[1]?.parts.map((part) => [part.__typename, "toolState" in part ? part.toolState : null]);
    await until(() => JSON.stringify(kinds(reader)) === JSON.stringify(kinds(store)));
    proxy.cut();
    await direct.request(UpdateThreadDocument, { input: { threadId: store.state().threadId ?? "", title: "Go on" } });
    await ended(store);
    await ended(reader);
    expect(kinds(store)).toContainEqual(["FilePart", null]);
  }, 60_000);

  test.concurrent("an approval is asked for, refused a second time, and the answer goes on", async () => {
    const { store, proxy } = await begin(transport);
    await store.send({ prompt: "Send 5 to Ada", agentName: "careful" });
    const call = () => store.messages()[1]?.parts.find((part) => part.__typename === "ToolPart");
    const approval = await until(() => {
      const part = call();
      return part?.__typename === "ToolPart" && part.toolState === "APPROVAL_REQUESTED" && part.approval;
    }, 20_000);
    await until(() => store.state().active.some(({ status }) => status === "WAITING"));
    await store.approve(approval.id, "fine");
    await expect(store.deny(approval.id)).rejects.toMatchObject({ code: "ALREADY_HANDLED" });
    proxy.cut();
    await ended(store);
    expect(call()).toMatchObject({ toolState: "OUTPUT_AVAILABLE", approval: { approved: true, reason: "fine" } });
  }, 60_000);

  test.concurrent("an answer that is stopped keeps what it had, and another one may be asked for", async () => {
    const { store } = await begin(transport);
    await store.send({ prompt: "Go", agentName: "slow" });
    await until(() => (store.messages()[1]?.text.length ?? 0) > 20, 20_000);
    await store.stop("enough");
    await ended(store);
    expect(store.messages()[1]).toMatchObject({ status: "FAILED", error: "enough", text: expect.stringContaining("word1") });
    await store.regenerate({ messageId: store.messages()[0]?.id ?? "", agentName: "demo", prompt: "Hello?" });
    await ended(store);
    expect(store.messages().map(({ text, status }) => [text.length > 0, status])).toEqual([[true, "SUCCESS"], [true, "SUCCESS"]]);
  }, 60_000);

  test.concurrent("lists of threads are live, over cut sockets too", async () => {
    const { client, proxy } = await linked(transport);
    const list = client.threads({ pageSize: 5 });
    client.keep(list);
    await until(() => list.state().phase === "ready" && client.connection.state() === "live");
    const store = direct.newThread({ create: { title: `over ${transport}` } });
    await store.send({ prompt: "Hello", generate: false });
    const { threadId } = store.state();
    await until(() => list.state().threads.some(({ id }) => id === threadId));
    proxy.cut();
    await store.update({ title: "renamed" });
    await until(() => list.state().threads.some(({ id, title }) => id === threadId && title === "renamed"));
    await store.delete();
    await until(() => list.state().threads.every(({ id }) => id !== threadId));
  }, 60_000);
});

test("an answer survives a restart of the server in the middle of it, over both transports", async () => {
  const stores = [(await begin("websocket")).store, (await begin("sse")).store];
  for (const store of stores) await store.send({ prompt: "Go", agentName: "slow" });
  for (const store of stores) await until(() => (store.messages()[1]?.text.length ?? 0) > 20, 20_000);
  await restart();
  for (const store of stores) {
    await ended(store);
    expect(store.messages()[1]).toMatchObject({ status: "SUCCESS", text: expect.stringContaining("word60") });
  }
}, 90_000);

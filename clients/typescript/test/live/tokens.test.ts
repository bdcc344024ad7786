/// <reference types="node" />
/** Tokens that expire while an answer streams, on a real server that asks who comes. */

import { createHmac } from "node:crypto";

import { afterAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";

import { WeftClient } from "../../src/client.js";
import { until } from "../support.js";

const url = `${process.env.WEFT_URL}/graphql`;
const coded = (value: unknown): string => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

function token(seconds: number): string {
  const now = Math.floor(Date.now() / 1000);
  const body = `${coded({ alg: "HS256", typ: "JWT" })}.${coded({ sub: "ann", iat: now, exp: now + seconds })}`;
  return `${body}.${createHmac("sha256", process.env.WEFT_SECRET ?? "").update(body).digest("base64url")}`;
}

const clients: WeftClient[] = [];

function connected(transport: "websocket" | "sse", token: () => string): WeftClient {
  const client = new WeftClient({ url, transport, webSocket: WebSocket, token });
  clients.push(client);
  return client;
}

afterAll(() => {
  for (const client of clients) client.close();
});

describe.concurrent.each(["websocket", "sse"] as const)("over %s", (transport) => {
  test("an answer goes on when the token expires in the middle of it", async () => {
    let asked = 0;
    const client = connected(transport, () => ((asked += 1), token(2)));
    const store = client.newThread();
    client.keep(store);
    await store.send("Go");
    const before = asked;
    await until(() => store.messages()[1]?.status === "SUCCESS", 30_000);
    expect(store.messages()[1]?.text).toMatch(/word0 .* word99$/);
    expect(asked).toBeGreaterThan(before);
    expect(store.state().phase).toBe("ready");
  }, 60_000);

  test("a token that is no good any more is told, nothing typed is lost, and reload goes on with a good one", async () => {
    let good = true;
    const client = connected(transport, () => (good ? token(2) : "not a token"));
    const store = client.newThread();
    client.keep(store);
    await store.send({ prompt: "Hello", generate: false });
    await until(() => client.connection.state() === "live");
    good = false;
    await until(() => store.state().error, 20_000);
    expect(store.state()).toMatchObject({ phase: "missing", error: { code: "UNAUTHENTICATED", retryable: false } });
    const clientId = await store.send({ prompt: "Are you there?", generate: false });
    expect(store.messages().at(-1)).toMatchObject({ status: "FAILED", text: "Are you there?", draft: { error: { code: "UNAUTHENTICATED" } } });
    good = true;
    store.reload();
    await until(() => store.state().phase === "ready");
    await store.resend(clientId);
    expect(store.messages().map(({ text, status }) => `${text} ${status}`)).toEqual(["Hello SUCCESS", "Are you there? SUCCESS"]);
  }, 60_000);
});

// Mastra with libSQL in a file, for `mastra build`. The fake model is that of fake.py.
import { Agent } from "@mastra/core/agent";
import { Mastra } from "@mastra/core/mastra";
import { LibSQLStore } from "@mastra/libsql";
import { Memory } from "@mastra/memory";
import { setImmediate, setTimeout } from "node:timers/promises";

const USAGE = { inputTokens: { total: 0 }, outputTokens: { total: 0 } };
const storage = new LibSQLStore({ id: "storage", url: `file:${process.env.PEER_DATA}/mastra.db` });

async function* parts(prompt: any[]) {
  const asked = JSON.parse(prompt.findLast((message) => message.role === "user").content.at(-1).text);
  let last = 0;
  yield { type: "stream-start", warnings: [] };
  yield { type: "text-start", id: "0" };
  for (let number = 0; number < asked.n; number++) {
    await (number && asked.delay_ms ? setTimeout(asked.delay_ms) : setImmediate());
    last = Math.max(last + 1, Math.floor((performance.timeOrigin + performance.now()) * 1000));
    yield { type: "text-delta", id: "0", delta: `@${last}@ ` };
  }
  yield { type: "text-end", id: "0" };
  yield { type: "finish", finishReason: { unified: "stop", raw: "stop" }, usage: USAGE };
}

const model: any = {
  specificationVersion: "v3",
  provider: "benchmark",
  modelId: "fake",
  supportedUrls: {},
  doStream: async ({ prompt }: any) => ({ stream: ReadableStream.from(parts(prompt)) }),
  doGenerate: async () => {
    throw new Error("it only streams");
  },
};

const fake = new Agent({
  id: "fake",
  name: "fake",
  instructions: "Answer.",
  model,
  memory: new Memory({ storage, options: { lastMessages: 10 } }),
});

export const mastra = new Mastra({
  agents: { fake },
  storage,
  server: { port: Number(process.env.PORT), host: "127.0.0.1" },
});

// Clients of the real AI SDK, told what to do a line at a time: {n, client, call, ...}; each line is answered with {n, value | error}.
// The options of their chats are those of docs/ai-sdk.md, which the module named by the first argument holds.
import { createInterface } from "node:readline";
import { AbstractChat } from "ai";

const { weftChat, loadMessages, stopAnswer } = await import(process.argv[2]);
globalThis.AI_SDK_LOG_WARNINGS = false;

/** As the hooks of the AI SDK have it, without a screen. */
class State {
  status = "ready";
  error = undefined;
  constructor(messages, changed) {
    this.list = messages;
    this.changed = changed;
  }
  get messages() {
    return this.list;
  }
  set messages(messages) {
    this.list = messages;
    this.changed();
  }
  pushMessage = (message) => (this.messages = [...this.list, message]);
  popMessage = () => (this.messages = this.list.slice(0, -1));
  replaceMessage = (index, message) => (this.messages = this.list.with(index, this.snapshot(message)));
  snapshot = (value) => structuredClone(value);
}

class Chat extends AbstractChat {
  constructor({ messages = [], ...options }, changed) {
    super({ ...options, state: new State(messages, changed) });
  }
}

class Client {
  constructor({ api, id, messages, clientTools = {} }) {
    this.api = api;
    this.posts = 0;
    this.finishes = [];
    this.waiting = new Set();
    this.cutAfter = undefined;
    const options = weftChat({ id, messages, api, fetch: (...request) => this.fetch(...request) });
    this.chat = new Chat(
      {
        ...options,
        onFinish: ({ finishReason, isAbort, isDisconnect, isError }) =>
          this.finishes.push({ finishReason, isAbort, isDisconnect, isError }),
        onToolCall: ({ toolCall }) => {
          if (toolCall.toolName in clientTools) {
            const output = clientTools[toolCall.toolName];
            void this.chat.addToolOutput({ tool: toolCall.toolName, toolCallId: toolCall.toolCallId, output });
          }
        },
      },
      () => this.look(),
    );
  }

  /** The browser's fetch; the network fails after so many pieces of a body, if it is to. */
  async fetch(url, init) {
    this.posts += init?.method === "POST" ? 1 : 0;
    const response = await fetch(url, init);
    const left = this.cutAfter;
    this.cutAfter = undefined;
    if (left === undefined || response.body === null) return response;
    const reader = response.body.getReader();
    let pieces = 0;
    const body = new ReadableStream({
      async pull(controller) {
        const { done, value } = pieces++ < left ? await reader.read() : { done: false };
        if (done) controller.close();
        else if (value) controller.enqueue(value);
        else {
          await reader.cancel();
          controller.error(new TypeError("network error"));
        }
      },
    });
    return new Response(body, { status: response.status, headers: response.headers });
  }

  seen() {
    const { status, error, messages } = this.chat;
    return { status, error: error && String(error.message), messages, posts: this.posts, finishes: this.finishes };
  }

  look() {
    for (const waiter of this.waiting) waiter();
  }

  /** Resolves once the texts of the last message, or its status, are as wanted. */
  until({ text, status, state }) {
    return new Promise((resolve) => {
      const waiter = () => {
        const parts = this.chat.lastMessage?.parts ?? [];
        const said = parts.map((part) => part.text ?? "").join("");
        const stateSeen = state === undefined || parts.some((part) => part.state === state);
        if ((text !== undefined && !said.includes(text)) || !stateSeen) return;
        if (status !== undefined && this.chat.status !== status) return void setTimeout(waiter, 5);
        this.waiting.delete(waiter);
        resolve(this.seen());
      };
      this.waiting.add(waiter);
      waiter();
    });
  }
}

const clients = {};

async function answer({ client: name, call, args = [], ...more }) {
  if (call === "open") {
    const messages = more.load ? await loadMessages(more.id, more.api) : [];
    clients[name] = new Client({ ...more, messages });
    return clients[name].seen();
  }
  const client = clients[name];
  if (call === "until") return client.until(more);
  if (call === "cut") return void (client.cutAfter = more.after);
  if (call === "stopAnswer") return stopAnswer(client.chat.id, client.api);
  await client.chat[call](...args);
  return client.seen();
}

for await (const line of createInterface({ input: process.stdin })) {
  const { n, ...question } = JSON.parse(line);
  answer(question).then(
    (value) => process.stdout.write(`${JSON.stringify({ n, value: value ?? null })}\n`),
    (error) => process.stdout.write(`${JSON.stringify({ n, error: String(error.stack) })}\n`),
  );
}

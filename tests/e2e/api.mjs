/** The server's own word on what is stored: one GraphQL request over HTTP. */

import { DEADLINE } from "./browser.mjs";

export async function ask(base, query, variables = {}, key = null) {
  const authorization = key === null ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(new URL("/graphql", base), {
    method: "POST",
    headers: { "content-type": "application/json", ...authorization },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(DEADLINE),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`GraphQL: ${JSON.stringify(errors)}`);
  return data;
}

const CREATE = `mutation ($input: CreateThreadInput!) {
  createThread(input: $input) { thread { id } userErrors { errorMessage } }
}`;
const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { sentMessage { key } userErrors { errorMessage } }
}`;

/** A thread with this many messages of a user, and no answer. */
export async function threadOfPrompts(base, title, count) {
  const { id: threadId } = (await ask(base, CREATE, { input: { title } })).createThread.thread;
  for (let n = 0; n < count; n += 1) {
    const { sendMessage } = await ask(base, SEND, { input: { threadId, prompt: `Note ${n}`, generate: false } });
    if (sendMessage.userErrors.length > 0) throw new Error(sendMessage.userErrors[0].errorMessage);
  }
  return threadId;
}

const SAVE = `mutation ($input: SaveMessagesInput!) { saveMessages(input: $input) { userErrors { errorMessage } } }`;

/** A thread of so many turns, each a question with its answer. */
export async function threadOfTurns(base, title, turns) {
  const { id: threadId } = (await ask(base, CREATE, { input: { title } })).createThread.thread;
  const messages = Array.from({ length: turns }, (_, n) => [
    { role: "USER", content: `Question ${n}` },
    { role: "ASSISTANT", content: `Answer ${n}: ${"so it goes on ".repeat(1 + (n % 7))}` },
  ]).flat();
  const { saveMessages } = await ask(base, SAVE, { input: { threadId, agentName: "demo", messages } });
  if (saveMessages.userErrors.length > 0) throw new Error(saveMessages.userErrors[0].errorMessage);
  return threadId;
}

const RENAME = `mutation ($input: UpdateThreadInput!) { updateThread(input: $input) { userErrors { errorMessage } } }`;

/** Lets the thread's slow tool go on: it waits for another title. */
export async function goOn(base, threadId) {
  await ask(base, RENAME, { input: { threadId, title: `Go on ${Date.now()}` } });
}

/** Lets the answer of the agent "held" to this prompt go on, past its first or its second stop. */
export async function open(base, prompt, stop) {
  const { id: threadId } = (await ask(base, CREATE, { input: { title: "Opened" } })).createThread.thread;
  await ask(base, SEND, { input: { threadId, agentName: "opener", prompt: `${prompt}/${stop}` } });
}

let prompts = 0;

/** A prompt that nobody else asks: the stops of its answer are its own. */
export function newPrompt(text) {
  prompts += 1;
  return `${text} (${process.pid}.${prompts})`;
}

const THREAD = `query ($id: ID!) {
  thread(id: $id) {
    title
    uiMessages(last: 100) { edges { node { key role status text error clientId } } }
    pendingApprovals { toolCallId }
    generations(last: 1) { edges { node { status } } }
  }
}`;

/** The stored messages of a thread, oldest first, and the status of its last generation. */
export async function storedThread(base, id) {
  const { thread } = await ask(base, THREAD, { id });
  return {
    title: thread.title,
    messages: thread.uiMessages.edges.map((edge) => edge.node),
    pending: thread.pendingApprovals.length,
    generation: thread.generations.edges[0]?.node.status,
  };
}

/** Asks again until it holds: for what no page shows. */
export async function until(holds, what) {
  const deadline = Date.now() + DEADLINE;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${DEADLINE} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

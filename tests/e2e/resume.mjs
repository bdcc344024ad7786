/** The npm `graphql-ws` client: follows an answer over sockets that are cut in the middle, and misses nothing. */

import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { ask } from "./api.mjs";
import { proved } from "./browser.mjs";

const EVENTS = `subscription ($id: ID!, $after: String) {
  threadEvents(threadId: $id, after: $after) {
    __typename
    ... on Event { cursor }
    ... on StreamStarted { stream { id end } }
    ... on StreamAdvanced { delta { streamId start end text } }
    ... on MessageSaved { uiMessage { key status text } }
    ... on GenerationChanged { generation { id status } }
  }
}`;
const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { generation { id } userErrors { errorMessage } }
}`;

const viewer = { cursor: null, end: 0, text: "", saved: "", cuts: 0, done: false };

function take(event) {
  viewer.cursor = event.cursor;
  if (event.__typename === "StreamAdvanced") {
    if (event.delta.start !== viewer.end) throw new Error(`gap or repeat: ${event.delta.start} after ${viewer.end}`);
    viewer.end = event.delta.end;
    viewer.text += event.delta.text;
  }
  if (event.__typename === "MessageSaved") viewer.saved = event.uiMessage.text;
  if (event.__typename === "GenerationChanged") viewer.done = event.generation.status === "SUCCEEDED";
}

/** Follows until the answer is done, or for `events` events: then the connection is torn down without a word. */
async function follow(base, threadId, events) {
  const client = createClient({ url: base.href.replace("http", "ws") + "graphql", webSocketImpl: WebSocket, retryAttempts: 0 });
  const variables = { id: threadId, after: viewer.cursor };
  let left = events;
  for await (const result of client.iterate({ query: EVENTS, variables })) {
    if (result.errors) throw new Error(JSON.stringify(result.errors));
    take(result.data.threadEvents);
    left -= 1;
    if (viewer.done || left === 0) break;
  }
  client.terminate();
  viewer.cuts += 1;
}

export default async function resume({ base }) {
  const { createThread } = await ask(base, "mutation { createThread(input: {}) { thread { id cursor } } }");
  const { id: threadId, cursor } = createThread.thread;
  viewer.cursor = cursor;
  await ask(base, SEND, { input: { threadId, agentName: "slow", prompt: "Go" } });
  while (!viewer.done) await follow(base, threadId, 3 + (viewer.cuts % 5));
  if (viewer.text !== viewer.saved) throw new Error(`streamed and saved differ:\n${viewer.text}\n${viewer.saved}`);
  proved(viewer.text !== "", `${viewer.text.length} characters over ${viewer.cuts} connections, none missing, none twice`);
}

/** GraphiQL as a newcomer meets it: the example tabs in order, on whatever the server holds. Needs the agent "demo". */

import { ask } from "./api.mjs";
import { DEADLINE, proved } from "./browser.mjs";
import { GraphiQLPage } from "./graphiqlPage.mjs";
import { Server } from "./server.mjs";

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { generation { id } userErrors { errorMessage } } }`;

/** "latest" is the newest thread of all, so nobody else may write to the server. */
export default async function graphiql(shared) {
  const server = await new Server("graphiql").start();
  try {
    await newcomer(shared.at(server.base));
  } finally {
    await server.stop();
  }
}

async function newcomer(windows) {
  const page = await windows.open("/graphiql");
  const ide = new GraphiQLPage(page);
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();

  const overview = await ide.run("Overview", "serverInfo");
  proved(overview.data.agents.some(({ name }) => name === "demo"), "the example query answers with the server's agents");

  const { thread } = (await ide.run("CreateThread", "createThread")).data.createThread;
  proved(thread.id.startsWith("thr_"), "the example mutation creates a thread");

  const { sentMessage } = (await ide.run("SendMessage", "sendMessage")).data.sendMessage;
  proved(sentMessage.key.startsWith(thread.id), 'the next example sends a message to it: "latest" is filled in');

  await subscription(windows, page, ide, thread.id);
  await documentation(page);
  windows.proveNothingLeft();
  windows.proveNoComplaints();
}

async function subscription(windows, page, ide, threadId) {
  const frames = [];
  const succeededIds = new Set();
  let awaitedId;
  const subscribed = promised();
  const succeeded = promised();
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => JSON.parse(payload).type === "subscribe" && subscribed.resolve());
    socket.on("framereceived", ({ payload }) => {
      const event = JSON.parse(payload).payload?.data?.threadEvents;
      frames.push(event?.__typename);
      if (event?.generation?.status === "SUCCEEDED") succeededIds.add(event.generation.id);
      if (succeededIds.has(awaitedId)) succeeded.resolve();
    });
  });
  await ide.start("ThreadEvents");
  await within(subscribed.promise, "the subscription is sent over a websocket");
  const input = { threadId, agentName: "demo", prompt: "Show yourself in GraphiQL" };
  const { sendMessage } = await ask(windows.base, SEND, { input });
  if (sendMessage.userErrors.length > 0) throw new Error(sendMessage.userErrors[0].errorMessage);
  awaitedId = sendMessage.generation.id;

  await ide.shows("StreamAdvanced");
  proved(true, "the example subscription shows an answer as it comes");
  await within(succeeded.promise, "the generation succeeds");
  const wanted = ["MessageSaved", "StreamStarted", "StreamAdvanced", "StreamEnded", "GenerationChanged"];
  proved(wanted.every((kind) => frames.includes(kind)), `${frames.length} websocket frames brought every kind of event`);
  await page.getByRole("button", { name: /Stop/ }).click();
}

async function documentation(page) {
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.locator(".graphiql-doc-explorer").getByText("Subscription").first().waitFor();
  proved(true, "the documentation of the schema is there");
}

function promised() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

async function within(promise, what) {
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${DEADLINE} ms`)), DEADLINE);
  });
  await Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}

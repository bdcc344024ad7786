/** What can be done with messages: edited, answered again, branched, rated; and sent with instructions of one's own. */

import { ask, storedThread, until } from "./api.mjs";
import { proved } from "./browser.mjs";
import { ChatPage } from "./chatPage.mjs";

export default async function actions(windows) {
  const chat = new ChatPage(await windows.open("/"));
  await chat.ready();
  const thread = await instructions(windows, chat);
  await edit(windows, chat, thread);
  await regenerate(windows, chat, thread);
  await rate(windows, chat);
  await branch(windows, chat, thread);
  await find(windows, chat);
  windows.proveNothingLeft();
  windows.proveNoComplaints();
}

async function find(windows, { page }) {
  const titles = Array.from({ length: 105 }, (_, number) => `Heron ${number}`);
  const made = await Promise.all(titles.map((title) => ask(windows.base, CREATE_THREAD, { title })));
  await page.getByLabel("Find threads by title").fill("heron");
  const rows = page.locator(".thread-row");
  for (const shown of [30, 60, 90]) {
    await until(async () => (await rows.count()) === shown, `${shown} found threads`);
    await page.getByRole("button", { name: "Show more" }).click();
  }
  await until(async () => (await rows.count()) === titles.length, "all found threads");
  const { id } = made[7].createThread.thread;
  await ask(windows.base, `mutation ($id: ID!) { deleteThread(input: { threadId: $id }) { done } }`, { id });
  await until(async () => (await rows.count()) === titles.length - 1, "one less");
  proved(true, "threads are found beyond the hundredth, and the list of them is live");
}

async function instructions(windows, chat) {
  const { page } = chat;
  await chat.write("echo", "Who are you?");
  const own = await chat.answer(0, { status: "SUCCESS" });
  await chat.idle();
  proved(/Told <Be kind\.>, asked <Who are you\?>/.test(own), "an agent is told its own instructions");
  await page.getByRole("button", { name: /^Options/ }).click();
  await page.getByLabel("Instructions").fill("Be terse.");
  await chat.write("echo", "And now?");
  const changed = await chat.answer(1, { status: "SUCCESS" });
  await chat.idle();
  proved(/Told <Be terse\.>, asked <And now\?>/.test(changed), "instructions that the reader gives reach the model in their place");
  await page.getByLabel("Instructions").fill("");
  await page.getByRole("button", { name: /^Options/ }).click();
  return chat.threadId();
}

async function edit(windows, chat, thread) {
  const { page } = chat;
  await chat.action(2, "Edit and answer again").click();
  const field = page.getByLabel("New text");
  proved((await field.inputValue()) === "And now?", "a prompt is edited in its place");
  await field.fill("And tomorrow?");
  await field.press("Enter");
  await page.locator(".message--theirs").nth(1).getByText("asked <And tomorrow?>").waitFor();
  const text = await chat.answer(1, { status: "SUCCESS" });
  await chat.idle();
  const { messages } = await storedThread(windows.base, thread);
  proved(/Told <Be kind\.>/.test(text) && messages.length === 4, "and answered again, in place of the first answer");
  await chat.message(2).getByText("And tomorrow?").waitFor();
  proved(messages[2].text === "And tomorrow?", "the prompt itself is changed");
}

async function regenerate(windows, chat, thread) {
  const newest = async () => (await ask(windows.base, GENERATIONS, { thread })).thread.generations.edges[0].node;
  const before = await newest();
  await chat.action(3, "Regenerate").click();
  const isMade = ({ id, status }) => id !== before.id && status === "SUCCEEDED";
  await until(async () => isMade(await newest()), "another answer");
  const { messages } = await storedThread(windows.base, thread);
  await chat.page.locator(`.message[data-key="${messages[3].key}"][data-status="SUCCESS"]`).waitFor();
  await chat.idle();
  proved(messages.length === 4 && (await chat.keys()).join() === messages.map(({ key }) => key).join(), "an answer is made again in place of the first");
}

const CREATE_THREAD = `mutation ($title: String) { createThread(input: { title: $title }) { thread { id } } }`;
const GENERATIONS = `query ($thread: ID!) { thread(id: $thread) { generations(last: 1) { edges { node { id status } } } } }`;
const RATING = `query ($id: ID!) { thread(id: $id) { messages(last: 1) { edges { node { feedback { rating } } } } } }`;

async function rate(windows, chat) {
  const thread = await chat.threadId();
  const rating = async () => (await ask(windows.base, RATING, { id: thread })).thread.messages.edges[0].node.feedback?.rating;
  const pressed = (name) => chat.page.getByRole("button", { name, pressed: true });
  await chat.action(3, "Good answer").click();
  await until(async () => (await rating()) === 1, "a good rating");
  await pressed("Good answer").waitFor();
  proved(true, "an answer can be rated");
  await chat.action(3, "Poor answer").click();
  await until(async () => (await rating()) === -1, "a poor rating");
  await pressed("Poor answer").waitFor();
  await chat.page.reload();
  await chat.ready();
  await pressed("Poor answer").waitFor();
  proved((await pressed("Good answer").count()) === 0, "the rating is changed, and known after a reload");
}

async function branch(windows, chat, thread) {
  await chat.more(1, "Branch from here");
  await chat.page.waitForURL((url) => url.searchParams.get("thread") !== thread);
  const copy = await chat.threadId();
  await chat.message(1).getByText("asked <Who are you?>").waitFor();
  const stored = await storedThread(windows.base, copy);
  proved(stored.messages.length === 2 && (await chat.keys()).length === 2, "a branch opens with the history up to where it was cut");
  await chat.write("echo", "Another way");
  await chat.answer(1, { status: "SUCCESS" });
  await chat.idle();
  proved((await storedThread(windows.base, thread)).messages.length === 4, "and what is written in it leaves the first thread alone");
}

/** The chat page, in real browser windows. Needs the agents "held", which stops twice within its 60 words, and "demo". */

import { newPrompt, open, storedThread, threadOfPrompts } from "./api.mjs";
import { proved } from "./browser.mjs";
import { ChatPage } from "./chatPage.mjs";

export default async function chat(windows) {
  const first = new ChatPage(await windows.open("/"));
  const onlooker = new ChatPage(await windows.open("/"));
  await first.ready();
  await onlooker.ready();
  const thread = await twoWindows(windows, first, onlooker);
  await stopButton(windows, thread, first, onlooker);
  await escapeKey(first);
  await lostConnection(windows, thread);
  await history(windows);
  await keyboard(first);
  const greeting = await demo(first);
  await phone(windows, thread, greeting);
  windows.proveNothingLeft();
  windows.proveNoComplaints();
}

/** One writes, the other looks on and joins in mid-stream, the first reloads in mid-stream. */
async function twoWindows(windows, first, onlooker) {
  await first.page.getByRole("heading", { name: "Talk to" }).waitFor();
  const prompt = newPrompt("Say sixty words, please");
  await first.write("held", prompt);
  const thread = await first.threadId();
  await first.answer(0, { words: 3, status: "STREAMING" });

  await onlooker.page.locator(`a[href="/?thread=${thread}"]`).click();
  const joined = await onlooker.answer(0, { words: 5, status: "STREAMING" });
  proved(true, "a thread started in one window appears in the other's list, and its answer streams in both");

  const beforeReload = await first.answer(0, { words: 10, status: "STREAMING" });
  await first.page.reload();
  const afterReload = await first.answer(0);
  proved(afterReload.startsWith(beforeReload), "after a reload in mid-stream no word is missing");

  await Promise.all([open(windows.base, prompt, 1), open(windows.base, prompt, 2)]);
  const [mine, theirs] = await Promise.all([
    first.answer(0, { status: "SUCCESS" }),
    onlooker.answer(0, { status: "SUCCESS" }),
  ]);
  await Promise.all([first.idle(), onlooker.idle()]);
  const stored = await storedThread(windows.base, thread);
  const [question, answer] = stored.messages;
  proved(mine === answer.text.trim() && theirs === mine, `both windows end with the stored answer of ${mine.length} characters`);
  proved(mine.startsWith(joined) && mine.startsWith(afterReload), "what was seen on the way is the beginning of it");
  proved(question.clientId !== null && stored.messages.length === 2, "the prompt was stored once, under its clientId");
  const keys = stored.messages.map(({ key }) => key).join();
  const seen = await Promise.all([first.keys(), onlooker.keys()]);
  proved(seen.every((shown) => shown.join() === keys), "both windows show the stored messages, and no draft stayed");
  return thread;
}

async function stopButton(windows, thread, first, onlooker) {
  await first.write("held", newPrompt("Once more, but I will stop you"));
  await first.answer(1, { words: 3, status: "STREAMING" });
  await onlooker.answer(1, { words: 3, status: "STREAMING" });
  await onlooker.stopButton.click();
  const [mine, theirs] = await Promise.all([
    first.answer(1, { status: "FAILED" }),
    onlooker.answer(1, { status: "FAILED" }),
  ]);
  await Promise.all([first.idle(), onlooker.idle()]);
  const stored = await storedThread(windows.base, thread);
  const words = mine.split(/\s+/).length;
  proved(stored.generation === "ABORTED" && words < 60, `the stop button ends the answer after ${words} words`);
  proved(mine === theirs && mine === stored.messages.at(-1).text.trim(), "both windows keep the same words as the server");
  await first.page.locator(".failure", { hasText: "Stopped by the reader" }).waitFor();
  proved(true, "the message says why it ended");
}

async function escapeKey(first) {
  await first.write("held", newPrompt("And again"));
  await first.answer(2, { words: 2, status: "STREAMING" });
  await first.page.keyboard.press("Escape");
  await first.answer(2, { status: "FAILED" });
  await first.idle();
  proved(true, "Escape stops the answer too");
}

/** The socket is cut in mid-stream: the page comes back by itself and goes on behind the last event it saw. */
async function lostConnection(windows, thread) {
  const page = await windows.open("about:blank");
  const sockets = [];
  const resumed = [];
  await page.routeWebSocket(/\/graphql$/, (socket) => {
    const server = socket.connectToServer();
    sockets.push(socket);
    socket.onMessage((message) => {
      const { type, payload } = JSON.parse(message);
      if (type === "subscribe" && payload.variables.threadId) resumed.push(payload.variables.after);
      server.send(message);
    });
  });
  await page.goto(new URL(`/?thread=${thread}`, windows.base).href);
  const chat = new ChatPage(page);
  await chat.ready();
  const prompt = newPrompt("Now I lose the connection");
  await chat.write("held", prompt);
  await chat.answer(3, { words: 5, status: "STREAMING" });
  await sockets.at(-1).close({ code: 1012, reason: "Service Restart" });
  await page.getByRole("status").filter({ hasText: "Reconnecting", visible: true }).first().waitFor();
  await Promise.all([open(windows.base, prompt, 1), open(windows.base, prompt, 2)]);
  const text = await chat.answer(3, { status: "SUCCESS" });
  await chat.ready();
  const stored = await storedThread(windows.base, thread);
  proved(text === stored.messages.at(-1).text.trim(), "an answer survives a cut connection whole");
  proved(resumed.length === 2 && resumed[1] !== resumed[0] && resumed[1], "the second subscription continued at a later cursor");
  await page.close();
}

/** A long thread opens at its end, and the way back there is a button. See long.mjs for what is read between. */
async function history(windows) {
  const id = await threadOfPrompts(windows.base, "A long thread", 45);
  const page = await windows.open(`/?thread=${id}`);
  await page.locator(".message").getByText("Note 44").waitFor();
  const view = page.locator(".conversation__view");
  const fromEnd = await view.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight);
  proved(fromEnd < 2, "a long thread opens at its newest message");

  for (let shown = await messages(page); shown < 45; shown = await messages(page, shown)) {
    await view.evaluate((node) => (node.scrollTop = 0));
  }
  proved((await messages(page)) === 45, "older messages come in above, each once");
  await page.getByRole("button", { name: "Go to the newest message" }).click();
  await page.getByRole("button", { name: "Go to the newest message" }).waitFor({ state: "hidden" });
  await page.close();
}

/** How many messages are shown, as soon as there are more than so many. */
async function messages(page, than = 0) {
  await page.locator(".message").nth(than).waitFor();
  return page.locator(".message").count();
}

async function keyboard(first) {
  await first.prompt.focus();
  await first.page.keyboard.type("one");
  await first.page.keyboard.press("Shift+Enter");
  await first.page.keyboard.type("two");
  proved((await first.prompt.inputValue()) === "one\ntwo", "Shift+Enter starts a new line");
  await first.prompt.fill("");
  await first.page.getByRole("link", { name: "Skip to the message box" }).focus();
  await first.page.keyboard.press("Enter");
  await first.page.keyboard.type("x");
  proved((await first.prompt.inputValue()) === "x", "the skip link leads past the thread list into the message box");
  await first.prompt.fill("");
}

async function demo(first) {
  await first.page.getByRole("link", { name: "New thread" }).click();
  await first.page.getByRole("heading", { name: "Talk to" }).waitFor();
  await first.write("demo", "Hello, who is there?");
  const text = await first.answer(0, { status: "SUCCESS" });
  proved(/demo/i.test(text), "the demo agent answers in a new thread and says what it is");
  const title = await first.page.locator('.thread-link[aria-current="page"]').textContent();
  proved(title.startsWith("Hello, who is there?"), "the new thread is named after its first message");
  return first.threadId();
}

async function phone(windows, thread, greeting) {
  const size = { width: 390, height: 780 };
  const page = await windows.open(`/?thread=${thread}`, { viewport: size, hasTouch: true, isMobile: true });
  const chat = new ChatPage(page);
  await chat.ready();
  await chat.answer(0, { status: "SUCCESS" });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  proved(overflow <= 0, "on a phone nothing is wider than the screen");
  const drawer = page.getByRole("navigation", { name: "Threads" });
  await drawer.waitFor({ state: "hidden" });
  const menu = page.getByRole("button", { name: "Open the thread list" });
  await menu.focus();
  await page.keyboard.press("Enter");
  await drawer.waitFor();
  const inDrawer = await drawer.evaluate((node) => node.contains(document.activeElement));
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  const onMenu = await menu.evaluate((node) => node === document.activeElement);
  proved(inDrawer, "the focus goes into the drawer");
  proved(onMenu, "and comes back to the button that opened it");
  await menu.tap();
  await drawer.locator(`a[href="/?thread=${greeting}"]`).tap();
  await drawer.waitFor({ state: "hidden" });
  const text = await chat.answer(0, { status: "SUCCESS" });
  proved(/demo/i.test(text), "on a phone the thread list is a drawer that opens, closes with Escape and leads to threads");
  const box = await page.locator(".composer").boundingBox();
  proved(box.y + box.height <= size.height, "on a phone the message box is in view");
}

/** Runs with tools on the chat page: watched, interrupted, approved, denied and continued. See apps.py for the agents. */

import { goOn, newPrompt, open, storedThread } from "./api.mjs";
import { proved } from "./browser.mjs";
import { ChatPage } from "./chatPage.mjs";

const WAITING = "Waiting for you";

export default async function tools(windows) {
  const first = new ChatPage(await windows.open("/"));
  const onlooker = new ChatPage(await windows.open("/", { colorScheme: "dark" }));
  await first.ready();
  await onlooker.ready();
  const thread = await weather(windows, first, onlooker);
  await approval(windows, thread, first, onlooker);
  await denial(first, onlooker);
  await bothDecide(windows, thread, first, onlooker);
  await stopWhileWaiting(windows, thread, first, onlooker);
  await phone(windows, first);
  await manyParts(windows, first);
  await decidedWhileRunning(windows, first);
  await reloadAfterApproval(windows, first);
  await questionToAPerson(windows, first, onlooker);
  windows.proveNothingLeft();
  windows.proveNoComplaints();
}

async function weather(windows, first, onlooker) {
  await first.page.getByRole("button", { name: "What is the weather in Rome?", exact: true }).waitFor();
  await first.write("demo", "What is the weather in Rome?");
  const thread = await first.threadId();
  await onlooker.page.locator(`a[href="/?thread=${thread}"]`).click();
  const cards = await Promise.all([first.tool(0, "OUTPUT_AVAILABLE"), onlooker.tool(0, "OUTPUT_AVAILABLE")]);
  const [mine, theirs] = await Promise.all(cards.map((card) => card.textContent()));
  proved(/Demo weather.*Done.*"city":"Rome".*In Rome it is/s.test(mine), "a tool call shows its title, state, input and result");
  await Promise.all([first.answer(0, { status: "SUCCESS" }), onlooker.answer(0, { status: "SUCCESS" })]);
  await Promise.all([first.idle(), onlooker.idle()]);
  proved(mine === theirs, "the onlooker saw the same");
  await cards[0].locator("summary", { hasText: "Input" }).click();
  const json = await cards[0].locator("pre", { hasText: "city" }).textContent();
  proved(json === JSON.stringify({ city: "Rome" }, null, 2), "opened, the input is indented JSON");
  proved(/\d+ tokens in, \d+ out/.test(await first.page.locator(".message__usage").textContent()), "a line tells the tokens it took");

  await first.page.reload();
  await first.tool(0, "OUTPUT_AVAILABLE");
  const stored = await storedThread(windows.base, thread);
  const keys = stored.messages.map(({ key }) => key).join();
  const seen = await Promise.all([first.keys(), onlooker.keys()]);
  proved(seen.every((shown) => shown.join() === keys), "a run of two steps is one message, live and after a reload");
  return thread;
}

/** Asked in one window, reloaded while it waits, approved with the keyboard, seen in the other window. */
async function approval(windows, thread, first, onlooker) {
  await first.write("demo", "Send 250 to Ada");
  await first.question();
  await onlooker.question();
  await first.page.getByRole("button", { name: WAITING }).waitFor();
  await first.page.locator(".thread-link[aria-current]", { hasText: WAITING }).waitFor();
  await first.page.locator("[aria-live]", { hasText: "Demo transfer waits for your approval" }).waitFor({ state: "attached" });
  proved(true, "a question is shown in both windows, in the head and in the list, and read out");
  const stored = await storedThread(windows.base, thread);
  proved(stored.generation === "WAITING" && stored.pending === 1, "the server waits for one decision");

  await first.page.reload();
  const { reason, approve } = await first.question();
  proved(await onlooker.stopButton.isVisible(), "the question survives a reload, and the run can be stopped while it waits");
  await mark(onlooker, 1);
  await first.page.getByRole("button", { name: WAITING }).click();
  const focused = await first.page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  proved(focused === "Tool call: Demo transfer", "the head leads the keyboard to the question");
  await reason.fill("It is her birthday");
  await approve.focus();
  await first.page.keyboard.press("Enter");
  const cards = await Promise.all([first.tool(1, "OUTPUT_AVAILABLE"), onlooker.tool(1, "OUTPUT_AVAILABLE")]);
  for (const card of cards) await card.getByText("It is her birthday").waitFor();
  const kept = await first.page.evaluate(() => document.activeElement.className);
  proved(kept === "tool", "when the question goes away, the focus stays with the call");
  await Promise.all([first.answer(1, { words: 40, status: "SUCCESS" }), onlooker.answer(1, { words: 40, status: "SUCCESS" })]);
  await Promise.all([first.idle(), onlooker.idle()]);
  proved(true, "an approval in one window is seen in the other, with its reason, and the answer goes on in both");
  proved(await isMarked(onlooker, 1), "question, approval and the rest are one message, which was never rebuilt");
  await onlooker.page.locator(".thread-link[aria-current]", { hasText: WAITING }).waitFor({ state: "hidden" });
}

async function denial(first, onlooker) {
  await first.write("demo", "Send 70 to Grace");
  const { reason, deny } = await onlooker.question();
  await reason.fill("too much");
  await deny.click();
  const card = await first.tool(2, "OUTPUT_DENIED");
  await card.getByText(/Denied.*too much/).waitFor();
  const text = await first.answer(2, { words: 20, status: "SUCCESS" });
  await Promise.all([first.idle(), onlooker.idle()]);
  proved(/You said no/.test(text), "a call that is denied does not run; the reason is shown and the agent told");
}

/** Both press a button before either knows of the other: the second press is held back on its way to the server. */
async function bothDecide(windows, thread, first, onlooker) {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const isDenial = (request) => request.postData()?.includes("mutation DenyToolCall") ?? false;
  await onlooker.page.route("**/graphql", async (route) => {
    if (isDenial(route.request())) await held;
    await route.continue();
  });
  await first.write("demo", "Send 90 to Kurt");
  const [mine, theirs] = await Promise.all([first.question(), onlooker.question()]);
  const pressed = onlooker.page.waitForRequest(isDenial);
  await theirs.deny.click();
  await pressed;
  proved(await theirs.approve.isDisabled(), "a decision that is on its way cannot be made twice");
  await mine.approve.click();
  await onlooker.tool(3, "OUTPUT_AVAILABLE");
  release();
  const card = await onlooker.tool(3, "OUTPUT_AVAILABLE");
  await card.getByText("Somebody else was faster").waitFor();
  await Promise.all([first.idle(), onlooker.idle()]);
  proved(true, "of two decisions the first counts, and the second window is told so");
  proved((await first.page.locator(".tool").nth(3).getByText("Somebody").count()) === 0, "but not the window that decided");
  const stored = await storedThread(windows.base, thread);
  proved(stored.generation === "SUCCEEDED", "the run went on once");
  await onlooker.page.unroute("**/graphql");
}

async function stopWhileWaiting(windows, thread, first, onlooker) {
  await first.write("demo", "Send 10 to Bo");
  await first.question();
  await onlooker.question();
  await onlooker.stopButton.click();
  await Promise.all([first.tool(4, "OUTPUT_DENIED"), onlooker.tool(4, "OUTPUT_DENIED")]);
  await Promise.all([first.stopButton, onlooker.stopButton].map((button) => button.waitFor({ state: "hidden" })));
  await first.page.getByRole("button", { name: WAITING }).waitFor({ state: "hidden" });
  const stored = await storedThread(windows.base, thread);
  proved(stored.generation === "ABORTED" && stored.pending === 0, "a run that waits can be stopped from either window");
}

async function phone(windows, first) {
  await first.write("demo", "Send 12 to Mia");
  await first.question();
  const size = { width: 390, height: 780 };
  const path = new URL(first.page.url()).pathname + new URL(first.page.url()).search;
  const chat = new ChatPage(await windows.open(path, { viewport: size, hasTouch: true, isMobile: true, colorScheme: "dark" }));
  const { approve } = await chat.question();
  const overflow = await chat.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  proved(overflow <= 0, "on a phone a question is not wider than the screen");
  const box = await approve.boundingBox();
  proved(box.height >= 40 && box.y + box.height <= size.height, "and its buttons are in view and large enough for a finger");
  await approve.tap();
  await first.tool(5, "OUTPUT_AVAILABLE");
  await chat.idle();
  await first.idle();
  await chat.page.close();
}

/** Reasoning, a tool that reports while it works, one that fails, a source and a picture; and all of it again. */
async function manyParts(windows, first) {
  await newThread(first);
  await first.write("rich", "Show me everything");
  const busy = first.page.locator(".tool[data-busy]", { hasText: /counted to [1-9]/ });
  await busy.waitFor();
  proved(/Running/.test(await busy.textContent()), "a tool's preliminary output is shown while it runs");
  await first.page.locator("[aria-live]", { hasText: "rich is using Count slowly" }).waitFor({ state: "attached" });
  const failed = await first.tool(1, "OUTPUT_ERROR");
  await failed.getByText("out of paper").waitFor();
  await goOn(windows.base, await first.threadId());
  await first.answer(0, { status: "SUCCESS" });
  await (await first.tool(0, "OUTPUT_AVAILABLE")).locator("summary", { hasText: "counted to 12" }).waitFor();
  await first.page.locator(".reasoning", { hasText: "First I count" }).waitFor();
  await first.page.getByRole("list", { name: "Sources" }).getByRole("link", { name: "On counting" }).waitFor();
  await first.page.locator("img.picture").waitFor();
  await first.idle();
  proved(true, "reasoning, failed tools, sources and pictures are shown");

  const [key] = (await first.keys()).slice(-1);
  await first.page.getByRole("button", { name: "Regenerate" }).click();
  await busy.waitFor();
  await goOn(windows.base, await first.threadId());
  await first.answer(0, { words: 20, status: "SUCCESS" });
  await first.idle();
  const keys = await first.keys();
  proved(keys.length === 2 && (await first.page.locator(".tool").count()) === 2, `an answer can be made again in place of the first (${key}, ${keys[1]})`);
}

/** A decision that comes while another tool of the step still runs is shown at once and waits for it. */
async function decidedWhileRunning(windows, first) {
  await newThread(first);
  await first.write("mixed", "Both, please");
  const { approve } = await first.question();
  await mark(first, 0);
  await approve.click();
  await first.tool(1, "APPROVAL_RESPONDED");
  proved(await first.page.locator('.tool[data-busy]', { hasText: "counted to" }).isVisible(), "a decision is shown while the step's other tool runs");
  await goOn(windows.base, await first.threadId());
  await first.tool(1, "OUTPUT_AVAILABLE");
  const text = await first.answer(0, { status: "SUCCESS", words: 10 });
  await first.idle();
  proved(/Counted and sent/.test(text) && (await isMarked(first, 0)), "and the answer goes on when both are through");
}

/** What goes on after an approval is another stream: a page that is read in the middle of it shows both parts. */
async function reloadAfterApproval(windows, first) {
  await newThread(first);
  const prompt = newPrompt("Send it, then talk");
  await first.write("careful", prompt);
  const { approve } = await first.question();
  await approve.click();
  const before = await first.answer(0, { words: 20, status: "STREAMING" });
  await first.page.reload();
  const after = await first.answer(0, { words: 20 });
  await Promise.all([open(windows.base, prompt, 1), open(windows.base, prompt, 2)]);
  await first.tool(0, "OUTPUT_AVAILABLE");
  const text = await first.answer(0, { status: "SUCCESS" });
  await first.idle();
  const stored = await storedThread(windows.base, await first.threadId());
  proved(after.startsWith(before) && text.startsWith(after), "after a reload behind an approval nothing is missing and nothing twice");
  proved(text.endsWith(stored.messages.at(-1).text) && (await first.keys()).length === 2, "and it ends as the one message that is stored");
}

async function questionToAPerson(windows, first, onlooker) {
  await newThread(first);
  await first.write("asker", "Paint it");
  const thread = await first.threadId();
  await onlooker.page.locator(`a[href="/?thread=${thread}"]`).click();
  const answer = onlooker.page.getByLabel("Your answer");
  await answer.fill("Blue");
  await answer.press("Enter");
  for (const page of [first, onlooker]) await (await page.tool(0, "OUTPUT_AVAILABLE")).locator("summary", { hasText: "Blue" }).waitFor();
  await Promise.all([first.answer(0, { status: "SUCCESS", words: 5 }), onlooker.idle()]);
  await first.idle();
  const stored = await storedThread(windows.base, thread);
  proved(stored.generation === "SUCCEEDED" && stored.pending === 0, "a tool that is a person is answered in a form, and the run goes on");
  proved(/\$0\.0+\d/.test(await first.page.locator(".message__usage").textContent()), "what a priced model has cost is told");
}

async function newThread(chat) {
  await chat.page.getByRole("link", { name: "New thread" }).click();
  await chat.page.getByRole("heading", { name: "Talk to" }).waitFor();
}

/** Remembers the nth answer's row, to see later that it is still the same one. */
async function mark(chat, nth) {
  await chat.page.locator(".message--theirs").nth(nth).evaluate((row) => (row.dataset.marked = "yes"));
}

async function isMarked(chat, nth) {
  return chat.page.locator(".message--theirs").nth(nth).evaluate((row) => row.dataset.marked === "yes");
}

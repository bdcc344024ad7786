/** A thread of a thousand messages: read page by page to its beginning, then written in. */

import { newPrompt, open, threadOfTurns } from "./api.mjs";
import { DEADLINE, proved } from "./browser.mjs";
import { ChatPage } from "./chatPage.mjs";

const TURNS = 500;
/** What a message and everything around it may take in the document. */
const NODES_A_MESSAGE = 60;

export default async function long(windows) {
  const id = await threadOfTurns(windows.base, "A thousand messages", TURNS);
  const page = await windows.open(`/?thread=${id}`);
  const chat = new ChatPage(page);
  await chat.ready();
  await page.locator(".message").getByText(`Question ${TURNS - 1}`, { exact: true }).waitFor();
  const atFirst = await page.locator(".message").count();
  proved(atFirst < 50, `a thread of a thousand messages opens with the newest ${atFirst}`);

  const { pages, drift } = await readToTheBeginning(page);
  const keys = await chat.keys();
  proved(new Set(keys).size === 2 * TURNS && keys.length === 2 * TURNS, `scrolling reads all of them in ${pages} pages, each once`);
  proved(keys.every((key, at) => key.endsWith(`-${Math.floor(at / 2)}-${at % 2}`)), "in their order");
  proved(drift < 2, `and what is being read moves by ${drift} px at most while older ones come in`);
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  proved(nodes < NODES_A_MESSAGE * 2 * TURNS, `${nodes} elements show them`);

  await writeBelow(page, chat);
  windows.proveNothingLeft();
  windows.proveNoComplaints();
}

/** Goes to the top again and again; measures by how much the message that was on top moves when others come above it. */
async function readToTheBeginning(page) {
  let drift = 0;
  let pages = 1;
  while ((await page.locator('.message[data-key$="-0-0"]').count()) === 0) {
    const moved = await page.locator(".conversation__view").evaluate(olderLoaded, DEADLINE);
    drift = Math.max(drift, moved);
    pages += 1;
  }
  return { pages, drift };
}

/** Runs in the page: scrolls to the top, and resolves when messages have come in above what was there. */
function olderLoaded(view, deadline) {
  const first = view.querySelector(".message");
  view.scrollTop = 0;
  const before = first.getBoundingClientRect().top;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no older messages came")), deadline);
    const look = () => {
      if (view.querySelector(".message") === first) return requestAnimationFrame(look);
      clearTimeout(timer);
      // The place is put right before anything is painted.
      requestAnimationFrame(() => resolve(Math.abs(first.getBoundingClientRect().top - before)));
    };
    look();
  });
}

/** A message and its answer, streamed, change their own rows and none of the thousand above. */
async function writeBelow(page, chat) {
  await page.evaluate(() => {
    const changed = new Set();
    const rowOf = (node) => (node instanceof Element ? node : node.parentElement)?.closest(".message");
    new MutationObserver((records) => {
      for (const { target } of records) {
        const row = rowOf(target);
        if (row) changed.add(row.dataset.key);
      }
    }).observe(document.querySelector(".conversation__content"), { subtree: true, childList: true, characterData: true, attributes: true });
    window.changedRows = changed;
  });
  const prompt = newPrompt("One more");
  await chat.write("held", prompt);
  await chat.answer(TURNS, { words: 5, status: "STREAMING" });
  await Promise.all([open(page.url(), prompt, 1), open(page.url(), prompt, 2)]);
  await chat.answer(TURNS, { words: 60, status: "SUCCESS" });
  await chat.idle();
  const changed = await page.evaluate(() => [...window.changedRows]);
  const old = changed.filter((key) => Number(key.split("-").at(-2)) < TURNS - 1);
  proved(changed.length > 0 && old.length === 0, `an answer that streams below a thousand messages changes ${changed.length} rows, all of them new`);
}

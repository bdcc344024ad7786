/** Every main view in both themes and at three widths: pictures, no serious barrier, nothing wider than the screen. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { readFileSync } from "node:fs";

import { ask, threadOfTurns } from "./api.mjs";
import { proved } from "./browser.mjs";
import { ChatPage } from "./chatPage.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const THEMES = ["light", "dark"];
const SIZES = [
  { width: 360, height: 740, isMobile: true, checkedIn: ["dark"] },
  { width: 768, height: 1024, isMobile: false, checkedIn: [] },
  { width: 1440, height: 900, isMobile: false, checkedIn: THEMES },
];

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { userErrors { errorMessage } } }`;

export default async function views(windows, pictures) {
  const thread = await prepared(windows.base);
  const found = { looks: 0, checked: 0 };
  for (const { isMobile, checkedIn, ...viewport } of SIZES) {
    await Promise.all(
      THEMES.map(async (colorScheme) => {
        const page = await windows.open("/", { viewport, isMobile, hasTouch: isMobile, colorScheme });
        await tour(new ChatPage(page), thread, isMobile, (name) => look(page, name));
        await page.context().close();

        async function look(view, name) {
          found.looks += 1;
          await settled(view);
          await view.screenshot({ path: join(pictures, `${name}-${colorScheme}-${viewport.width}.png`) });
          const overflow = await view.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          if (overflow > 0) throw new Error(`${name} at ${viewport.width} px is ${overflow} px too wide`);
          if (!checkedIn.includes(colorScheme)) return;
          found.checked += 1;
          const barriers = await barriersOf(view);
          if (barriers.length > 0) throw new Error(`${name}, ${colorScheme}, ${viewport.width} px:\n${barriers.join("\n")}`);
        }
      }),
    );
  }
  proved(found.looks > 0, `${found.looks} views are no wider than the screen; pictures are in ${pictures}`);
  proved(found.checked > 0, `axe finds no serious barrier in ${found.checked} of them, in both themes, on phones and on desks`);
  windows.proveNothingLeft();
  windows.proveNoComplaints();
}

/** A thread that has something of everything, the last of it a question to the reader. */
async function prepared(base) {
  const thread = await threadOfTurns(base, "A trip to Rome, and what the weather will be like when we get there", 4);
  for (const prompt of ["What is the weather in Rome?", "Send 250 to Ada"]) {
    await ask(base, SEND, { input: { threadId: thread, agentName: "demo", prompt } });
    for (;;) {
      const { generations } = (await ask(base, GENERATIONS, { thread })).thread;
      if (!["QUEUED", "RUNNING"].includes(generations.edges[0].node.status)) break;
    }
  }
  return thread;
}

const GENERATIONS = `query ($thread: ID!) { thread(id: $thread) { generations(last: 1) { edges { node { status } } } } }`;

/** Goes through the page as a reader would, and stops at every view. */
async function tour(chat, thread, isMobile, look) {
  const { page } = chat;
  const viewport = page.viewportSize();
  await chat.ready();
  await look("empty");
  if (isMobile) {
    await page.getByRole("button", { name: "Open the thread list" }).click();
    await page.getByRole("navigation", { name: "Threads" }).waitFor();
    await look("drawer");
  }
  if (viewport.width !== 768) await dialogs(page, look);
  await page.goto(new URL(`/?thread=${thread}`, page.url()).href);
  await chat.question();
  await look("thread");
  await chat.action(8, "Edit and answer again").click();
  await chat.action(9, "More actions").click();
  await page.getByRole("menu", { name: /./ }).first().waitFor();
  await look("edit-and-menu");
  await page.keyboard.press("Escape");
  await page.getByRole("form", { name: "Edit the message" }).getByRole("button", { name: "Cancel" }).click();
  const pane = await chat.details(9);
  for (const name of ["Context", "Message", "Usage", "Agent", "Thread"]) {
    await pane.getByRole("tab", { name }).click();
    await pane.getByRole("tabpanel", { name }).waitFor();
    await look(`details-${name.toLowerCase()}`);
  }
  await pane.getByRole("button", { name: "Close the details" }).click();
  await page.getByRole("button", { name: /^Options/ }).click();
  await look("options");
  await page.goto(new URL("/?thread=thr_nothing", page.url()).href);
  await page.getByRole("alert").getByRole("button", { name: "Look again" }).waitFor();
  await look("missing");
}

async function dialogs(page, look) {
  for (const [button, title] of [
    [page.getByTitle("Server and key"), "Server and key"],
    [page.getByRole("button", { name: "Keyboard shortcuts" }), "Keyboard shortcuts"],
  ]) {
    await button.click();
    const dialog = page.getByRole("dialog", { name: title });
    await dialog.waitFor();
    await look(title.toLowerCase().replaceAll(" ", "-"));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  }
}

/** Nothing is being read, and nothing moves. */
async function settled(page) {
  await page.waitForFunction(() => !document.querySelector(".details-state__bars, .bone, [aria-busy=true]:not(.message)"));
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))));
}

/** What axe calls serious or critical, with the elements it means. */
async function barriersOf(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.slice(0, 4).map(({ html, any }) => `  ${html.slice(0, 160)}\n    ${any[0]?.message ?? ""}`).join("\n")}`);
}

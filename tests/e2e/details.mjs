/** The details beside a thread: context with options to try, data, usage, the agent, and the thread to edit. */

import { ask } from "./api.mjs";
import { proved } from "./browser.mjs";
import { ChatPage } from "./chatPage.mjs";

export default async function details(windows) {
  const page = await windows.open("/", { viewport: { width: 1440, height: 900 }, permissions: ["clipboard-read", "clipboard-write"] });
  const chat = new ChatPage(page);
  await chat.ready();
  for (const [nth, prompt] of ["First of all", "And then?", "What is the weather in Rome?"].entries()) {
    await chat.write("demo", prompt);
    await chat.answer(nth, { status: "SUCCESS" });
    await chat.idle();
  }
  const pane = await chat.details(5);
  await context(pane);
  await refused(page, pane);
  await keyboard(page, pane);
  await data(page, pane);
  await usage(pane);
  await agent(pane);
  await thread(windows, chat, pane);
  await written(chat, pane);
  await next(chat, pane);
  await large(windows, chat);
  windows.proveNothingLeft();
  windows.proveNoComplaints(/ERR_FAILED/);
}

const tab = (pane, name) => pane.getByRole("tab", { name });
const sent = (pane) => pane.getByRole("region", { name: "Sent to the model" }).getByRole("listitem");

async function context(pane) {
  await sent(pane).filter({ hasText: "First of all" }).first().waitFor();
  const whole = await sent(pane).count();
  await pane.getByText("The same messages as the model really saw.").waitFor();
  proved(true, `the preview of an answered prompt shows ${whole} messages, those that the model was shown`);
  await pane.getByText("Options", { exact: true }).click();
  const recent = pane.getByLabel("Recent messages");
  await recent.fill("2");
  await pane.getByText(/messages? that it saw would be missing/).waitFor();
  const fewer = await sent(pane).count();
  proved(fewer < whole && (await sent(pane).filter({ hasText: "First of all" }).count()) === 0, `with 2 recent messages it would see ${fewer}`);
  const left = pane.getByRole("region", { name: "Left out" });
  proved((await left.count()) === 0 || (await left.getByRole("listitem").count()) > 0, "what is left out is listed with its reason");

  await recent.fill("many");
  await pane.getByText("A whole number from 0 to 10000").waitFor();
  proved((await recent.getAttribute("aria-invalid")) === "true", "an option that cannot be is told beside its field");
  await recent.fill("100");
  const most = pane.getByLabel("Most tokens");
  await most.fill("30");
  await left.getByText("It does not fit into the token limit.").first().waitFor();
  proved(await pane.getByText("of 30 tokens").isVisible(), "with a limit, what does not fit is listed below, and why");
  await pane.getByRole("button", { name: "Back to what the agent does" }).click();
  await pane.getByText("The same messages as the model really saw.").waitFor();
  proved((await most.inputValue()) === "" && (await sent(pane).count()) === whole, "one button takes all changes back");

  await pane.getByLabel("Really saw").check();
  await sent(pane).filter({ hasText: "What is the weather in Rome?" }).first().waitFor();
  proved((await pane.getByLabel("Asked").count()) === 0, "what the model really saw is a switch away");
  await pane.getByLabel("Would see").check();
}

/** What cannot be asked is told in its place, and asked again. */
async function refused(page, pane) {
  const isPreview = (request) => request.postData()?.includes("query ContextPreview") ?? false;
  await page.route("**/graphql", (route) => (isPreview(route.request()) ? route.abort() : route.continue()));
  await pane.getByLabel("Recent messages").fill("4");
  const alert = pane.getByRole("alert").filter({ hasText: "The preview cannot be shown" });
  await alert.getByText("The server cannot be reached").waitFor();
  await page.unroute("**/graphql");
  await alert.getByRole("button", { name: "Try again" }).click();
  await alert.waitFor({ state: "hidden" });
  proved((await pane.getByLabel("Recent messages").inputValue()) === "4", "a preview that fails says why, and can be asked for again; what was typed stays");
}

async function keyboard(page, pane) {
  await tab(pane, "Context").focus();
  await page.keyboard.press("ArrowRight");
  const chosen = async (name) => (await tab(pane, name).getAttribute("aria-selected")) === "true";
  const focused = async (name) => tab(pane, name).evaluate((node) => node === document.activeElement);
  proved((await chosen("Message")) && (await focused("Message")), "the arrow keys go from tab to tab");
  await page.keyboard.press("End");
  proved(await chosen("Thread"), "End goes to the last one");
  await page.keyboard.press("ArrowRight");
  proved(await chosen("Context"), "and behind it comes the first");
}

async function data(page, pane) {
  await tab(pane, "Message").click();
  const call = pane.getByRole("article", { name: /Call of/ });
  await call.getByRole("region", { name: "Output" }).getByText("In Rome it is").waitFor();
  proved(await call.getByRole("region", { name: "Input" }).getByText('"Rome"').isVisible(), "a tool call is shown with its input and output");
  await pane.getByRole("region", { name: "Stored rows" }).getByText("4 stored rows").waitFor();
  await pane.getByRole("button", { name: "Copy UIMessage" }).click();
  await pane.getByText("Copied").waitFor();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  proved(copied.role === "ASSISTANT" && copied.parts.some((part) => part.toolName === "demo_weather"), "the message can be copied as JSON");
}

async function usage(pane) {
  await tab(pane, "Usage").click();
  const generation = pane.getByRole("article", { name: /Generation gen_/ });
  await generation.getByText("Succeeded").waitFor();
  const words = await generation.innerText();
  proved(/Agent\s+demo/.test(words) && /Steps\s+2/.test(words) && /Worked\s+[\d.]+ m?s/.test(words), "the generation is told with its agent, steps and time");
  const cells = await pane.getByRole("table").first().getByRole("row", { name: /^Tokens/ }).getByRole("cell").allInnerTexts();
  const [message, whole] = cells.map((cell) => Number(cell.replaceAll(",", "")));
  proved(message > 0 && whole > message, `tokens are told of the message, ${message}, and of the thread, ${whole}`);
}

async function agent(pane) {
  await tab(pane, "Agent").click();
  const transfer = pane.getByRole("article", { name: "Demo transfer" });
  await transfer.getByText("Needs approval").waitFor();
  proved(await transfer.getByText('"amount"').first().isVisible(), "the agent is shown with its tools and their schemas");
  await pane.getByRole("combobox", { name: "Agent" }).selectOption("echo");
  await pane.getByText("Be kind.").waitFor();
  proved(true, "and others of the server, with their instructions");
}

const STORED = `query ($id: ID!) { thread(id: $id) { title summary metadata } }`;

async function thread(windows, chat, pane) {
  await tab(pane, "Thread").click();
  const metadata = pane.getByLabel("Metadata, JSON");
  await metadata.fill('{"plan": three}');
  await pane.getByLabel("Summary").fill("About the weather");
  await pane.getByRole("button", { name: "Save" }).click();
  await pane.getByText("This is not JSON yet").waitFor();
  const id = await chat.threadId();
  const before = (await ask(windows.base, STORED, { id })).thread;
  proved(before.summary === null && (await metadata.inputValue()) === '{"plan": three}', "metadata that is no JSON is told beside its field, and nothing is sent or lost");

  await metadata.fill('{"plan": 3}');
  await pane.getByRole("button", { name: "Save" }).click();
  await pane.getByText("Saved").waitFor();
  const after = (await ask(windows.base, STORED, { id })).thread;
  proved(after.metadata.plan === 3 && after.summary === "About the weather" && after.title === before.title, "what was changed of a thread is stored, and nothing else");
  await pane.getByLabel("Title").fill("A title of its own");
  await pane.getByRole("button", { name: "Save" }).click();
  await chat.page.getByRole("heading", { name: "A title of its own" }).waitFor();
  proved(true, "a new title is seen in the head at once");
}

const CREATE = `mutation { createThread(input: { title: "Large" }) { thread { id } } }`;
const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { userErrors { errorMessage } } }`;
const LARGE = 500_000;

/** A message of half a megabyte: its beginning is shown, all of it on demand, in few elements. */
async function large(windows, chat) {
  const { id } = (await ask(windows.base, CREATE)).createThread.thread;
  const metadata = { rows: Array.from({ length: 900 }, (_, row) => row) };
  await ask(windows.base, SEND, { input: { threadId: id, prompt: "long ".repeat(LARGE / 5), metadata, generate: false } });
  await chat.page.goto(new URL(`/?thread=${id}`, windows.base).href);
  const pane = await chat.details(0);
  await tab(pane, "Message").click();
  const block = pane.getByRole("region", { name: "UIMessage" });
  const whole = block.getByRole("button", { name: /^Show all of it, 1\.\d MB$/ });
  await whole.waitFor();
  const few = await block.innerText();
  await whole.click();
  await block.getByRole("button", { name: "Show the beginning only" }).waitFor();
  const shown = await block.getByRole("group").evaluate((node) => ({ text: node.textContent.length, nodes: node.querySelectorAll("*").length }));
  proved(few.length < 10_000 && shown.text > LARGE, "of a large message the beginning is shown, and all of it on demand");
  proved(shown.nodes < 500, `${shown.nodes} elements hold ${shown.text} characters`);
}

/** Without a selected message the preview is of what would be written next. */
async function written(chat, pane) {
  await chat.page.reload();
  await chat.ready();
  if (!(await pane.isVisible())) await chat.page.getByRole("button", { name: "Details pane" }).click();
  await tab(pane, "Context").click();
  await pane.getByText("What would you ask?").waitFor();
  await pane.getByLabel("Your message").fill("Is it so?");
  const prompt = pane.locator('.context-item[data-source="PROMPT"]');
  await prompt.getByText("Is it so?").waitFor();
  proved((await sent(pane).count()) > 6, "what would be written next is shown with all that would go along");
}

/** A thread that is not created yet has nothing behind it. */
async function next(chat, pane) {
  await pane.getByRole("button", { name: "Close the details" }).click();
  await pane.waitFor({ state: "hidden" });
  await chat.newThread();
  await chat.page.getByRole("button", { name: "Details pane" }).click();
  await tab(pane, "Context").click();
  await pane.getByText("Nothing is stored yet").waitFor();
  proved(true, "in a thread that does not exist yet the details say so");
}

/** A server that goes down while somebody writes, and comes back. */

import { storedThread } from "./api.mjs";
import { proved } from "./browser.mjs";
import { ChatPage } from "./chatPage.mjs";
import { Server } from "./server.mjs";

export default async function down(shared) {
  const server = await new Server("down").start();
  try {
    const windows = shared.at(server.base);
    const chat = new ChatPage(await windows.open("/"));
    await chat.ready();
    await chat.write("echo", "Before");
    await chat.answer(0, { status: "SUCCESS" });
    await chat.idle();
    const thread = await chat.threadId();
    await server.stop();
    await whileDown(chat);
    await server.start();
    await afterwards(windows, chat, thread);
    windows.proveNothingLeft();
    windows.proveNoComplaints(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection to/);
  } finally {
    await server.stop();
  }
}

async function whileDown({ page, prompt }) {
  await page.getByRole("status").filter({ hasText: "Reconnecting", visible: true }).first().waitFor();
  proved(true, "a server that is down is told");
  await prompt.fill("Sent to nobody");
  await prompt.press("Enter");
  await page.locator(".failure", { hasText: "Not sent" }).waitFor();
  proved(await page.locator(".message").getByText("Sent to nobody").isVisible(), "what was sent to it stays on screen, and says that it was not sent");
  await prompt.fill("A second thought");
}

async function afterwards(windows, chat, thread) {
  const { page, prompt } = chat;
  await chat.ready();
  proved((await prompt.inputValue()) === "A second thought", "when it is back, what was typed meanwhile is still in the box");
  const failure = page.locator(".failure", { hasText: "Not sent" });
  await failure.getByRole("button", { name: "Send again" }).click();
  await chat.answer(1, { status: "SUCCESS" });
  await chat.idle();
  const { messages } = await storedThread(windows.base, thread);
  const sent = messages.filter(({ text }) => text === "Sent to nobody");
  proved(sent.length === 1 && messages.length === 4, "and what was not sent can be sent: it is stored once, and answered");
}

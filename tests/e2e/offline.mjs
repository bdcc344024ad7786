/** A reader whose network goes away in mid-stream, without a word, and comes back. */

import { newPrompt, open, storedThread, until } from "./api.mjs";
import { proved } from "./browser.mjs";
import { ChatPage } from "./chatPage.mjs";

export default async function offline(windows) {
  const page = await windows.open("about:blank");
  const network = new Network(page);
  await network.watch();
  await page.goto(windows.base.href);
  const chat = new ChatPage(page);
  await chat.ready();

  const first = newPrompt("Go on without me");
  await chat.write("held", first);
  const thread = await chat.threadId();
  await chat.answer(0, { words: 5, status: "STREAMING" });
  await network.away();
  await Promise.all([open(windows.base, first, 1), open(windows.base, first, 2)]);
  await until(async () => (await storedThread(windows.base, thread)).generation === "SUCCEEDED", "the answer is complete");
  const seen = await chat.answer(0, { status: "STREAMING" });
  const { messages } = await storedThread(windows.base, thread);
  proved(messages.at(-1).text.startsWith(seen) && seen.length < messages.at(-1).text.length, "while the network is away the page shows what came before");
  await network.back();
  await whole(windows, chat, thread, 0, "an answer that was finished meanwhile is whole when the network is back");

  const second = newPrompt("Once more");
  await chat.write("held", second);
  await chat.answer(1, { words: 5, status: "STREAMING" });
  await network.away();
  await open(windows.base, second, 1);
  const goneOn = async () => (await storedThread(windows.base, thread)).messages.at(-1).text.includes("word39");
  await until(goneOn, "the answer has gone on");
  await network.back();
  await chat.answer(1, { words: 39, status: "STREAMING" });
  await open(windows.base, second, 2);
  await whole(windows, chat, thread, 1, "one that still streams goes on streaming, and misses no word");

  await writtenAway(windows, chat, network, thread);
  windows.proveNothingLeft();
  windows.proveNoComplaints(/ERR_INTERNET_DISCONNECTED/);
}

/** What is sent while the network is away is kept, with a way to send it again. */
async function writtenAway(windows, chat, network, thread) {
  await network.away();
  await network.cut();
  await chat.page.getByRole("status").filter({ hasText: "No connection", visible: true }).waitFor();
  await chat.write("echo", "Written on a train");
  const failure = chat.page.locator(".failure", { hasText: "Not sent" });
  await failure.waitFor();
  proved(await chat.page.locator(".message").getByText("Written on a train").isVisible(), "a message that cannot be sent stays, and says so");
  await network.back();
  await chat.ready();
  await failure.getByRole("button", { name: "Send again" }).click();
  await chat.answer(2, { status: "SUCCESS" });
  await chat.idle();
  const stored = await storedThread(windows.base, thread);
  const sent = stored.messages.filter(({ text }) => text === "Written on a train");
  proved(sent.length === 1 && (await failure.count()) === 0, "sent again, it is stored once and answered");
}

async function whole(windows, chat, thread, nth, what) {
  const text = await chat.answer(nth, { words: 60, status: "SUCCESS" });
  await chat.idle();
  const stored = await storedThread(windows.base, thread);
  const keys = await chat.keys();
  proved(text === stored.messages.at(-1).text.trim(), what);
  proved(keys.join() === stored.messages.map(({ key }) => key).join(), "and nothing is there twice");
}

/** The page's network. While it is away, sockets that are open go silent, as when a cable is pulled; new ones do not open. */
class Network {
  isAway = false;

  constructor(page) {
    this.page = page;
  }

  async watch() {
    await this.page.routeWebSocket(/\/graphql$/, (socket) => {
      if (this.isAway) return void socket.close({ code: 1001, reason: "Away" });
      const server = socket.connectToServer();
      const silent = { is: false };
      this.silence = () => (silent.is = true);
      this.cut = () => socket.close({ code: 1001, reason: "Away" });
      socket.onMessage((message) => silent.is || this.isAway || server.send(message));
      server.onMessage((message) => silent.is || this.isAway || socket.send(message));
    });
  }

  async away() {
    this.isAway = true;
    this.silence();
    await this.page.context().setOffline(true);
  }

  async back() {
    this.isAway = false;
    await this.page.context().setOffline(false);
  }
}

/** The chat page as a reader uses it. */

import { DEADLINE } from "./browser.mjs";

const ANSWER = ".message--theirs";

export class ChatPage {
  constructor(page) {
    this.page = page;
    this.prompt = page.getByLabel("Message", { exact: true });
    this.stopButton = page.getByRole("button", { name: "Stop the answer" });
    this.sendButton = page.getByRole("button", { name: "Send the message" });
  }

  async ready() {
    await this.page.getByRole("status").filter({ hasText: "Live", visible: true }).first().waitFor();
    await this.page.getByLabel("Agent").waitFor();
  }

  async write(agent, text) {
    await this.page.getByLabel("Agent").selectOption(agent);
    await this.prompt.fill(text);
    await this.prompt.press("Enter");
  }

  async threadId() {
    await this.page.waitForURL(/thread=thr_/);
    return new URL(this.page.url()).searchParams.get("thread");
  }

  /** Text of the nth answer as soon as it has at least so many words and, if told, this status. */
  async answer(nth, { words = 1, status } = {}) {
    const handle = await this.page.waitForFunction(
      ([selector, index, least, wanted]) => {
        const row = document.querySelectorAll(selector)[index];
        const text = row?.querySelector(".message__body")?.textContent?.trim() ?? "";
        const enough = text !== "" && text.split(/\s+/).length >= least;
        return enough && (!wanted || row.dataset.status === wanted) ? text : null;
      },
      [ANSWER, nth, words, status],
      { timeout: DEADLINE, polling: 100 },
    );
    return handle.jsonValue();
  }

  /** Waits until no answer is being made. */
  async idle() {
    await this.sendButton.waitFor();
  }

  async keys() {
    return this.page.locator(".message").evaluateAll((rows) => rows.map((row) => row.dataset.key));
  }

  /** The nth tool call of the thread as soon as it is in this state. */
  async tool(nth, state) {
    const card = this.page.locator(".tool").nth(nth);
    await this.page.locator(`.tool >> nth=${nth}`).and(this.page.locator(`[data-state="${state}"]`)).waitFor();
    return card;
  }

  /** The question whether a call may run, as soon as it is asked. */
  async question() {
    const question = this.page.getByRole("group", { name: /^Approve / });
    await question.waitFor();
    return {
      reason: question.getByLabel("Reason"),
      approve: question.getByRole("button", { name: "Approve" }),
      deny: question.getByRole("button", { name: "Deny" }),
    };
  }

  /** The nth message of the thread. */
  message(nth) {
    return this.page.locator(".message").nth(nth);
  }

  /** One of the buttons below the nth message. */
  action(nth, name) {
    return this.message(nth).getByRole("group", { name: "Message actions" }).getByRole("button", { name, exact: true });
  }

  /** Chooses from the menu below the nth message. */
  async more(nth, name) {
    await this.action(nth, "More actions").click();
    await this.page.getByRole("menuitem", { name }).click();
  }

  /** Opens the details with the nth message, and gives back their pane. */
  async details(nth) {
    await this.action(nth, "Details").click();
    const pane = this.page.locator(".details");
    await pane.waitFor();
    return pane;
  }

  async newThread() {
    await this.page.getByRole("link", { name: "New thread" }).click();
    await this.page.waitForURL((url) => !url.searchParams.has("thread"));
  }
}

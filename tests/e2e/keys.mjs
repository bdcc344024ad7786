/** A server that wants to know who asks: a key that is wrong, one that is right, and one that is revoked while it is used. */

import { ask } from "./api.mjs";
import { proved } from "./browser.mjs";
import { ChatPage } from "./chatPage.mjs";
import { Server } from "./server.mjs";

const ISSUE = `mutation ($input: IssueApiKeyInput!) { issueApiKey(input: $input) { keyId secret userErrors { errorMessage } } }`;
const REVOKE = `mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { userErrors { errorMessage } } }`;

export default async function keys(shared) {
  const server = new Server("keys", { WEFT_AUTH: "on" });
  const [issued] = await Promise.all([server.command("keys", "issue", "--scope", "admin"), server.start()]);
  const admin = /weft_\S+/.exec(issued)[0];
  try {
    const windows = shared.at(server.base);
    const chat = new ChatPage(await windows.open("/"));
    const first = await newKey(server, admin, "first");
    await keyEntry(chat, first);
    await revoked(server, admin, chat, first);
    windows.proveNothingLeft();
    windows.proveNoComplaints(/status of 401|WebSocket connection to/);
  } finally {
    await server.stop();
  }
}

async function newKey(server, admin, name) {
  const input = { name, scopes: ["user"], userId: "ada" };
  const { issueApiKey } = await ask(server.base, ISSUE, { input }, admin);
  if (issueApiKey.userErrors.length > 0) throw new Error(issueApiKey.userErrors[0].errorMessage);
  return { id: issueApiKey.keyId, secret: issueApiKey.secret };
}

class KeyDialog {
  constructor(page) {
    this.dialog = page.getByRole("dialog", { name: "The server asks for a key" });
    this.field = this.dialog.getByLabel("API key or token");
    this.connect = this.dialog.getByRole("button", { name: "Connect" });
  }

  async give(key) {
    await this.dialog.waitFor();
    await this.field.fill(key);
    await this.connect.click();
  }
}

async function keyEntry(chat, key) {
  const { page } = chat;
  const asked = new KeyDialog(page);
  await asked.dialog.waitFor();
  proved(await asked.field.evaluate((field) => field === document.activeElement && field.type === "password"), "a server that wants a key is heard: the page asks for one");
  await asked.give("weft_this-is-no-key");
  await asked.dialog.getByRole("alert").filter({ hasText: "does not take this key" }).waitFor();
  proved(true, "a wrong key is refused, and the page says so");
  await asked.give(key.secret);
  await asked.dialog.waitFor({ state: "hidden" });
  await chat.ready();
  await chat.write("echo", "Hello from Ada");
  await chat.answer(0, { status: "SUCCESS" });
  await chat.idle();
  proved(true, "with the right one everything works, live events too");
  await page.reload();
  await chat.ready();
  await chat.answer(0, { status: "SUCCESS" });
  proved(!(await asked.dialog.isVisible()), "the key is still known after a reload");
}

async function revoked(server, admin, chat, key) {
  const { page } = chat;
  const asked = new KeyDialog(page);
  await chat.prompt.fill("Typed before the key was gone");
  await ask(server.base, REVOKE, { input: { keyId: key.id } }, admin);
  await asked.dialog.waitFor();
  proved(true, "a key that is revoked in mid-session is noticed: the page asks for another one");
  const next = await newKey(server, admin, "second");
  await asked.give(next.secret);
  await asked.dialog.waitFor({ state: "hidden" });
  proved((await chat.prompt.inputValue()) === "Typed before the key was gone", "what was typed is still there");
  await chat.ready();
  await chat.prompt.press("Enter");
  const text = await chat.answer(1, { status: "SUCCESS" });
  proved(/asked <Typed before the key was gone>/.test(text), "and can be sent with the new key");
  await chat.idle();
}

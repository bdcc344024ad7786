/** GraphiQL on a server that wants to know who asks: no key, a wrong one, the right one, and one that is revoked. */

import { ask } from "./api.mjs";
import { proved } from "./browser.mjs";
import { GraphiQLPage } from "./graphiqlPage.mjs";
import { Server } from "./server.mjs";

const ISSUE = `mutation ($input: IssueApiKeyInput!) { issueApiKey(input: $input) { keyId secret userErrors { errorMessage } } }`;
const REVOKE = `mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { userErrors { errorMessage } } }`;
const CREATE = `mutation { createThread(input: { userId: "ada" }) { thread { id } } }`;

export default async function graphiqlKey(shared) {
  const server = new Server("graphiqlKey", { WEFT_AUTH: "on", WEFT_GRAPHIQL: "on" });
  const [issued] = await Promise.all([server.command("keys", "issue", "--scope", "admin"), server.start()]);
  const admin = /weft_\S+/.exec(issued)[0];
  try {
    const windows = shared.at(server.base);
    await ask(server.base, CREATE, {}, admin);
    const key = await newKey(server, admin);
    const page = await windows.open("/graphiql");
    await entry(page, key.secret);
    await live(page, key.secret);
    await kept(windows, page, key.secret);
    await revoked(server, admin, page, key);
    windows.proveNothingLeft();
    windows.proveNoComplaints(/status of 401|WebSocket connection to/);
  } finally {
    await server.stop();
  }
}

async function newKey(server, admin) {
  const { issueApiKey } = await ask(server.base, ISSUE, { input: { scopes: ["service"] } }, admin);
  if (issueApiKey.userErrors.length > 0) throw new Error(issueApiKey.userErrors[0].errorMessage);
  return { id: issueApiKey.keyId, secret: issueApiKey.secret };
}

class KeyDialog {
  constructor(page) {
    this.dialog = page.getByRole("dialog", { name: "Key" });
    this.field = this.dialog.getByLabel("API key or token");
  }

  async give(key) {
    await this.dialog.waitFor();
    await this.field.fill(key);
    await this.dialog.getByRole("button", { name: "Use it" }).click();
  }

  says(text) {
    return this.dialog.getByText(text).waitFor();
  }
}

async function entry(page, secret) {
  const asked = new KeyDialog(page);
  await asked.says("wants to know who you are");
  proved((await asked.field.getAttribute("type")) === "password", "a server that wants a key is heard: the page asks for one, and does not show it");
  await asked.give("weft_this-is-no-key");
  await asked.says("does not take this key");
  proved(true, "a wrong key is refused, and the page says so");
  await asked.give(secret);
  await asked.dialog.waitFor({ state: "hidden" });
  const overview = await new GraphiQLPage(page).run("Overview", "serverInfo");
  proved(overview.data.agents.length > 0, "with the right one queries are answered");
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.locator(".graphiql-doc-explorer").getByText("Subscription").first().waitFor();
  proved(true, "what was asked before there was a key is answered too: the documentation is there");
}

async function live(page, secret) {
  const inits = [];
  const acknowledged = new Promise((resolve) => {
    page.on("websocket", (socket) => {
      socket.on("framesent", ({ payload }) => JSON.parse(payload).type === "connection_init" && inits.push(JSON.parse(payload)));
      socket.on("framereceived", ({ payload }) => JSON.parse(payload).type === "connection_ack" && resolve());
    });
  });
  await new GraphiQLPage(page).start("ThreadEvents");
  await acknowledged;
  proved(inits[0].payload.authorization === `Bearer ${secret}`, "subscriptions bring the key in connection_init");
}

async function kept(windows, page, secret) {
  const stored = await page.evaluate(() => [JSON.stringify({ ...localStorage }), document.cookie, location.href]);
  proved(!stored.some((held) => held.includes(secret)), "the key is in no place that outlives the tab, and in no address");
  await page.reload();
  await new GraphiQLPage(page).run("Overview", "serverInfo");
  proved(!(await new KeyDialog(page).dialog.isVisible()), "a reload goes on with it");
  const other = await windows.open("/graphiql");
  await new KeyDialog(other).says("wants to know who you are");
  proved(true, "another reader is asked for their own");
}

async function revoked(server, admin, page, key) {
  const asked = new KeyDialog(page);
  const ide = new GraphiQLPage(page);
  await ask(server.base, REVOKE, { input: { keyId: key.id } }, admin);
  await ide.start("Overview");
  await asked.says("does not take this key");
  await asked.dialog.getByRole("button", { name: "Cancel" }).click();
  await ide.shows("UNAUTHENTICATED");
  proved(true, "a key that is revoked is noticed; whoever gives no other is told why there is no answer");
  await page.getByRole("button", { name: "Key", exact: true }).click();
  await asked.give((await newKey(server, admin)).secret);
  await asked.dialog.waitFor({ state: "hidden" });
  await ide.run("Overview", "serverInfo");
  proved(true, "the button changes the key at any time");
}

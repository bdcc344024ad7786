/** Chromium for page tests: nothing outside this machine can be reached, and everything a page asks for is noted. */

import { AsyncLocalStorage } from "node:async_hooks";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { chromium } from "playwright-core";

/** Deadline of every wait, in milliseconds. */
export const DEADLINE = 20_000;

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

export function launched() {
  return chromium.launch({ executablePath: chromiumPath(), args: flags, timeout: DEADLINE });
}

const proofs = new AsyncLocalStorage();

/** What a script has proved, also when it fails. */
export async function proofsOf(script) {
  const seen = { proved: [], failure: null };
  await proofs.run(seen.proved, script).catch((error) => (seen.failure = String(error.stack ?? error)));
  return seen;
}

/** States that something holds, with what it is worth to a reader of the output. */
export function proved(holds, what) {
  if (!holds) throw new Error(what);
  proofs.getStore().push(what);
}

/** Windows of separate readers: each has storage of its own. */
export class Windows {
  requests = [];
  complaints = [];
  pages = [];

  constructor(browser, base) {
    this.browser = browser;
    this.base = base;
  }

  /** The same reader at another server. */
  at(base) {
    const other = new Windows(this.browser, new URL(base));
    other.pages = this.pages;
    return other;
  }

  async open(path, options = {}) {
    // What moves is painted sixty times a second, which several windows on a small machine have no time for.
    const calm = { viewport: { width: 1200, height: 800 }, reducedMotion: "reduce" };
    const context = await this.browser.newContext({ ...calm, ...options });
    context.setDefaultTimeout(DEADLINE);
    const page = await context.newPage();
    this.pages.push(page);
    context.on("request", (request) => this.requests.push(request.url()));
    page.on("websocket", (socket) => this.requests.push(socket.url()));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`${message.text()} ${message.location().url}`);
    });
    await page.goto(new URL(path, this.base).href);
    return page;
  }

  /** No request left the machine, or even went to another port of it. */
  proveNothingLeft() {
    const foreign = this.requests.filter((url) => /^(https?|wss?):/.test(url) && new URL(url).host !== this.base.host);
    proved(foreign.length === 0, `none of ${this.requests.length} requests went to another host ${foreign.join(" ")}`.trim());
  }

  /** Errors of scripts and violations of the content security policy are complaints; `expected` are those that belong to the test. */
  proveNoComplaints(expected = /^$/) {
    const complaints = this.complaints.filter((text) => !expected.test(text));
    proved(complaints.length === 0, `the console is free of errors ${complaints.join(" | ")}`.trim());
  }

  /** Pictures of what is open, for whoever looks for the reason of a failure. */
  async picture(folder, name) {
    const open = this.pages.filter((page) => !page.isClosed());
    await Promise.all(open.map((page, index) => page.screenshot({ path: join(folder, `failed-${name}-${index}.png`) }).catch(() => null)));
  }

  async close() {
    await Promise.all(this.pages.map((page) => page.context().close().catch(() => null)));
  }
}

function chromiumPath() {
  const found = process.env.CHROMIUM ?? execFileSync("which", ["chromium"], { encoding: "utf8" }).trim();
  if (!found) throw new Error("no chromium on PATH; name one with CHROMIUM=/path/to/chromium");
  return found;
}

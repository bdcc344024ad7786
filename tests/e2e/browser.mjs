/** Chromium for a page test: nothing outside this machine can be reached, and everything a page asks for is noted. */

import { execFileSync } from "node:child_process";

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

/** Runs a script against the address given on the command line, prints what it proved, and exits 0 or 1. */
export async function proveWith(script) {
  const base = process.argv[2];
  if (!base) {
    console.error(`usage: node ${process.argv[1]} http://127.0.0.1:8000`);
    process.exit(1);
  }
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: flags, timeout: DEADLINE });
  try {
    await script(new Windows(browser, new URL(base)));
  } catch (error) {
    console.error(`not proved: ${error.stack ?? error}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

/** States that something holds, with what it is worth to a reader of the output. */
export function proved(holds, what) {
  if (!holds) throw new Error(what);
  console.log(`proved: ${what}`);
}

/** Windows of separate readers: each has storage of its own. */
export class Windows {
  requests = [];
  complaints = [];

  constructor(browser, base) {
    this.browser = browser;
    this.base = base;
  }

  async open(path, options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
    context.setDefaultTimeout(DEADLINE);
    const page = await context.newPage();
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

  proveNoComplaints() {
    proved(this.complaints.length === 0, `the console is free of errors ${this.complaints.join(" | ")}`.trim());
  }
}

function chromiumPath() {
  const found = process.env.CHROMIUM ?? execFileSync("which", ["chromium"], { encoding: "utf8" }).trim();
  if (!found) throw new Error("no chromium on PATH; name one with CHROMIUM=/path/to/chromium");
  return found;
}

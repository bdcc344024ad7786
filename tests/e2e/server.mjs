/** A server of a script's own, for what it does to servers: ends them, starts them again, asks callers for keys. */

import { execFile, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const PYTHON = process.env.WEFT_PYTHON ?? join(ROOT, ".venv", "bin", "python");
const APP = "tests.e2e.apps:app";

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export class Server {
  base = "";
  port = "0";
  child = null;

  /** `database`: the end of its database's name; whoever started the run drops it. */
  constructor(database, env = {}) {
    const name = `${process.env.WEFT_DATABASE ?? "weft_pages"}_${database}`;
    this.env = { ...process.env, WEFT_DATABASE: name, PYTHONUNBUFFERED: "1", ...env };
  }

  /** Starts it, again at the same address if it had one; returns when it serves. */
  async start() {
    const child = spawn(PYTHON, ["-m", "weft", "serve", APP], {
      cwd: ROOT,
      env: { ...this.env, WEFT_PORT: this.port },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    child.once("exit", () => running.delete(child));
    let log = "";
    child.stderr.on("data", (data) => (log += data));
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /GraphQL +(\S+)\/graphql$/.exec(line)?.[1];
      if (!address) continue;
      child.stdout.resume();
      this.base = address;
      this.port = new URL(address).port;
      this.child = child;
      return this;
    }
    throw new Error(`the server did not start: ${log.slice(-2000)}`);
  }

  async stop() {
    const { child } = this;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }

  /** What `weft` prints when it is run on this server's database. */
  async command(...args) {
    const { stdout } = await promisify(execFile)(PYTHON, ["-m", "weft", ...args], { cwd: ROOT, env: this.env });
    return stdout;
  }
}

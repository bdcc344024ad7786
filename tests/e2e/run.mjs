/**
 * Runs page tests against a server, a few at a time in one browser: `node run.mjs http://127.0.0.1:8000 chat tools`.
 * For each prints a line of JSON: what it proved, and why it failed if it did. Pictures go to WEFT_PICTURES.
 */

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { launched, proofsOf, Windows } from "./browser.mjs";

/** Much of a script is waiting for answers that are written at the pace of people. */
const LANES = 3;

const [base, ...names] = process.argv.slice(2);
if (!base || names.length === 0) {
  console.error("usage: node run.mjs http://127.0.0.1:8000 <script>…");
  process.exit(1);
}

const pictures = process.env.WEFT_PICTURES ?? mkdtempSync(join(tmpdir(), "weft-pages-"));
const browser = await launched();
const left = [...names];
try {
  await Promise.all(Array.from({ length: LANES }, lane));
} finally {
  await browser.close();
}

async function lane() {
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const windows = new Windows(browser, new URL(base));
    const { default: script } = await import(`./${name}.mjs`);
    const started = Date.now();
    const seen = await proofsOf(() => script(windows, pictures));
    if (seen.failure !== null) {
      await windows.picture(pictures, name);
      process.exitCode = 1;
    }
    await windows.close();
    console.log(JSON.stringify({ script: name, seconds: (Date.now() - started) / 1000, pictures, ...seen }));
  }
}

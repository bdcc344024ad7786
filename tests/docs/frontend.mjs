/** The page of "Five minutes for the frontend", served by Vite from this folder, in Chromium: node frontend.mjs FOLDER */

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const DEADLINE = 20_000;
const folder = process.argv[2];
const { chromium } = createRequire(new URL("../e2e/package.json", import.meta.url))("playwright-core");
const vite = createRequire(join(folder, "package.json")).resolve("vite");
const { createServer } = await import(pathToFileURL(vite).href);

const server = await createServer({
  root: folder,
  configFile: join(folder, "vite.config.ts"),
  cacheDir: join(folder, ".vite"),
  // It would tell of the socket that the browser leaves open at the end.
  logLevel: "silent",
  server: { host: "127.0.0.1", port: 0, fs: { strict: false }, watch: null },
});
await server.listen();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
  timeout: DEADLINE,
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(DEADLINE);
  page.on("pageerror", (error) => console.error(`the page: ${error}`));
  page.on("console", (message) => message.type() === "error" && console.error(`the console: ${message.text()}`));
  await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/`);
  const field = page.getByLabel("Message");
  const said = page.getByRole("article");

  await field.fill("What is the weather in Rome?");
  await field.press("Enter");
  await said.filter({ hasText: "In Rome it is" }).waitFor();
  console.log(`proved: ${await said.count()} messages after a question with a tool call`);

  await field.fill("Send 250 to Ada.");
  await field.press("Enter");
  await page.getByRole("button", { name: "Allow" }).click();
  await said.filter({ hasText: "€250 would now be on their way to Ada." }).waitFor();
  console.log(`proved: ${await page.getByRole("button", { name: "Allow" }).count()} questions after it was allowed`);
} finally {
  await browser.close();
  await server.close();
}

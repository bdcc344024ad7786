/**
 * Fails when core and React hooks together exceed the budget: minified, gzipped, without graphql-ws and React. What is
 * loaded only when it is chosen (the SSE transport) is told beside it.
 */

import { gzipSync } from "node:zlib";

import { rolldown } from "rolldown";

const BUDGET = 15_000;

async function gzipped(...names) {
  const entry = names.map((name) => `export * from ${JSON.stringify(new URL(`../dist/${name}`, import.meta.url).pathname)};`);
  const bundle = await rolldown({
    input: "entry",
    external: [/^react/, /^graphql-ws/],
    plugins: [
      { name: "entry", resolveId: (id) => (id === "entry" ? id : null), load: (id) => (id === "entry" ? entry.join("\n") : null) },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  const sizes = new Map(output.map((chunk) => [chunk.fileName, gzipSync(chunk.code, { level: 9 }).length]));
  const loaded = new Set();
  const load = (chunk) => {
    if (!chunk || loaded.has(chunk.fileName)) return;
    loaded.add(chunk.fileName);
    for (const name of chunk.imports) load(output.find(({ fileName }) => fileName === name));
  };
  load(output.find((chunk) => chunk.isEntry));
  const sum = (fits) => [...sizes].reduce((total, [name, size]) => total + (fits(name) ? size : 0), 0);
  return { always: sum((name) => loaded.has(name)), chosen: sum((name) => !loaded.has(name)) };
}

const core = await gzipped("index.js");
const all = await gzipped("index.js", "react/index.js");
console.log(`core ${core.always} B, with React hooks ${all.always} B of ${BUDGET} B; SSE, if it is chosen, ${all.chosen} B more`);
if (all.always > BUDGET) {
  console.error("The package is larger than it may be.");
  process.exit(1);
}

/** Bundles a recipe with its trial and runs it in Node: node test/run.mjs <recipe> <address of the server> [<trials>]. */

import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { parse, print } from "graphql";

import { openPage } from "./dom.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const [recipe, base, only = ""] = process.argv.slice(2);
if (!recipe || !base) throw new Error("usage: node test/run.mjs <recipe> <address>");

/** Names of packages are left to Node. Those of weft-client are found by the paths of tsconfig.json. */
const external = Object.keys(JSON.parse(await readFile(`${root}/package.json`, "utf8")).dependencies).flatMap(
  (name) => [name, `${name}/*`],
);

/** What babel-plugin-relay does: a document becomes the artifact that the compiler made of it. */
const relay = {
  name: "relay",
  setup(bundler) {
    bundler.onLoad({ filter: /\/recipes\/relay\/[^/]+\.tsx?$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const imports = [];
      const contents = text.replaceAll(/graphql`([^`]+)`/g, (_, document) => {
        const [, , name] = /^\s*(query|mutation|subscription|fragment)\s+(\w+)/.exec(document);
        imports.push(`import ${name}Artifact from "./__generated__/${name}.graphql";`);
        const hash = createHash("md5")
          .update(print(parse(document)))
          .digest("hex");
        imports.push(`if (${name}Artifact.hash !== "${hash}") throw new Error("${name} has changed: npm run relay");`);
        return `${name}Artifact`;
      });
      return { contents: `${imports.join("\n")}\n${contents}`, loader: path.endsWith("x") ? "tsx" : "ts" };
    });
  },
};

const outfile = `${root}/node_modules/.cache/${recipe}.mjs`;
await mkdir(`${root}/node_modules/.cache`, { recursive: true });
await build({
  entryPoints: [`${root}/test/trial.tsx`],
  alias: { "@recipe": `${root}/test/${recipe}.tsx` },
  tsconfig: `${root}/tsconfig.json`,
  define: { "process.env.NODE_ENV": '"development"' },
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  external: [...external, "happy-dom", "ws"],
  jsx: "automatic",
  plugins: [relay],
  logLevel: "warning",
});
process.argv = [process.argv[0], outfile, base, only];
openPage(base);
await import(outfile);

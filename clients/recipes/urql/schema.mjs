/** Writes schema.json, which graphcache reads: node urql/schema.mjs */

import { readFile, writeFile } from "node:fs/promises";

import { minifyIntrospectionQuery } from "@urql/introspection";
import { buildSchema, introspectionFromSchema } from "graphql";

const sdl = await readFile(new URL("../../../src/weft/schema/schema.graphql", import.meta.url), "utf8");
const schema = minifyIntrospectionQuery(introspectionFromSchema(buildSchema(sdl)));
await writeFile(process.argv[2] ?? new URL("schema.json", import.meta.url), `${JSON.stringify(schema)}\n`);

import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";

import snapshot from "../../../../src/weft/schema/schema.graphql?raw";
import * as page from "../playgroundOperations";
import * as details from "./operations";

/** What the server serves, as committed. */
const schema = buildSchema(snapshot);
const isQuery = ([name]: [string, unknown]) => name.endsWith("Document");
const documents = Object.entries({ ...page, ...details }).filter(isQuery);

test.each(documents)("%s is valid against the server's schema", (_name, document) => {
  expect(validate(schema, parse(String(document))).map((error) => error.message)).toEqual([]);
});

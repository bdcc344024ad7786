import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";

import snapshot from "../../../src/weft/schema/schema.graphql?raw";
import * as operations from "./operations";

/** What the server serves, as committed. */
const schema = buildSchema(snapshot);

test.each(Object.entries(operations))("%s is valid against the server's schema", (_name, { document }) => {
  expect(validate(schema, parse(document)).map((error) => error.message)).toEqual([]);
});

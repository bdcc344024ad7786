import { expect, test } from "vitest";

import { endpointOf } from "./settings";

const OWN = "http://127.0.0.1:8000";

test.each([
  ["", ""],
  ["  ", ""],
  ["https://weft.example.com", "https://weft.example.com/graphql"],
  ["https://weft.example.com/", "https://weft.example.com/graphql"],
  ["https://example.com/chat/graphql", "https://example.com/chat/graphql"],
  ["weft.example.com", "https://weft.example.com/graphql"],
  ["weft.example.com:8443", "https://weft.example.com:8443/graphql"],
  ["localhost:9000", "http://localhost:9000/graphql"],
  ["http://127.0.0.1:8000/graphql", ""],
  [OWN, ""],
])("the address %j means the endpoint %j", (text, endpoint) => {
  expect(endpointOf(text, OWN)).toBe(endpoint);
});

test.each([
  "ftp://example.com",
  "https://ann:secret@example.com",
  "https://",
  "not an address",
  "https://a b",
  "javascript://x",
])("%j is no address of a server", (text) => {
  expect(endpointOf(text, OWN)).toBeNull();
});

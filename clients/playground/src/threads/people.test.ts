import { expect, test } from "vitest";

import { everyone, ownerFor, peopleName, peopleOf, type People } from "./people";

const ann: People = { kind: "user", userId: "ann" };

test("what a window kept is read back, and anything else means everyone", () => {
  for (const people of [everyone, ann, { kind: "anonymous" } as const]) {
    expect(peopleOf(JSON.parse(JSON.stringify(people)))).toEqual(people);
  }
  for (const broken of [null, 3, "ann", [], {}, { kind: "user" }, { kind: "user", userId: 3 }, { kind: "group" }]) {
    expect(peopleOf(broken)).toEqual(everyone);
  }
});

test("a thread that is made in somebody's list is theirs; in everyone's the server says whose", () => {
  expect(ownerFor(ann)).toBe("ann");
  expect(ownerFor({ kind: "anonymous" })).toBeNull();
  expect(ownerFor(everyone)).toBeUndefined();
});

test("a list is named after whose it is", () => {
  expect([everyone, { kind: "anonymous" } as const, ann].map(peopleName)).toEqual(["Everyone", "Anonymous", "ann"]);
});

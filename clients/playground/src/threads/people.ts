/** Whose threads are listed. */

export type People =
  { readonly kind: "everyone" } | { readonly kind: "anonymous" } | { readonly kind: "user"; readonly userId: string };

export const everyone: People = { kind: "everyone" };

/** Reads what this window kept; anything else means everyone. */
export function peopleOf(kept: unknown): People {
  if (typeof kept !== "object" || kept === null || !("kind" in kept)) return everyone;
  if (kept.kind === "anonymous") return { kind: "anonymous" };
  const named = kept.kind === "user" && "userId" in kept && typeof kept.userId === "string";
  return named ? { kind: "user", userId: kept.userId as string } : everyone;
}

export function peopleName(people: People): string {
  if (people.kind === "user") return people.userId;
  return people.kind === "anonymous" ? "Anonymous" : "Everyone";
}

/** The owner of a thread that is created here; undefined leaves it to the server, which takes the viewer. */
export function ownerFor(people: People): string | null | undefined {
  if (people.kind === "user") return people.userId;
  return people.kind === "anonymous" ? null : undefined;
}

/**
 * The API key or token that the page sends. It is kept for this tab only, in `sessionStorage`, and sent to the server
 * that served the page and to no other.
 */

const STORED_AS = "weft.graphiql.key";

type Listener = () => void;

/** Why somebody is asked for a key: the server wants one, did not take the one it got, or they want to change it. */
export type Question = "wanted" | "refused" | "changed";

let question: Question | null = null;
let waiting: ((given: boolean) => void)[] = [];
const listeners = new Set<Listener>();

export function credential(): string | null {
  return sessionStorage.getItem(STORED_AS);
}

export function onQuestion(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentQuestion(): Question | null {
  return question;
}

/** Asks for a key; true once there is one, false when nobody gives any. Whoever asks meanwhile waits for the same. */
export function askForCredential(why: Question): Promise<boolean> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    setQuestion(why);
  });
}

/** Ends the question: with a key, an empty one to send none, or null to leave things as they are. */
export function answerQuestion(key: string | null): void {
  if (key === "") sessionStorage.removeItem(STORED_AS);
  else if (key !== null) sessionStorage.setItem(STORED_AS, key);
  const asked = waiting;
  waiting = [];
  setQuestion(null);
  for (const resolve of asked) resolve(key !== null);
}

function setQuestion(next: Question | null): void {
  question = next;
  for (const listener of listeners) listener();
}

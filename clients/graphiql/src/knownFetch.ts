/** `fetch` as somebody: with the key, if there is one. A 401 asks for another, and the request is then sent again. */

import { askForCredential, credential } from "./credential";

export async function knownFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    const key = credential();
    const response = await fetch(input, withKey(init, key));
    if (response.status !== 401) return response;
    // Another request may have asked meanwhile: what it was given is tried before anybody is asked again.
    if (credential() === key && !(await askForCredential(key === null ? "wanted" : "refused"))) return response;
  }
}

function withKey(init: RequestInit, key: string | null): RequestInit {
  if (key === null) return init;
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${key}`);
  return { ...init, headers };
}

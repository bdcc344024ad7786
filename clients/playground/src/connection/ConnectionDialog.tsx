import { useState, type SubmitEvent } from "react";
import { WeftError } from "weft-client";

import { SessionDocument } from "../playgroundOperations";
import { Dialog } from "../ui/Dialog";
import { trialClient } from "./clients";
import { endpointOf, keyFor, type Key } from "./settings";

interface ConnectionDialogProps {
  readonly url: string;
  readonly isRefused: boolean;
  readonly onAccept: (url: string, key: Key | null) => void;
  readonly onClose: () => void;
}

type Trial =
  { readonly state: "none" } | { readonly state: "trying" } | { readonly state: "failed"; readonly why: string };

/** Where the server is and who asks. Both are tried before they are kept, so that a typing error breaks nothing. */
export function ConnectionDialog({ url, isRefused, onAccept, onClose }: ConnectionDialogProps) {
  const [address, setAddress] = useState(url);
  const endpoint = endpointOf(address, window.location.origin);
  // A key goes with its server: another address shows the key for that one, unless a key was typed.
  const known = endpoint === null ? null : keyFor(endpoint);
  const [typed, setTyped] = useState<string | null>(null);
  const key = (typed ?? known?.text ?? "").trim();
  const [isShown, setShown] = useState(false);
  const [remembered, setRemembered] = useState(keyFor(url)?.remembered ?? false);
  const [trial, setTrial] = useState<Trial>({ state: "none" });

  const edit = (change: () => void) => {
    change();
    setTrial({ state: "none" });
  };
  const tryIt = async (): Promise<void> => {
    if (endpoint === null)
      return setTrial({
        state: "failed",
        why: "This is no address of a server. Write it like https://weft.example.com.",
      });
    setTrial({ state: "trying" });
    const client = trialClient(endpoint, key);
    try {
      await client.request(SessionDocument, {});
      onAccept(endpoint, key === "" ? null : { text: key, remembered });
    } catch (error) {
      setTrial({ state: "failed", why: reason(error, endpoint, key !== "") });
    } finally {
      client.close();
    }
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (trial.state !== "trying") void tryIt();
  };

  return (
    <Dialog title={isRefused ? "The server asks for a key" : "Server and key"} onClose={onClose}>
      <form className="fields" onSubmit={onSubmit}>
        {isRefused && (
          <p className="dialog__text">
            {keyFor(url) === null
              ? "This server wants to know who asks. What you have typed stays where it is."
              : "The server does not take the key that was used: it may have expired or been revoked. What you have typed stays where it is."}
          </p>
        )}
        <label className="field">
          <span className="field__name">Server</span>
          <input
            className="field__input"
            type="text"
            inputMode="url"
            autoComplete="url"
            spellCheck={false}
            placeholder={`${window.location.origin} (this page's own)`}
            value={address}
            data-first={!isRefused || undefined}
            onChange={(event) => edit(() => setAddress(event.target.value))}
          />
        </label>
        <label className="field">
          <span className="field__name">API key or token</span>
          <span className="field__row">
            <input
              className="field__input field__input--code"
              type={isShown ? "text" : "password"}
              autoComplete="off"
              spellCheck={false}
              placeholder="weft_… or a JWT; empty for none"
              value={typed ?? key}
              data-first={isRefused || undefined}
              onChange={(event) => edit(() => setTyped(event.target.value))}
            />
            <button className="button" type="button" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
              Show
            </button>
          </span>
        </label>
        <label className="check">
          <input type="checkbox" checked={remembered} onChange={(event) => setRemembered(event.target.checked)} />
          <span>
            Remember the key on this device
            <small>Otherwise it is forgotten when this window is closed.</small>
          </span>
        </label>
        {trial.state === "failed" && (
          <p className="dialog__error" role="alert">
            {trial.why}
          </p>
        )}
        <footer className="dialog__foot">
          <button className="button" type="button" onClick={onClose}>
            Cancel
          </button>
          <button className="button button--main" type="submit" aria-disabled={trial.state === "trying"}>
            {trial.state === "trying" ? "Trying…" : "Connect"}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function reason(error: unknown, endpoint: string, hasKey: boolean): string {
  if (!(error instanceof WeftError)) return String(error);
  if (error.code === "UNAUTHENTICATED") {
    return hasKey
      ? "The server does not take this key. Check that it is whole, for this server, and not expired."
      : "This server wants a key.";
  }
  if (error.code !== "UNREACHABLE") return error.message;
  if (endpoint === "") return error.message;
  const origin = new URL(endpoint).origin;
  return (
    `No answer from ${origin}. Is it running? It must also welcome this page (there: WEFT_ALLOWED_ORIGINS=${window.location.origin}), ` +
    `and this page's server must let it go there (here: WEFT_PLAYGROUND_SERVERS=${origin}).`
  );
}

/** The page of a browser, there before React looks for one. */

import { Window } from "happy-dom";

export function openPage(base) {
  const window = new Window({ url: base });
  const { document, navigator, HTMLElement, HTMLIFrameElement, Event, MutationObserver } = window;
  Object.assign(globalThis, { window, document, navigator, HTMLElement, HTMLIFrameElement, Event, MutationObserver });
}

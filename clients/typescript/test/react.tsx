/** What React tests share: a page with StrictMode around it, and a client of a server in memory. */

import { act, StrictMode, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";

import { WeftClient } from "../src/client.js";
import { WeftProvider } from "../src/react/index.js";
import { FakeServer } from "./fakeServer.js";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const DEADLINE_MS = 8_000;

export class Page {
  readonly server = new FakeServer();
  readonly client = new WeftClient({ url: "http://weft.test/graphql", fetch: this.server.fetch, webSocket: this.server.webSocket });
  readonly element = document.createElement("main");
  private readonly root: Root = createRoot(this.element);

  async show(node: ReactNode): Promise<void> {
    await act(async () => this.root.render(<StrictMode><WeftProvider client={this.client}>{node}</WeftProvider></StrictMode>));
  }

  get text(): string {
    return this.element.textContent ?? "";
  }

  /** Lets time pass until it is so. */
  async until(isSo: () => unknown): Promise<void> {
    const end = Date.now() + DEADLINE_MS;
    while (!isSo()) {
      if (Date.now() > end) throw new Error(`it did not happen: ${isSo}; the page says ${this.text}`);
      await act(async () => new Promise((resolve) => setTimeout(resolve, 2)));
    }
  }

  async close(): Promise<void> {
    await act(async () => this.root.unmount());
    this.client.close();
  }
}

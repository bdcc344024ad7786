/** What a reader chose in the context tab. It outlives the selected message, but for the text that replaces a prompt. */

import type { Changes } from "./contextOptions";

export interface ContextChoice {
  /** Null: the agent that answers the selected message. */
  readonly agentName: string | null;
  readonly changes: Changes;
  /** A text in place of a prompt, and which prompt that is; null for the prompt itself. */
  readonly prompt: { readonly of: string; readonly text: string } | null;
  /** Empty: the text that is answered is searched for. */
  readonly searchText: string;
  /** The options are in view. */
  readonly isOpen: boolean;
}

export const newContextChoice: ContextChoice = { agentName: null, changes: {}, prompt: null, searchText: "", isOpen: false };

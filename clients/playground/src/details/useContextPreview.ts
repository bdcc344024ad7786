import { useWeft } from "weft-client/react";

import type { ContextChoice } from "./contextChoice";
import { optionsInput, problemsOf, type Fields } from "./contextOptions";
import { ContextPreviewDocument, type ContextItemFragment, type ContextPreviewInput } from "./operations";
import { useAsked, type Asked } from "./useAsked";

/** What is to be answered: a stored prompt, the turn of a stored answer, or what would be written next. */
export interface PreviewSubject {
  readonly threadId: string;
  /** Names it. */
  readonly of: string;
  readonly prompt: string;
  readonly target: { readonly promptMessageId: string } | { readonly targetMessageId: string } | null;
}

/** A reader who types is waited for. */
const REST_MS = 300;

/** Asked again a moment after something was changed; not while there is a problem with an option, or nothing to answer. */
export function useContextPreview(
  subject: PreviewSubject,
  agentName: string,
  own: Fields,
  choice: ContextChoice,
): Asked<readonly ContextItemFragment[]> {
  const client = useWeft();
  const input = inputOf(subject, agentName, own, choice);
  const ask = async () => (input ? (await client.request(ContextPreviewDocument, { input })).contextPreview : []);
  return useAsked(input ? `${subject.threadId} ${subject.of}` : null, JSON.stringify(input), ask, REST_MS);
}

function inputOf(
  { threadId, of, target }: PreviewSubject,
  agentName: string,
  own: Fields,
  { changes, prompt, searchText }: ContextChoice,
): ContextPreviewInput | null {
  if (Object.keys(problemsOf(changes)).length > 0) return null;
  const written = prompt?.of === of ? prompt.text : null;
  const isEmpty = written === null || written.trim() === "";
  if (target === null && isEmpty) return null;
  const contextOptions = optionsInput(own, changes);
  return {
    agentName,
    threadId,
    ...target,
    ...(isEmpty ? {} : { prompt: written }),
    ...(searchText.trim() === "" ? {} : { searchText }),
    ...(contextOptions ? { contextOptions } : {}),
    includeLeftOut: true,
  };
}

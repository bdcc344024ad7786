/** The options of a context as fields that a person edits, and back: only what was changed is sent. */

import type { ContextOptionsFragment, ContextOptionsInput } from "./operations";

export interface Fields {
  readonly recentMessages: string;
  readonly maxTokens: string;
  readonly excludeToolMessages: boolean;
  readonly isSearching: boolean;
  readonly searchOtherThreads: boolean;
  readonly limit: string;
  readonly textSearch: boolean;
  readonly vectorSearch: boolean;
  readonly vectorScoreThreshold: string;
  readonly before: string;
  readonly after: string;
}

export type Changes = Partial<Fields>;
export type Problems = Partial<Record<keyof Fields, string>>;

interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

const ranges = {
  recentMessages: { least: 0, most: 10_000, isWhole: true },
  maxTokens: { least: 1, most: 2_147_483_647, isWhole: true },
  limit: { least: 1, most: 100, isWhole: true },
  vectorScoreThreshold: { least: -1, most: 1, isWhole: false },
  before: { least: 0, most: 50, isWhole: true },
  after: { least: 0, most: 50, isWhole: true },
} as const satisfies Partial<Record<keyof Fields, Range>>;

const numbers = Object.keys(ranges) as (keyof typeof ranges)[];

/** What an agent does by itself. Of a search that it does not have: what one would be if it were turned on. */
export function fieldsOf({ search, ...options }: ContextOptionsFragment, embeds: boolean): Fields {
  return {
    recentMessages: String(options.recentMessages),
    maxTokens: options.maxTokens === null ? "" : String(options.maxTokens),
    excludeToolMessages: options.excludeToolMessages,
    isSearching: search !== null && search.limit > 0,
    searchOtherThreads: options.searchOtherThreads,
    limit: String(search?.limit || 10),
    textSearch: search?.textSearch ?? true,
    vectorSearch: search?.vectorSearch ?? embeds,
    vectorScoreThreshold: String(search?.vectorScoreThreshold ?? 0),
    before: String(search?.before ?? 2),
    after: String(search?.after ?? 1),
  };
}

/** What is wrong with what was typed, by field. An empty number is the agent's own. */
export function problemsOf(changes: Changes): Problems {
  const problems: Problems = {};
  for (const name of numbers) {
    const typed = changes[name]?.trim() ?? "";
    const { least, most, isWhole }: Range = ranges[name];
    const value = Number(typed);
    const isRight = Number.isFinite(value) && value >= least && value <= most && (!isWhole || Number.isInteger(value));
    if (typed !== "" && !isRight) problems[name] = `${isWhole ? "A whole number" : "A number"} from ${least} to ${most}`;
  }
  return problems;
}

/** What is sent: the changes that differ from what the agent does anyway. They must have no problems. */
export function optionsInput(own: Fields, changes: Changes): ContextOptionsInput | null {
  const input: { -readonly [Name in keyof ContextOptionsInput]: ContextOptionsInput[Name] } = {};
  const changed = changedIn(own, changes);
  if (changed.recentMessages !== undefined) input.recentMessages = Number(changed.recentMessages);
  if (changed.maxTokens !== undefined) input.maxTokens = Number(changed.maxTokens);
  if (changed.excludeToolMessages !== undefined) input.excludeToolMessages = changed.excludeToolMessages;
  if (changed.searchOtherThreads !== undefined) input.searchOtherThreads = changed.searchOtherThreads;
  const search = searchInput(own, changed);
  if (search) input.search = search;
  return Object.keys(input).length === 0 ? null : input;
}

/** The options in a line. */
export function optionsLine(own: Fields, changes: Changes): string {
  const told = { ...own, ...changedIn(own, changes) };
  const limit = told.maxTokens === "" ? [] : [`${told.maxTokens} tokens`];
  const search = told.isSearching ? [`${told.limit} finds${told.searchOtherThreads ? " anywhere" : ""}`] : ["no search"];
  return [`${told.recentMessages} recent`, ...limit, ...search].join(", ");
}

export function isChanged(own: Fields, changes: Changes): boolean {
  return Object.keys(changedIn(own, changes)).length > 0;
}

function changedIn(own: Fields, changes: Changes): Changes {
  const differs = ([name, value]: [string, string | boolean]) => {
    const said = typeof value === "string" ? value.trim() : value;
    return said !== "" && said !== own[name as keyof Fields];
  };
  return Object.fromEntries(Object.entries(changes).filter(differs)) as Changes;
}

function searchInput(own: Fields, changed: Changes): ContextOptionsInput["search"] | null {
  if (!(changed.isSearching ?? own.isSearching)) return own.isSearching ? { limit: 0 } : null;
  const { limit, textSearch, vectorSearch, vectorScoreThreshold, before, after } = changed;
  const more = {
    ...(textSearch === undefined ? {} : { textSearch }),
    ...(vectorSearch === undefined ? {} : { vectorSearch }),
    ...(vectorScoreThreshold === undefined ? {} : { vectorScoreThreshold: Number(vectorScoreThreshold) }),
    ...(before === undefined ? {} : { before: Number(before) }),
    ...(after === undefined ? {} : { after: Number(after) }),
  };
  const isAsked = changed.isSearching !== undefined || limit !== undefined || Object.keys(more).length > 0;
  return isAsked ? { limit: Number(limit ?? own.limit), ...more } : null;
}

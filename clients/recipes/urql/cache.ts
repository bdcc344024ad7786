/** How graphcache names what it keeps, and what mutations and events do to it. */

import type { CacheExchangeOpts, Resolver } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import type {
  SendMessageMutationVariables,
  ThreadEventsSubscription,
  ThreadListEventsSubscription,
} from "weft-client/operations";

import { draft, nameOf } from "../shared/messages.js";
import { possibleTypes } from "../shared/possibleTypes.js";
import schema from "./schema.json";
import { drafted, follow, followList, saved, type Sent } from "./events.js";

const pages = relayPagination();

/** What is on its way stands behind what was sent. See `drafted` in events.ts. */
const withDrafts: Resolver = (thread, args, cache, info) => {
  const page = pages(thread, args, cache, info) as { readonly edges: readonly string[] } | undefined;
  const drafts = (cache.resolve(info.parentKey, "drafts") ?? []) as readonly string[];
  return page && { ...page, edges: [...page.edges, ...drafts.filter((edge) => !page.edges.includes(edge))] };
};

const embedded = () => null;
const byNode = ({ node }: Readonly<Record<string, unknown>>) => (node as { readonly id: string }).id;

export const cacheOptions: CacheExchangeOpts = {
  schema,
  keys: {
    UIMessage: nameOf,
    UIMessageEdge: ({ node }) => nameOf(node as Readonly<Record<string, unknown>>),
    GenerationEdge: byNode,
    ThreadEdge: byNode,
    ...Object.fromEntries(
      [
        ...Object.values(possibleTypes).flat(),
        ...["GenerationConnection", "PageInfo", "SendMessagePayload", "StreamDelta", "ThreadConnection"],
        ...["GenerationPayload", "ToolApproval", "ToolDecisionPayload", "UIMessageConnection", "Usage"],
      ].map((name) => [name, embedded]),
    ),
  },
  resolvers: { Query: { threads: relayPagination() }, Thread: { uiMessages: withDrafts } },
  optimistic: {
    sendMessage: (variables) => {
      const { threadId, clientId, prompt } = (variables as SendMessageMutationVariables).input;
      const sentMessage = draft(threadId, clientId ?? "", prompt ?? "");
      return {
        __typename: "SendMessagePayload",
        sentMessage: { ...sentMessage, parts: [...sentMessage.parts] },
        userErrors: [],
      };
    },
  },
  updates: {
    Mutation: {
      sendMessage: (result, _, cache, info) => {
        const { sentMessage } = (result as unknown as Sent).sendMessage;
        if (sentMessage) (info.optimistic ? drafted : saved)(cache, sentMessage);
      },
    },
    Subscription: {
      threadEvents: (result, { threadId }, cache) =>
        follow(cache, threadId as string, (result as unknown as ThreadEventsSubscription).threadEvents),
      threadListEvents: (result, _, cache) =>
        followList(cache, (result as unknown as ThreadListEventsSubscription).threadListEvents),
    },
  },
};

/** Apollo Client for a Weft server: queries and mutations by HTTP, subscriptions over one socket. */

import {
  ApolloClient,
  ApolloLink,
  HttpLink,
  InMemoryCache,
  type FieldPolicy,
  type Reference,
  type TypePolicies,
} from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { OperationTypeNode } from "graphql";
import type { ClientOptions } from "graphql-ws";

import { nameOf } from "../shared/messages.js";
import { possibleTypes } from "../shared/possibleTypes.js";
import { connect, headers, type Server } from "../shared/socket.js";
import { draftsOf } from "./events.js";

const pages = relayStylePagination();

/** What is on its way stands behind what was sent. See `drafted` in events.ts. */
const withDrafts: FieldPolicy = {
  ...pages,
  read(existing, options) {
    const page = pages.read?.(existing, options) as Page | undefined;
    const drafts =
      options.readField<readonly Reference[]>("messages", draftsOf(options.readField<string>("id") ?? "")) ?? [];
    const missing = drafts.filter((draft) => !page?.edges.some(({ node }) => node.__ref === draft.__ref));
    if (!page || missing.length === 0) return page;
    return { ...page, edges: [...page.edges, ...missing.map((node) => ({ __typename: "UIMessageEdge", node }))] };
  },
};

interface Page {
  readonly edges: readonly { readonly node: Reference }[];
}

const typePolicies: TypePolicies = {
  Query: { fields: { threads: relayStylePagination(["filter", "orderBy"]) } },
  Thread: {
    fields: {
      uiMessages: withDrafts,
      generations: { keyArgs: false, merge: false },
      streams: { merge: false },
      pendingApprovals: { merge: false },
    },
  },
  UIMessage: { keyFields: (message) => `UIMessage:${nameOf(message)}` },
  ToolApproval: { keyFields: false },
};

export function createApollo(server: Server, socket?: Partial<ClientOptions>): ApolloClient {
  const http = new HttpLink({ uri: server.url, fetch: server.fetch });
  const auth = new SetContextLink(async (context) => ({ headers: { ...context.headers, ...(await headers(server)) } }));
  const live = new GraphQLWsLink(connect(server, socket));
  const isLive = ({ operationType }: ApolloLink.Operation) => operationType === OperationTypeNode.SUBSCRIPTION;
  return new ApolloClient({
    // Without a socket: `link: auth.concat(http)`. HttpLink then asks for subscriptions as multipart.
    link: ApolloLink.split(isLive, live, auth.concat(http)),
    cache: new InMemoryCache({ typePolicies, possibleTypes }),
  });
}

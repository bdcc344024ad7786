// The list of 50 messages by graphql-yoga, as one would write it: its own defaults, the same MongoDB, the same answer.
// Rows of the measured thread are UI messages already, so nothing is grouped here, unlike in Weft.
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { MongoClient } from "mongodb";

const client = await new MongoClient(process.env.WEFT_MONGODB_URI).connect();
const database = client.db(process.env.WEFT_DATABASE);
const threads = database.collection("threads");
const messages = database.collection("messages");

const typeDefs = /* GraphQL */ `
  scalar DateTime
  enum MessageRole { USER ASSISTANT SYSTEM }
  enum UIMessageStatus { PENDING SUCCESS FAILED }
  enum PartState { STREAMING DONE }
  type Query { thread(id: ID!): Thread }
  type Thread { id: ID! uiMessages(last: Int): UIMessageConnection! }
  type UIMessageConnection { edges: [UIMessageEdge!]! pageInfo: PageInfo! }
  type UIMessageEdge { cursor: String! node: UIMessage! }
  type PageInfo { hasPreviousPage: Boolean! startCursor: String }
  type UIMessage {
    id: ID!
    key: String!
    threadId: ID!
    order: Int!
    stepOrder: Int!
    role: MessageRole!
    status: UIMessageStatus!
    text: String!
    agentName: String
    userId: String
    clientId: String
    error: String
    createdAt: DateTime!
    usage: Usage
    parts: [Part!]!
  }
  type Usage { inputTokens: Int! outputTokens: Int! totalTokens: Int! }
  union Part = TextPart | ReasoningPart | FilePart | SourceUrlPart | SourceDocumentPart
  type TextPart { text: String! state: PartState! }
  type ReasoningPart { text: String! state: PartState! }
  type FilePart { mediaType: String! filename: String url: String! }
  type SourceUrlPart { sourceId: ID! url: String! title: String }
  type SourceDocumentPart { sourceId: ID! mediaType: String! title: String! filename: String }
`;

const resolvers = {
  Query: { thread: (_, { id }) => threads.findOne({ _id: id }, { projection: { _id: 1 } }) },
  Thread: { id: (thread) => thread._id, uiMessages: (thread, { last }) => page(thread._id, last) },
};

async function page(threadId, last) {
  const newestFirst = { order: -1, stepOrder: -1 };
  const rows = await messages.find({ threadId }).sort(newestFirst).limit(last + 1).toArray();
  const edges = rows.slice(0, last).reverse().map((row) => ({ cursor: cursorOf(row), node: messageOf(row) }));
  return { edges, pageInfo: { hasPreviousPage: rows.length > last, startCursor: edges[0]?.cursor } };
}

function cursorOf(row) {
  return Buffer.from(JSON.stringify([row.order])).toString("base64url");
}

function messageOf(row) {
  return {
    id: row._id,
    key: `${row.threadId}-${row.order}-${row.stepOrder}`,
    threadId: row.threadId,
    order: row.order,
    stepOrder: row.stepOrder,
    role: row.role.toUpperCase(),
    status: row.status.toUpperCase(),
    text: row.text,
    agentName: row.agentName,
    userId: row.userId,
    clientId: row.clientId,
    error: row.error,
    createdAt: row.createdAt.toISOString(),
    usage: row.usage && usageOf(row.usage),
    parts: row.content.map(partOf),
  };
}

function usageOf(usage) {
  return { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens, totalTokens: usage.total_tokens };
}

function partOf(part) {
  switch (part.type) {
    case "text":
      return { __typename: "TextPart", text: part.text, state: "DONE" };
    case "reasoning":
      return { __typename: "ReasoningPart", text: part.text, state: "DONE" };
    case "source":
      return { __typename: "SourceUrlPart", sourceId: part.id, url: part.url, title: part.title };
    default:
      throw new Error(`the measured thread has no parts of type ${part.type}`);
  }
}

const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false });
const server = createServer(yoga);
server.listen(0, "127.0.0.1", () => console.log(`GraphQL http://127.0.0.1:${server.address().port}/graphql`));

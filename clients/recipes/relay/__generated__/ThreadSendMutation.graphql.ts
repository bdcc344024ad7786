/**
 * @generated SignedSource<<42c17227889ad3073e6ea5d561573966>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type Chunking = "CHARACTER" | "LINE" | "WORD" | "%future added value";
export type PartState = "DONE" | "STREAMING" | "%future added value";
export type SaveMode = "ALL" | "NONE" | "PROMPT_AND_OUTPUT" | "%future added value";
export type ToolState = "APPROVAL_REQUESTED" | "APPROVAL_RESPONDED" | "INPUT_AVAILABLE" | "INPUT_STREAMING" | "OUTPUT_AVAILABLE" | "OUTPUT_DENIED" | "OUTPUT_ERROR" | "%future added value";
export type UIMessageRole = "ASSISTANT" | "SYSTEM" | "USER" | "%future added value";
export type UIMessageStatus = "FAILED" | "PENDING" | "STREAMING" | "SUCCESS" | "%future added value";
export type SendMessageInput = {
  agentName?: string | null | undefined;
  clientId?: string | null | undefined;
  content?: unknown | null | undefined;
  generate?: boolean | null | undefined;
  metadata?: unknown | null | undefined;
  options?: GenerationOptionsInput | null | undefined;
  prompt?: string | null | undefined;
  threadId: string;
};
export type GenerationOptionsInput = {
  chunking?: Chunking | null | undefined;
  contextOptions?: ContextOptionsInput | null | undefined;
  instructions?: string | null | undefined;
  maxOutputTokens?: number | null | undefined;
  maxRetries?: number | null | undefined;
  maxSteps?: number | null | undefined;
  model?: string | null | undefined;
  providerOptions?: unknown | null | undefined;
  saveMessages?: SaveMode | null | undefined;
  seed?: number | null | undefined;
  stopSequences?: ReadonlyArray<string> | null | undefined;
  stream?: boolean | null | undefined;
  temperature?: number | null | undefined;
  throttleMs?: number | null | undefined;
  toolChoice?: string | null | undefined;
  tools?: ReadonlyArray<string> | null | undefined;
  topP?: number | null | undefined;
};
export type ContextOptionsInput = {
  excludeToolMessages?: boolean | null | undefined;
  maxTokens?: number | null | undefined;
  recentMessages?: number | null | undefined;
  search?: SearchOptionsInput | null | undefined;
  searchOtherThreads?: boolean | null | undefined;
};
export type SearchOptionsInput = {
  after?: number | null | undefined;
  before?: number | null | undefined;
  limit: number;
  textSearch?: boolean | null | undefined;
  vectorScoreThreshold?: number | null | undefined;
  vectorSearch?: boolean | null | undefined;
};
export type ThreadSendMutation$variables = {
  input: SendMessageInput;
};
export type ThreadSendMutation$data = {
  readonly sendMessage: {
    readonly sentMessage: {
      readonly agentName: string | null | undefined;
      readonly clientId: string | null | undefined;
      readonly createdAt: string;
      readonly error: string | null | undefined;
      readonly id: string;
      readonly key: string;
      readonly metadata: unknown | null | undefined;
      readonly order: number;
      readonly parts: ReadonlyArray<{
        readonly __typename: "DataPart";
        readonly data: unknown;
        readonly name: string;
        readonly partId: string | null | undefined;
      } | {
        readonly __typename: "FilePart";
        readonly filename: string | null | undefined;
        readonly mediaType: string;
        readonly url: string;
      } | {
        readonly __typename: "ReasoningPart";
        readonly state: PartState;
        readonly text: string;
      } | {
        readonly __typename: "SourceDocumentPart";
        readonly documentTitle: string;
        readonly filename: string | null | undefined;
        readonly mediaType: string;
        readonly sourceId: string;
      } | {
        readonly __typename: "SourceUrlPart";
        readonly sourceId: string;
        readonly title: string | null | undefined;
        readonly url: string;
      } | {
        readonly __typename: "StepStartPart";
        readonly stepOrder: number;
      } | {
        readonly __typename: "TextPart";
        readonly state: PartState;
        readonly text: string;
      } | {
        readonly __typename: "ToolPart";
        readonly approval: {
          readonly approved: boolean | null | undefined;
          readonly decidedAt: string | null | undefined;
          readonly decidedBy: string | null | undefined;
          readonly id: string;
          readonly isAutomatic: boolean;
          readonly reason: string | null | undefined;
        } | null | undefined;
        readonly dynamic: boolean;
        readonly errorText: string | null | undefined;
        readonly input: unknown | null | undefined;
        readonly output: unknown | null | undefined;
        readonly preliminary: boolean;
        readonly providerExecuted: boolean;
        readonly rawInput: string | null | undefined;
        readonly title: string | null | undefined;
        readonly toolCallId: string;
        readonly toolName: string;
        readonly toolState: ToolState;
      } | {
        // This will never be '%other', but we need some
        // value in case none of the concrete values match.
        readonly __typename: "%other";
      }>;
      readonly role: UIMessageRole;
      readonly status: UIMessageStatus;
      readonly stepOrder: number;
      readonly text: string;
      readonly threadId: string;
      readonly usage: {
        readonly cachedInputTokens: number;
        readonly costMicros: number | null | undefined;
        readonly inputTokens: number;
        readonly outputTokens: number;
        readonly reasoningTokens: number;
        readonly totalTokens: number;
      } | null | undefined;
      readonly userId: string | null | undefined;
    } | null | undefined;
    readonly userErrors: ReadonlyArray<{
      readonly errorMessage: string;
    }>;
  };
};
export type ThreadSendMutation = {
  response: ThreadSendMutation$data;
  variables: ThreadSendMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "input",
    "variableName": "input"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "stepOrder",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "text",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "__typename",
  "storageKey": null
},
v6 = [
  (v4/*:: as any*/),
  {
    "alias": null,
    "args": null,
    "kind": "ScalarField",
    "name": "state",
    "storageKey": null
  }
],
v7 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "title",
  "storageKey": null
},
v8 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "mediaType",
  "storageKey": null
},
v9 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "filename",
  "storageKey": null
},
v10 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "url",
  "storageKey": null
},
v11 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "sourceId",
  "storageKey": null
},
v12 = {
  "alias": null,
  "args": null,
  "concreteType": "UIMessage",
  "kind": "LinkedField",
  "name": "sentMessage",
  "plural": false,
  "selections": [
    (v2/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "key",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "threadId",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "order",
      "storageKey": null
    },
    (v3/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "role",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "status",
      "storageKey": null
    },
    (v4/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "agentName",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "userId",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "clientId",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "metadata",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "error",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "createdAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "Usage",
      "kind": "LinkedField",
      "name": "usage",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "inputTokens",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "outputTokens",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "totalTokens",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "cachedInputTokens",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "reasoningTokens",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "costMicros",
          "storageKey": null
        }
      ],
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": null,
      "kind": "LinkedField",
      "name": "parts",
      "plural": true,
      "selections": [
        (v5/*:: as any*/),
        {
          "kind": "InlineFragment",
          "selections": (v6/*:: as any*/),
          "type": "TextPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": (v6/*:: as any*/),
          "type": "ReasoningPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "toolCallId",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "toolName",
              "storageKey": null
            },
            (v7/*:: as any*/),
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "dynamic",
              "storageKey": null
            },
            {
              "alias": "toolState",
              "args": null,
              "kind": "ScalarField",
              "name": "state",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "input",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "rawInput",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "output",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "preliminary",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "errorText",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "providerExecuted",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "concreteType": "ToolApproval",
              "kind": "LinkedField",
              "name": "approval",
              "plural": false,
              "selections": [
                (v2/*:: as any*/),
                {
                  "alias": null,
                  "args": null,
                  "kind": "ScalarField",
                  "name": "approved",
                  "storageKey": null
                },
                {
                  "alias": null,
                  "args": null,
                  "kind": "ScalarField",
                  "name": "reason",
                  "storageKey": null
                },
                {
                  "alias": null,
                  "args": null,
                  "kind": "ScalarField",
                  "name": "isAutomatic",
                  "storageKey": null
                },
                {
                  "alias": null,
                  "args": null,
                  "kind": "ScalarField",
                  "name": "decidedBy",
                  "storageKey": null
                },
                {
                  "alias": null,
                  "args": null,
                  "kind": "ScalarField",
                  "name": "decidedAt",
                  "storageKey": null
                }
              ],
              "storageKey": null
            }
          ],
          "type": "ToolPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            (v8/*:: as any*/),
            (v9/*:: as any*/),
            (v10/*:: as any*/)
          ],
          "type": "FilePart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            (v11/*:: as any*/),
            (v10/*:: as any*/),
            (v7/*:: as any*/)
          ],
          "type": "SourceUrlPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            (v11/*:: as any*/),
            (v8/*:: as any*/),
            {
              "alias": "documentTitle",
              "args": null,
              "kind": "ScalarField",
              "name": "title",
              "storageKey": null
            },
            (v9/*:: as any*/)
          ],
          "type": "SourceDocumentPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            (v3/*:: as any*/)
          ],
          "type": "StepStartPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "name",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "partId",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "data",
              "storageKey": null
            }
          ],
          "type": "DataPart",
          "abstractKey": null
        }
      ],
      "storageKey": null
    }
  ],
  "storageKey": null
},
v13 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "errorMessage",
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "ThreadSendMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "SendMessagePayload",
        "kind": "LinkedField",
        "name": "sendMessage",
        "plural": false,
        "selections": [
          (v12/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": null,
            "kind": "LinkedField",
            "name": "userErrors",
            "plural": true,
            "selections": [
              (v13/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "ThreadSendMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "SendMessagePayload",
        "kind": "LinkedField",
        "name": "sendMessage",
        "plural": false,
        "selections": [
          (v12/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": null,
            "kind": "LinkedField",
            "name": "userErrors",
            "plural": true,
            "selections": [
              (v5/*:: as any*/),
              (v13/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "311fc19fe868791a04c95761a9486826",
    "id": null,
    "metadata": {},
    "name": "ThreadSendMutation",
    "operationKind": "mutation",
    "text": "mutation ThreadSendMutation(\n  $input: SendMessageInput!\n) {\n  sendMessage(input: $input) {\n    sentMessage {\n      id\n      key\n      threadId\n      order\n      stepOrder\n      role\n      status\n      text\n      agentName\n      userId\n      clientId\n      metadata\n      error\n      createdAt\n      usage {\n        inputTokens\n        outputTokens\n        totalTokens\n        cachedInputTokens\n        reasoningTokens\n        costMicros\n      }\n      parts {\n        __typename\n        ... on TextPart {\n          text\n          state\n        }\n        ... on ReasoningPart {\n          text\n          state\n        }\n        ... on ToolPart {\n          toolCallId\n          toolName\n          title\n          dynamic\n          toolState: state\n          input\n          rawInput\n          output\n          preliminary\n          errorText\n          providerExecuted\n          approval {\n            id\n            approved\n            reason\n            isAutomatic\n            decidedBy\n            decidedAt\n          }\n        }\n        ... on FilePart {\n          mediaType\n          filename\n          url\n        }\n        ... on SourceUrlPart {\n          sourceId\n          url\n          title\n        }\n        ... on SourceDocumentPart {\n          sourceId\n          mediaType\n          documentTitle: title\n          filename\n        }\n        ... on StepStartPart {\n          stepOrder\n        }\n        ... on DataPart {\n          name\n          partId\n          data\n        }\n      }\n    }\n    userErrors {\n      __typename\n      errorMessage\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "d422a34849a501d8d27eada59bb41ba0";

export default node;

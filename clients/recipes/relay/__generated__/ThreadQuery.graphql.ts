/**
 * @generated SignedSource<<3532d8cbb3c0a267d734fcdd0135f024>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
import { FragmentRefs } from "relay-runtime";
export type GenerationStatus = "ABORTED" | "FAILED" | "QUEUED" | "RUNNING" | "SUCCEEDED" | "WAITING" | "%future added value";
export type PartState = "DONE" | "STREAMING" | "%future added value";
export type ToolState = "APPROVAL_REQUESTED" | "APPROVAL_RESPONDED" | "INPUT_AVAILABLE" | "INPUT_STREAMING" | "OUTPUT_AVAILABLE" | "OUTPUT_DENIED" | "OUTPUT_ERROR" | "%future added value";
export type UIMessageRole = "ASSISTANT" | "SYSTEM" | "USER" | "%future added value";
export type UIMessageStatus = "FAILED" | "PENDING" | "STREAMING" | "SUCCESS" | "%future added value";
export type ThreadQuery$variables = {
  id: string;
  last: number;
};
export type ThreadQuery$data = {
  readonly thread: {
    readonly cursor: string;
    readonly generations: {
      readonly edges: ReadonlyArray<{
        readonly node: {
          readonly agentName: string;
          readonly error: string | null | undefined;
          readonly id: string;
          readonly order: number;
          readonly status: GenerationStatus;
        };
      }>;
    };
    readonly id: string;
    readonly streams: ReadonlyArray<{
      readonly end: number;
      readonly id: string;
      readonly uiMessage: {
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
      };
    }>;
    readonly " $fragmentSpreads": FragmentRefs<"Thread_messages">;
  } | null | undefined;
};
export type ThreadQuery = {
  response: ThreadQuery$data;
  variables: ThreadQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "id"
  },
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "last"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "id",
    "variableName": "id"
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
  "name": "cursor",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "key",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "threadId",
  "storageKey": null
},
v6 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "order",
  "storageKey": null
},
v7 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "stepOrder",
  "storageKey": null
},
v8 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "role",
  "storageKey": null
},
v9 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "status",
  "storageKey": null
},
v10 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "text",
  "storageKey": null
},
v11 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "agentName",
  "storageKey": null
},
v12 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "userId",
  "storageKey": null
},
v13 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "clientId",
  "storageKey": null
},
v14 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "metadata",
  "storageKey": null
},
v15 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "error",
  "storageKey": null
},
v16 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "createdAt",
  "storageKey": null
},
v17 = {
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
v18 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "__typename",
  "storageKey": null
},
v19 = [
  (v10/*:: as any*/),
  {
    "alias": null,
    "args": null,
    "kind": "ScalarField",
    "name": "state",
    "storageKey": null
  }
],
v20 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "title",
  "storageKey": null
},
v21 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "mediaType",
  "storageKey": null
},
v22 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "filename",
  "storageKey": null
},
v23 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "url",
  "storageKey": null
},
v24 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "sourceId",
  "storageKey": null
},
v25 = {
  "alias": null,
  "args": null,
  "concreteType": null,
  "kind": "LinkedField",
  "name": "parts",
  "plural": true,
  "selections": [
    (v18/*:: as any*/),
    {
      "kind": "InlineFragment",
      "selections": (v19/*:: as any*/),
      "type": "TextPart",
      "abstractKey": null
    },
    {
      "kind": "InlineFragment",
      "selections": (v19/*:: as any*/),
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
        (v20/*:: as any*/),
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
        (v21/*:: as any*/),
        (v22/*:: as any*/),
        (v23/*:: as any*/)
      ],
      "type": "FilePart",
      "abstractKey": null
    },
    {
      "kind": "InlineFragment",
      "selections": [
        (v24/*:: as any*/),
        (v23/*:: as any*/),
        (v20/*:: as any*/)
      ],
      "type": "SourceUrlPart",
      "abstractKey": null
    },
    {
      "kind": "InlineFragment",
      "selections": [
        (v24/*:: as any*/),
        (v21/*:: as any*/),
        {
          "alias": "documentTitle",
          "args": null,
          "kind": "ScalarField",
          "name": "title",
          "storageKey": null
        },
        (v22/*:: as any*/)
      ],
      "type": "SourceDocumentPart",
      "abstractKey": null
    },
    {
      "kind": "InlineFragment",
      "selections": [
        (v7/*:: as any*/)
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
},
v26 = {
  "alias": null,
  "args": null,
  "concreteType": "Stream",
  "kind": "LinkedField",
  "name": "streams",
  "plural": true,
  "selections": [
    (v2/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "end",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "UIMessage",
      "kind": "LinkedField",
      "name": "uiMessage",
      "plural": false,
      "selections": [
        (v2/*:: as any*/),
        (v4/*:: as any*/),
        (v5/*:: as any*/),
        (v6/*:: as any*/),
        (v7/*:: as any*/),
        (v8/*:: as any*/),
        (v9/*:: as any*/),
        (v10/*:: as any*/),
        (v11/*:: as any*/),
        (v12/*:: as any*/),
        (v13/*:: as any*/),
        (v14/*:: as any*/),
        (v15/*:: as any*/),
        (v16/*:: as any*/),
        (v17/*:: as any*/),
        (v25/*:: as any*/)
      ],
      "storageKey": null
    }
  ],
  "storageKey": null
},
v27 = {
  "alias": null,
  "args": [
    {
      "kind": "Literal",
      "name": "last",
      "value": 5
    }
  ],
  "concreteType": "GenerationConnection",
  "kind": "LinkedField",
  "name": "generations",
  "plural": false,
  "selections": [
    {
      "alias": null,
      "args": null,
      "concreteType": "GenerationEdge",
      "kind": "LinkedField",
      "name": "edges",
      "plural": true,
      "selections": [
        {
          "alias": null,
          "args": null,
          "concreteType": "Generation",
          "kind": "LinkedField",
          "name": "node",
          "plural": false,
          "selections": [
            (v2/*:: as any*/),
            (v6/*:: as any*/),
            (v11/*:: as any*/),
            (v9/*:: as any*/),
            (v15/*:: as any*/)
          ],
          "storageKey": null
        }
      ],
      "storageKey": null
    }
  ],
  "storageKey": "generations(last:5)"
},
v28 = [
  {
    "kind": "Variable",
    "name": "last",
    "variableName": "last"
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "ThreadQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "Thread",
        "kind": "LinkedField",
        "name": "thread",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          (v3/*:: as any*/),
          (v26/*:: as any*/),
          (v27/*:: as any*/),
          {
            "args": (v28/*:: as any*/),
            "kind": "FragmentSpread",
            "name": "Thread_messages"
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "ThreadQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "Thread",
        "kind": "LinkedField",
        "name": "thread",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          (v3/*:: as any*/),
          (v26/*:: as any*/),
          (v27/*:: as any*/),
          {
            "alias": null,
            "args": (v28/*:: as any*/),
            "concreteType": "UIMessageConnection",
            "kind": "LinkedField",
            "name": "uiMessages",
            "plural": false,
            "selections": [
              {
                "alias": null,
                "args": null,
                "concreteType": "UIMessageEdge",
                "kind": "LinkedField",
                "name": "edges",
                "plural": true,
                "selections": [
                  {
                    "alias": null,
                    "args": null,
                    "concreteType": "UIMessage",
                    "kind": "LinkedField",
                    "name": "node",
                    "plural": false,
                    "selections": [
                      (v2/*:: as any*/),
                      (v4/*:: as any*/),
                      (v5/*:: as any*/),
                      (v6/*:: as any*/),
                      (v7/*:: as any*/),
                      (v8/*:: as any*/),
                      (v9/*:: as any*/),
                      (v10/*:: as any*/),
                      (v11/*:: as any*/),
                      (v12/*:: as any*/),
                      (v13/*:: as any*/),
                      (v14/*:: as any*/),
                      (v15/*:: as any*/),
                      (v16/*:: as any*/),
                      (v17/*:: as any*/),
                      (v25/*:: as any*/),
                      (v18/*:: as any*/)
                    ],
                    "storageKey": null
                  },
                  (v3/*:: as any*/)
                ],
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "concreteType": "PageInfo",
                "kind": "LinkedField",
                "name": "pageInfo",
                "plural": false,
                "selections": [
                  {
                    "alias": null,
                    "args": null,
                    "kind": "ScalarField",
                    "name": "hasPreviousPage",
                    "storageKey": null
                  },
                  {
                    "alias": null,
                    "args": null,
                    "kind": "ScalarField",
                    "name": "startCursor",
                    "storageKey": null
                  }
                ],
                "storageKey": null
              }
            ],
            "storageKey": null
          },
          {
            "alias": null,
            "args": (v28/*:: as any*/),
            "filters": null,
            "handle": "connection",
            "key": "Thread_uiMessages",
            "kind": "LinkedHandle",
            "name": "uiMessages"
          }
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "6202d365ef6110f04fe599d0dbf829af",
    "id": null,
    "metadata": {},
    "name": "ThreadQuery",
    "operationKind": "query",
    "text": "query ThreadQuery(\n  $id: ID!\n  $last: Int!\n) {\n  thread(id: $id) {\n    id\n    cursor\n    streams {\n      id\n      end\n      uiMessage {\n        id\n        key\n        threadId\n        order\n        stepOrder\n        role\n        status\n        text\n        agentName\n        userId\n        clientId\n        metadata\n        error\n        createdAt\n        usage {\n          inputTokens\n          outputTokens\n          totalTokens\n          cachedInputTokens\n          reasoningTokens\n          costMicros\n        }\n        parts {\n          __typename\n          ... on TextPart {\n            text\n            state\n          }\n          ... on ReasoningPart {\n            text\n            state\n          }\n          ... on ToolPart {\n            toolCallId\n            toolName\n            title\n            dynamic\n            toolState: state\n            input\n            rawInput\n            output\n            preliminary\n            errorText\n            providerExecuted\n            approval {\n              id\n              approved\n              reason\n              isAutomatic\n              decidedBy\n              decidedAt\n            }\n          }\n          ... on FilePart {\n            mediaType\n            filename\n            url\n          }\n          ... on SourceUrlPart {\n            sourceId\n            url\n            title\n          }\n          ... on SourceDocumentPart {\n            sourceId\n            mediaType\n            documentTitle: title\n            filename\n          }\n          ... on StepStartPart {\n            stepOrder\n          }\n          ... on DataPart {\n            name\n            partId\n            data\n          }\n        }\n      }\n    }\n    generations(last: 5) {\n      edges {\n        node {\n          id\n          order\n          agentName\n          status\n          error\n        }\n      }\n    }\n    ...Thread_messages_2Uj3Oj\n  }\n}\n\nfragment Thread_messages_2Uj3Oj on Thread {\n  uiMessages(last: $last) {\n    edges {\n      node {\n        id\n        key\n        threadId\n        order\n        stepOrder\n        role\n        status\n        text\n        agentName\n        userId\n        clientId\n        metadata\n        error\n        createdAt\n        usage {\n          inputTokens\n          outputTokens\n          totalTokens\n          cachedInputTokens\n          reasoningTokens\n          costMicros\n        }\n        parts {\n          __typename\n          ... on TextPart {\n            text\n            state\n          }\n          ... on ReasoningPart {\n            text\n            state\n          }\n          ... on ToolPart {\n            toolCallId\n            toolName\n            title\n            dynamic\n            toolState: state\n            input\n            rawInput\n            output\n            preliminary\n            errorText\n            providerExecuted\n            approval {\n              id\n              approved\n              reason\n              isAutomatic\n              decidedBy\n              decidedAt\n            }\n          }\n          ... on FilePart {\n            mediaType\n            filename\n            url\n          }\n          ... on SourceUrlPart {\n            sourceId\n            url\n            title\n          }\n          ... on SourceDocumentPart {\n            sourceId\n            mediaType\n            documentTitle: title\n            filename\n          }\n          ... on StepStartPart {\n            stepOrder\n          }\n          ... on DataPart {\n            name\n            partId\n            data\n          }\n        }\n        __typename\n      }\n      cursor\n    }\n    pageInfo {\n      hasPreviousPage\n      startCursor\n    }\n  }\n  id\n}\n"
  }
};
})();

(node as any).hash = "417f5bc10e5112d2f0e4c7d2d8712d16";

export default node;

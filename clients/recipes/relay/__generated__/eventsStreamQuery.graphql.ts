/**
 * @generated SignedSource<<40a20c69fc9133aa58932403af79721f>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type PartState = "DONE" | "STREAMING" | "%future added value";
export type ToolState = "APPROVAL_REQUESTED" | "APPROVAL_RESPONDED" | "INPUT_AVAILABLE" | "INPUT_STREAMING" | "OUTPUT_AVAILABLE" | "OUTPUT_DENIED" | "OUTPUT_ERROR" | "%future added value";
export type UIMessageRole = "ASSISTANT" | "SYSTEM" | "USER" | "%future added value";
export type UIMessageStatus = "FAILED" | "PENDING" | "STREAMING" | "SUCCESS" | "%future added value";
export type eventsStreamQuery$variables = {
  id: string;
};
export type eventsStreamQuery$data = {
  readonly node: {
    readonly __typename: "Stream";
    readonly end: number;
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
  } | {
    // This will never be '%other', but we need some
    // value in case none of the concrete values match.
    readonly __typename: "%other";
  } | null | undefined;
};
export type eventsStreamQuery = {
  response: eventsStreamQuery$data;
  variables: eventsStreamQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "id"
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
  "name": "__typename",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "stepOrder",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "text",
  "storageKey": null
},
v6 = [
  (v5/*:: as any*/),
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
  "kind": "InlineFragment",
  "selections": [
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
        (v3/*:: as any*/),
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
        (v4/*:: as any*/),
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
        (v5/*:: as any*/),
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
            (v2/*:: as any*/),
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
                    (v3/*:: as any*/),
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
                (v4/*:: as any*/)
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
    }
  ],
  "type": "Stream",
  "abstractKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "eventsStreamQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "node",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          (v12/*:: as any*/)
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
    "name": "eventsStreamQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "node",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          (v12/*:: as any*/),
          (v3/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "d1814fc88e45221fc78e0811237b381a",
    "id": null,
    "metadata": {},
    "name": "eventsStreamQuery",
    "operationKind": "query",
    "text": "query eventsStreamQuery(\n  $id: ID!\n) {\n  node(id: $id) {\n    __typename\n    ... on Stream {\n      end\n      uiMessage {\n        id\n        key\n        threadId\n        order\n        stepOrder\n        role\n        status\n        text\n        agentName\n        userId\n        clientId\n        metadata\n        error\n        createdAt\n        usage {\n          inputTokens\n          outputTokens\n          totalTokens\n          cachedInputTokens\n          reasoningTokens\n          costMicros\n        }\n        parts {\n          __typename\n          ... on TextPart {\n            text\n            state\n          }\n          ... on ReasoningPart {\n            text\n            state\n          }\n          ... on ToolPart {\n            toolCallId\n            toolName\n            title\n            dynamic\n            toolState: state\n            input\n            rawInput\n            output\n            preliminary\n            errorText\n            providerExecuted\n            approval {\n              id\n              approved\n              reason\n              isAutomatic\n              decidedBy\n              decidedAt\n            }\n          }\n          ... on FilePart {\n            mediaType\n            filename\n            url\n          }\n          ... on SourceUrlPart {\n            sourceId\n            url\n            title\n          }\n          ... on SourceDocumentPart {\n            sourceId\n            mediaType\n            documentTitle: title\n            filename\n          }\n          ... on StepStartPart {\n            stepOrder\n          }\n          ... on DataPart {\n            name\n            partId\n            data\n          }\n        }\n      }\n    }\n    id\n  }\n}\n"
  }
};
})();

(node as any).hash = "6cb41cb8b04b8c5978c5df4e1fb880db";

export default node;

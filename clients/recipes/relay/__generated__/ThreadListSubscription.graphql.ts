/**
 * @generated SignedSource<<2c7bfce58336709753b7196baace5a8c>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type ThreadListSubscription$variables = {
  after?: string | null | undefined;
  userId?: string | null | undefined;
};
export type ThreadListSubscription$data = {
  readonly threadListEvents: {
    readonly __typename: string;
    readonly cursor?: string;
    readonly thread?: {
      readonly createdAt: string;
      readonly id: string;
      readonly lastMessageAt: string | null | undefined;
      readonly title: string | null | undefined;
    };
    readonly threadId?: string;
  };
};
export type ThreadListSubscription = {
  response: ThreadListSubscription$data;
  variables: ThreadListSubscription$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "after"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "userId"
},
v2 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "after",
        "variableName": "after"
      },
      {
        "kind": "Variable",
        "name": "userId",
        "variableName": "userId"
      }
    ],
    "concreteType": null,
    "kind": "LinkedField",
    "name": "threadListEvents",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "__typename",
        "storageKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "cursor",
            "storageKey": null
          }
        ],
        "type": "Event",
        "abstractKey": "__isEvent"
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "Thread",
            "kind": "LinkedField",
            "name": "thread",
            "plural": false,
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "id",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "title",
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
                "kind": "ScalarField",
                "name": "lastMessageAt",
                "storageKey": null
              }
            ],
            "storageKey": null
          }
        ],
        "type": "ThreadChanged",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "threadId",
            "storageKey": null
          }
        ],
        "type": "ThreadDeleted",
        "abstractKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "ThreadListSubscription",
    "selections": (v2/*:: as any*/),
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "ThreadListSubscription",
    "selections": (v2/*:: as any*/)
  },
  "params": {
    "cacheID": "fcd60e4b4e0b0d2e4884799a4966c05f",
    "id": null,
    "metadata": {},
    "name": "ThreadListSubscription",
    "operationKind": "subscription",
    "text": "subscription ThreadListSubscription(\n  $userId: String\n  $after: String\n) {\n  threadListEvents(userId: $userId, after: $after) {\n    __typename\n    ... on Event {\n      __isEvent: __typename\n      cursor\n    }\n    ... on ThreadChanged {\n      thread {\n        id\n        title\n        createdAt\n        lastMessageAt\n      }\n    }\n    ... on ThreadDeleted {\n      threadId\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "8e97720b1275993c437259da1ae34e11";

export default node;

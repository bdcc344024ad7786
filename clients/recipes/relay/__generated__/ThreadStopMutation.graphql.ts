/**
 * @generated SignedSource<<9c19bc8c761d692efe825b71354a066d>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type AbortGenerationInput = {
  generationId: string;
  reason?: string | null | undefined;
};
export type ThreadStopMutation$variables = {
  input: AbortGenerationInput;
};
export type ThreadStopMutation$data = {
  readonly abortGeneration: {
    readonly userErrors: ReadonlyArray<{
      readonly errorMessage: string;
    }>;
  };
};
export type ThreadStopMutation = {
  response: ThreadStopMutation$data;
  variables: ThreadStopMutation$variables;
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
  "name": "errorMessage",
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "ThreadStopMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "GenerationPayload",
        "kind": "LinkedField",
        "name": "abortGeneration",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": null,
            "kind": "LinkedField",
            "name": "userErrors",
            "plural": true,
            "selections": [
              (v2/*:: as any*/)
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
    "name": "ThreadStopMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "GenerationPayload",
        "kind": "LinkedField",
        "name": "abortGeneration",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": null,
            "kind": "LinkedField",
            "name": "userErrors",
            "plural": true,
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "__typename",
                "storageKey": null
              },
              (v2/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "3cecc5975732e005c176a206527b76c7",
    "id": null,
    "metadata": {},
    "name": "ThreadStopMutation",
    "operationKind": "mutation",
    "text": "mutation ThreadStopMutation(\n  $input: AbortGenerationInput!\n) {\n  abortGeneration(input: $input) {\n    userErrors {\n      __typename\n      errorMessage\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "7eeb3d61c356aae949a10fb0505b4a1b";

export default node;

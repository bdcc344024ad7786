import type { CodegenConfig } from "@graphql-codegen/cli";

/** Types of exactly what our documents ask for, and the documents as plain strings: no GraphQL parser reaches the browser. */
const config: CodegenConfig = {
  schema: "../../src/weft/schema/schema.graphql",
  documents: "operations/*.graphql",
  generates: {
    "src/generated/operations.ts": {
      plugins: ["typescript-operations", "./codegen/documents.mjs"],
      config: {
        enumType: "string-literal",
        immutableTypes: true,
        nonOptionalTypename: false,
        avoidOptionals: { field: true },
        strictScalars: true,
        scalars: { DateTime: "string", JSON: "unknown", ID: "string", Upload: "never" },
      },
    },
  },
};

export default config;

/**
 * A graphql-codegen plugin: each operation as a string without blanks, put together of its own text and that of the
 * fragments it uses. A fragment is written once; what nobody imports a bundler can drop.
 */

import { print, stripIgnoredCharacters, visit } from "graphql";

const CLASS = `
/** An operation as text, which knows the types of its result and of its variables. */
export class TypedDocumentString<Data, Variables> implements DocumentTypeDecoration<Data, Variables> {
  declare readonly __apiType?: NonNullable<DocumentTypeDecoration<Data, Variables>["__apiType"]>;

  constructor(private readonly value: string) {}

  toString(): string {
    return this.value;
  }
}
`;

export function plugin(_schema, files) {
  const definitions = files.flatMap(({ document }) => document.definitions);
  const fragments = definitions.filter((each) => each.kind === "FragmentDefinition");
  const operations = definitions.filter((each) => each.kind === "OperationDefinition");
  const known = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  return {
    prepend: [`import type { DocumentTypeDecoration } from "@graphql-typed-document-node/core";`],
    content: [
      CLASS,
      ...fragments.map(({ name: { value } }) => `const ${value} = ${quoted(known.get(value))};`),
      ...fragments.map(({ name: { value } }) => {
        const text = [value, ...used(known.get(value), known)].join(" + ");
        return `export const ${value}FragmentDoc = /* @__PURE__ */ new TypedDocumentString<${value}Fragment, unknown>(${text});`;
      }),
      ...operations.map((operation) => {
        const name = operation.name.value;
        const type = `${name}${operation.operation[0].toUpperCase()}${operation.operation.slice(1)}`;
        const text = [quoted(operation), ...used(operation, known)].join(" + ");
        return `export const ${name}Document = /* @__PURE__ */ new TypedDocumentString<${type}, ${type}Variables>(${text});`;
      }),
    ].join("\n"),
  };
}

function quoted(definition) {
  return JSON.stringify(stripIgnoredCharacters(print(definition)));
}

/** The fragments that a definition spreads, and those that they spread, each once. */
function used(definition, known, found = new Set()) {
  visit(definition, {
    FragmentSpread({ name: { value } }) {
      if (found.has(value)) return;
      found.add(value);
      used(known.get(value), known, found);
    },
  });
  return [...found];
}

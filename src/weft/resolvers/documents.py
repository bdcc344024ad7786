"""Parsed and validated documents, kept by their text and, for clients that ask so, by its SHA-256. A document that
fails is never kept, so bad ones cannot push good ones out."""

from dataclasses import dataclass, field
from hashlib import sha256

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)

from weft.resolvers.compiled import Plans
from weft.resolvers.cost import Size, cost_of
from weft.resolvers.errors import Code, RequestError, refusal, with_code
from weft.resolvers.late import PlainVariables
from weft.resolvers.limits import Limits, check_size
from weft.resolvers.lru import Lru

_KEPT_CHARACTERS = 4_000_000


@dataclass(slots=True, eq=False)
class Document:
    """A valid document. `uses` counts how often it was asked for."""

    text: str
    ast: DocumentNode
    operations: list[OperationDefinitionNode] = field(init=False)
    plans: Plans = field(init=False)
    variables: dict[int, PlainVariables] = field(init=False)
    uses: int = 0
    _costs: dict[int, Size] = field(default_factory=dict[int, Size])

    def __post_init__(self) -> None:
        self.plans = Plans(self.ast)
        self.operations = [node for node in self.ast.definitions if isinstance(node, OperationDefinitionNode)]
        self.variables = {id(node): PlainVariables(node) for node in self.operations}

    def cost(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> Size:
        """What an operation of the document may cost; measured once."""
        key = id(operation)
        if key not in self._costs:
            fragments = {
                node.name.value: node for node in self.ast.definitions if isinstance(node, FragmentDefinitionNode)
            }
            self._costs[key] = cost_of(schema, operation, fragments)
        return self._costs[key]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation a request means. Raises RequestError."""
        if name is None:
            if len(self.operations) != 1:
                raise refusal("Must provide operation name if query contains multiple operations.")
            return self.operations[0]
        for operation in self.operations:
            if operation.name and operation.name.value == name:
                return operation
        raise refusal(f"Unknown operation named {name!r:.100}.")


class Documents:
    """The documents of one schema."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._kept: Lru[str, Document] = Lru(_KEPT_CHARACTERS)
        self._texts: Lru[str, str] = Lru(_KEPT_CHARACTERS)

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, text: str | None, document_id: str | None) -> Document:
        """Raises RequestError: what `get` raises; an id that is not known here, or is not that of the text."""
        if document_id is None:
            return self.get(text or "")
        if text is None:
            text = self._texts.get(document_id)
            if text is None:
                raise refusal("PersistedQueryNotFound", Code.PERSISTED_QUERY_NOT_FOUND)
            return self.get(text)
        document = self.get(text)
        if sha256(text.encode()).hexdigest() != document_id:
            raise refusal("The persisted document's id is not the SHA-256 of `query`")
        self._texts.put(document_id, document.text, weight=len(text))
        return document

    def get(self, text: str) -> Document:
        """Raises RequestError: too large, not GraphQL, or not valid against the schema."""
        document = self._kept.get(text)
        if document is None:
            document = Document(text, self._validated(text))
            self._kept.put(text, document, weight=len(text))
        document.uses += 1
        return document

    def _validated(self, text: str) -> DocumentNode:
        ast = self._parsed(text)
        check_size(ast, self._limits)
        if errors := validate(self._schema, ast):
            raise with_code(errors, Code.GRAPHQL_VALIDATION_FAILED)
        return ast

    def _parsed(self, text: str) -> DocumentNode:
        limits = self._limits
        if len(text) > limits.characters:
            raise refusal(f"The document is longer than {limits.characters} characters", Code.QUERY_TOO_COMPLEX)
        try:
            return parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.comments)
        except GraphQLError as error:
            raise _unparsed(error) from None


def _unparsed(error: GraphQLError) -> RequestError:
    too_long = "Parsing aborted." in error.message
    return with_code([error], Code.QUERY_TOO_COMPLEX if too_long else Code.GRAPHQL_PARSE_FAILED)

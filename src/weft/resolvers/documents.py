"""Parsed and validated documents, kept by their text and, for clients that ask so, by its SHA-256. A document that
fails is never kept, so bad ones cannot push good ones out."""

from dataclasses import dataclass, field
from hashlib import sha256

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    validate,
)

from weft.errors import ConfigError
from weft.resolvers.compiled import Plans
from weft.resolvers.cost import Size, cost_of
from weft.resolvers.document_list import SETTING, DocumentList
from weft.resolvers.errors import Code, RequestError, refusal, with_code
from weft.resolvers.late import PlainVariables
from weft.resolvers.limits import INTROSPECTION, Limits, check_size
from weft.resolvers.lru import Lru
from weft.resolvers.privileges import ALL, Privileges

_KEPT_CHARACTERS = 500_000
"""Of parsed documents. Each takes about a hundred bytes: fifty megabytes, and a thousand operations of a client."""
_KEPT_TEXTS = 4_000_000
"""Characters of documents that were named by their hash, parsed or not."""
_OF_EACH = 40
"""As many characters weighs what every document takes, however short it is."""


_GIVEN_UP = "Validation aborted."
"""What graphql-core says of a document whose validation would take too long."""


@dataclass(slots=True, eq=False)
class Document:
    """A valid document. `uses` counts how often it was asked for."""

    text: str
    ast: DocumentNode
    operations: list[OperationDefinitionNode] = field(init=False)
    plans: Plans = field(init=False)
    variables: dict[int, PlainVariables] = field(init=False)
    introspects: bool = field(init=False)
    uses: int = 0
    _costs: dict[int, Size] = field(default_factory=dict[int, Size])

    def __post_init__(self) -> None:
        self.plans = Plans(self.ast)
        self.introspects = _introspects(self.ast)
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

    def __init__(self, schema: GraphQLSchema, limits: Limits, listed: DocumentList | None = None) -> None:
        """`listed`: what those are held to who may not execute any document. Raises ConfigError for bad ones."""
        self._schema = schema
        self._listed = listed
        self._limits = limits
        own = sum(len(text) + _OF_EACH for text in listed.texts) if listed else 0
        self._kept: Lru[str, Document] = Lru(_KEPT_CHARACTERS + own)
        self._texts: Lru[str, str] = Lru(_KEPT_TEXTS)
        for id_, text in listed.by_id.items() if listed else ():
            try:
                self.get(text)
            except RequestError as error:
                raise ConfigError(f"{SETTING}: the document {id_:.100} is not usable: {error}") from None

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, text: str | None, document_id: str | None, privileges: Privileges = ALL) -> Document:
        """Raises RequestError: what `get` raises; an id that is not known here, or is not that of the text; a document
        that is not for whoever asks."""
        if self._listed is not None and not privileges.any_document:
            document = self.get(_on(self._listed, text, document_id), privileges)
        else:
            document = self._found(text, document_id, privileges)
        if document.introspects and not privileges.explore:
            raise refusal("Introspection is only for viewers with the scope admin or service here", Code.FORBIDDEN)
        return document

    def _found(self, text: str | None, document_id: str | None, privileges: Privileges) -> Document:
        if document_id is None:
            return self.get(text or "", privileges)
        if text is None:
            text = self._texts.get(document_id)
            if text is None and self._listed is not None:
                text = self._listed.by_id.get(document_id)
            if text is None:
                raise refusal("PersistedQueryNotFound", Code.PERSISTED_QUERY_NOT_FOUND)
            return self.get(text, privileges)
        document = self.get(text, privileges)
        if sha256(text.encode()).hexdigest() != document_id:
            raise refusal("The persisted document's id is not the SHA-256 of `query`")
        self._texts.put(document_id, document.text, weight=len(text))
        return document

    def get(self, text: str, privileges: Privileges = ALL) -> Document:
        """The privileges decide what is said of a bad one, not which one is good.

        Raises RequestError: too large, not GraphQL, or not valid against the schema."""
        document = self._kept.get(text)
        if document is None:
            document = Document(text, self._validated(text, privileges))
            self._kept.put(text, document, weight=len(text) + _OF_EACH)
        document.uses += 1
        return document

    def _validated(self, text: str, privileges: Privileges) -> DocumentNode:
        ast = self._parsed(text)
        check_size(ast, self._limits)
        if errors := validate(self._schema, ast, hide_suggestions=not privileges.explore):
            if any(error.message == _GIVEN_UP for error in errors):
                raise refusal(
                    "The document repeats too many fields, or nests its fragments too deeply, to be checked",
                    Code.QUERY_TOO_COMPLEX,
                )
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


def _on(listed: DocumentList, text: str | None, document_id: str | None) -> str:
    """The text that a list has. Raises RequestError for any other."""
    if document_id is None and text in listed.texts:
        return text
    known = None if document_id is None else listed.by_id.get(document_id)
    if known is not None and text in (None, known):
        return known
    if text is None:
        raise refusal("PersistedQueryNotFound", Code.PERSISTED_QUERY_NOT_FOUND)
    raise refusal("This server executes only the documents that it was given a list of", Code.FORBIDDEN)


def _introspects(ast: DocumentNode) -> bool:
    """Whether anything in it asks for the schema."""
    waiting: list[SelectionSetNode | None] = [getattr(node, "selection_set", None) for node in ast.definitions]
    while waiting:
        selections = waiting.pop()
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode) and node.name.value in INTROSPECTION:
                return True
            waiting.append(getattr(node, "selection_set", None))
    return False


def _unparsed(error: GraphQLError) -> RequestError:
    too_long = "Parsing aborted." in error.message
    return with_code([error], Code.QUERY_TOO_COMPLEX if too_long else Code.GRAPHQL_PARSE_FAILED)

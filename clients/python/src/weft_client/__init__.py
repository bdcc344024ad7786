"""A typed async client for Weft: live threads, messages that are sent optimistically, and every call of the API.

async with Weft("http://127.0.0.1:8000/graphql", token=key) as client:
    async for message in client.thread(thread_id):
        print(message.text)
"""

from weft_client.api.base_model import UNSET, UnsetType
from weft_client.api.enums import (
    GenerationStatus,
    MessageRole,
    MessageStatus,
    PartState,
    StreamState,
    ThreadOrder,
    ThreadStatus,
    ToolState,
)
from weft_client.api.fragments import (
    Approval,
    ContextItem,
    Generation,
    StoredMessage,
    Stream,
    Thread,
    Usage,
)
from weft_client.api.input_types import (
    ContextOptionsInput,
    ContextPreviewInput,
    CreateStreamInput,
    GenerateObjectInput,
    GenerateTextInput,
    GenerationOptionsInput,
    MessageInput,
    SendMessageInput,
    ThreadFilter,
)
from weft_client.errors import (
    AbortedError,
    AlreadyHandledError,
    AnswerError,
    ConflictError,
    DisconnectedError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    ObjectInvalidError,
    ProtocolError,
    ProviderError,
    RateLimitedError,
    ServerError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedError,
    WeftError,
)
from weft_client.live import LiveThread, View
from weft_client.messages import (
    DataPart,
    FilePart,
    Message,
    MessageState,
    Part,
    ReasoningPart,
    Role,
    SourceDocumentPart,
    SourceUrlPart,
    StepStartPart,
    TextPart,
    ToolPart,
)
from weft_client.page import Page
from weft_client.rooms.streams import StreamWriter
from weft_client.sending import Sending, Sent
from weft_client.settings import Settings
from weft_client.status import Status
from weft_client.tokens import Token
from weft_client.weft import Weft

__all__ = [
    "UNSET",
    "AbortedError",
    "AlreadyHandledError",
    "AnswerError",
    "Approval",
    "ConflictError",
    "ContextItem",
    "ContextOptionsInput",
    "ContextPreviewInput",
    "CreateStreamInput",
    "DataPart",
    "DisconnectedError",
    "FilePart",
    "ForbiddenError",
    "GenerateObjectInput",
    "GenerateTextInput",
    "Generation",
    "GenerationOptionsInput",
    "GenerationStatus",
    "InvalidInputError",
    "LiveThread",
    "Message",
    "MessageInput",
    "MessageRole",
    "MessageState",
    "MessageStatus",
    "NotFoundError",
    "ObjectInvalidError",
    "Page",
    "Part",
    "PartState",
    "ProtocolError",
    "ProviderError",
    "RateLimitedError",
    "ReasoningPart",
    "Role",
    "SendMessageInput",
    "Sending",
    "Sent",
    "ServerError",
    "Settings",
    "SourceDocumentPart",
    "SourceUrlPart",
    "Status",
    "StepStartPart",
    "StoredMessage",
    "Stream",
    "StreamState",
    "StreamWriter",
    "TextPart",
    "Thread",
    "ThreadFilter",
    "ThreadOrder",
    "ThreadStatus",
    "Token",
    "TooLargeError",
    "ToolPart",
    "ToolState",
    "UnauthenticatedError",
    "UnavailableError",
    "UnsetType",
    "UnsupportedError",
    "Usage",
    "View",
    "Weft",
    "WeftError",
]

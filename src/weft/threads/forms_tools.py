"""The parts of a tool's call, its result and its approval, as they are stored."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Tag

from weft.threads.forms_parts import TAG, Form, Name, PartForm, Reference
from weft.threads.json_values import is_object


class ToolCall(PartForm):
    type: Literal["tool-call"]
    tool_call_id: Name
    tool_name: Name
    input: Any
    provider_executed: bool | None = None
    dynamic: bool | None = None
    title: str | None = None
    tool_metadata: dict[str, Any] | None = None


class ApprovalRequest(PartForm):
    type: Literal["tool-approval-request"]
    approval_id: Name
    tool_call_id: Name
    is_automatic: bool | None = None
    signature: str | None = None


class ApprovalResponse(PartForm):
    type: Literal["tool-approval-response"]
    approval_id: Name
    approved: bool
    reason: str | None = None
    provider_executed: bool | None = None


class _TextOutput(Form):
    type: Literal["text", "error-text"]
    value: str


class _JsonOutput(Form):
    type: Literal["json", "error-json"]
    value: Any


class _Denied(Form):
    type: Literal["execution-denied"]
    reason: str | None = None


class _Tagged(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _FileData(_Tagged):
    type: Literal["data"]
    data: str


class _FileUrl(_Tagged):
    type: Literal["url"]
    url: str


class _FileText(_Tagged):
    type: Literal["text"]
    text: str


class _ItemText(Form):
    type: Literal["text"]
    text: str


class _ItemFileId(Form):
    """The older form of a reference, where the id alone does not say whose it is."""

    type: Literal["file-id", "image-file-id"]
    file_id: str


class _ItemCustom(Form):
    type: Literal["custom"]


def _type_of(value: Any) -> str:
    """The tag of a form: its `type`, whatever else is wrong with it."""
    return f"{TAG}{value.get('type')}" if is_object(value) else TAG


class _ItemFile(Form):
    type: Literal["file"]
    data: Annotated[
        Annotated[_FileData, Tag(TAG + "data")]
        | Annotated[_FileUrl, Tag(TAG + "url")]
        | Annotated[_FileText, Tag(TAG + "text")]
        | Annotated[Reference, Tag(TAG + "reference")],
        Discriminator(_type_of),
    ]
    media_type: Name
    filename: str | None = None


_Item = Annotated[
    Annotated[_ItemText, Tag(TAG + "text")]
    | Annotated[_ItemFile, Tag(TAG + "file")]
    | Annotated[_ItemFileId, Tag(TAG + "file-id")]
    | Annotated[_ItemFileId, Tag(TAG + "image-file-id")]
    | Annotated[_ItemCustom, Tag(TAG + "custom")],
    Discriminator(_type_of),
]


class _ContentOutput(Form):
    type: Literal["content"]
    value: list[_Item]


Output = Annotated[
    Annotated[_TextOutput, Tag(TAG + "text")]
    | Annotated[_JsonOutput, Tag(TAG + "json")]
    | Annotated[_TextOutput, Tag(TAG + "error-text")]
    | Annotated[_JsonOutput, Tag(TAG + "error-json")]
    | Annotated[_Denied, Tag(TAG + "execution-denied")]
    | Annotated[_ContentOutput, Tag(TAG + "content")],
    Discriminator(_type_of),
]


class ToolResult(PartForm):
    type: Literal["tool-result"]
    tool_call_id: Name
    tool_name: Name
    output: Output | None = None
    provider_executed: bool | None = None
    dynamic: bool | None = None

"""What a caller left out is left out of the request too: the server's defaults are the server's."""

from typing import Any, TypeVar

from weft_client.api.base_model import UNSET, BaseModel

M = TypeVar("M", bound=BaseModel)


def lean(input: M) -> M:
    """The input without the fields that are None."""
    for name in [name for name in input.model_fields_set if getattr(input, name) is None]:
        input.__pydantic_fields_set__.discard(name)
    return input


def given(**fields: Any) -> dict[str, Any]:
    """The fields that were given; None is a value here, and clears."""
    return {name: value for name, value in fields.items() if value is not UNSET}

"""Reading a document that someone wrote: every field is asked for, and one that nobody asks for is refused."""

from collections.abc import Callable
from typing import Any, Final

from tests.atlas.refusals import Refused
from tests.atlas.values import as_doc, as_list, is_number, is_path

REQUIRED: Final = object()


class Fields:
    """The fields of `value`, which is at `path` of what was sent. `refuse` makes the error of a text."""

    def __init__(self, value: object, path: str, refuse: Callable[[str], Refused]) -> None:
        doc = as_doc(value)
        if doc is None:
            raise refuse(f'"{path}" must be a document')
        self.path = path
        self.refuse = refuse
        self._left = dict(doc)

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def wrong(self, name: str, text: str) -> Refused:
        return self.refuse(f'"{self.at(name)}" {text}')

    def names(self) -> list[str]:
        """The fields that nobody asked for yet."""
        return list(self._left)

    def take(self, name: str, default: Any = REQUIRED) -> Any:
        """The field's value, which is then asked for."""
        if name not in self._left:
            if default is REQUIRED:
                raise self.wrong(name, "is required")
            return default
        return self._left.pop(name)

    def text(self, name: str, default: Any = REQUIRED) -> str:
        return str(self._of(name, default, isinstance(self._peek(name, default), str), "a string"))

    def flag(self, name: str, default: Any = REQUIRED) -> bool:
        return bool(self._of(name, default, isinstance(self._peek(name, default), bool), "a boolean"))

    def integer(self, name: str, least: int, most: int, default: Any = REQUIRED) -> int:
        value = self._peek(name, default)
        whole = is_number(value) and float(value).is_integer()
        found = int(self._of(name, default, whole, "an integer"))
        if not least <= found <= most:
            raise self.wrong(name, f"must be within bounds [{least}, {most}]")
        return found

    def choice(self, name: str, choices: tuple[str, ...], default: Any = REQUIRED) -> str:
        found = self.text(name, default)
        if found not in choices:
            raise self.wrong(name, f"must be one of [{', '.join(choices)}]")
        return found

    def field_path(self, name: str) -> str:
        found = self.text(name)
        if not is_path(found):
            raise self.wrong(name, "must be the path of a field")
        return found

    def items(self, name: str, default: Any = REQUIRED) -> list[Any]:
        """An array that is not empty."""
        found = as_list(self._peek(name, default))
        self._of(name, default, found is not None, "an array")
        if not found:
            raise self.wrong(name, "cannot be empty")
        return found

    def done(self) -> None:
        """Refuses what is left."""
        for name in self._left:
            raise self.refuse(
                f'"{self.path}" unrecognized field "{name}"' if self.path else f'unrecognized field "{name}"'
            )

    def _peek(self, name: str, default: Any) -> Any:
        return self._left.get(name, default)

    def _of(self, name: str, default: Any, right: bool, kind: str) -> Any:
        value = self.take(name, default)
        if not right:
            raise self.wrong(name, f"must be {kind}")
        return value

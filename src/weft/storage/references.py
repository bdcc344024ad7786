"""Objects with a field `$ref`: the driver would read them as references of its own, or could not read them at all.

Callers' JSON may hold such (a JSON Schema does), so the field has another name in the database.
"""

from typing import Any, Final

from weft.threads.json_values import is_list, is_object

_NAME: Final = "$ref"
_STORED: Final = "\uff04ref"
MARK: Final = "refs"


def storable(doc: dict[str, Any]) -> dict[str, Any]:
    """The document as it can be stored; marked where a name was changed. Nearly always it is the same object."""
    changed = _renamed(doc, _NAME, _STORED)
    return doc if changed is doc else {**changed, MARK: True}


def restored(doc: dict[str, Any]) -> dict[str, Any]:
    """A document that was read as it was before it was stored."""
    return _renamed(doc, _STORED, _NAME) if MARK in doc else doc


def _renamed(value: Any, name: str, instead: str) -> Any:
    if is_object(value):
        changed = {key: _renamed(each, name, instead) for key, each in value.items()}
        if name in changed:
            return {instead if key == name else key: each for key, each in changed.items()}
        return value if all(changed[key] is value[key] for key in value) else changed
    if is_list(value):
        items = [_renamed(each, name, instead) for each in value]
        return value if all(mine is theirs for mine, theirs in zip(items, value, strict=True)) else items
    return value

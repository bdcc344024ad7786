"""What somebody may do with the schema itself. It is asked of every request, whatever is cached."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Privileges:
    """`explore`: introspection, and being told what may have been meant. `any_document`: one on no list, too."""

    explore: bool = True
    any_document: bool = True


ALL: Final = Privileges()

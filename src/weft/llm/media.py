"""Images and files of a message, in whichever of three ways they were given: address, data URL or bare base64."""

import base64
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from weft.llm.vendor import Vendor
from weft.threads.json_values import is_object
from weft.threads.messages import Part

# The first characters that base64 makes of each format's signature.
_SIGNATURES = {"iVBORw0KGgo": "image/png", "/9j/": "image/jpeg", "R0lGOD": "image/gif", "UklGR": "image/webp"}
_UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Media:
    """Either `url` (http or https) or `base64` is set."""

    media_type: str
    filename: str | None = None
    url: str | None = None
    base64: str | None = None

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def address(self) -> str:
        """The URL, or the content as a data URL."""
        return self.url or f"data:{self.media_type};base64,{self.base64}"


def media_of(part: Part, vendor: Vendor) -> Media:
    """The image or file that a part holds.

    Raises:
        ProviderError: an address that no provider could fetch.
    """
    source: object = part["image"] if part["type"] == "image" else part["data"]
    if not isinstance(source, str):
        raise vendor.unsupported("a file by reference; give an http(s) URL or its data")
    stated = part.get("mediaType") or ("image/*" if part["type"] == "image" else _UNKNOWN)
    filename = part.get("filename")
    if source.startswith(("http://", "https://")):
        return Media(stated, filename, url=source)
    if source.startswith("data:"):
        return _from_data_url(source, stated, filename, vendor)
    if "://" in source[:64]:
        raise vendor.unsupported(f"a file at a {source.partition(':')[0]}: address; give an http(s) URL or its data")
    return Media(_exact_type(stated, source), filename, base64=source)


def held_file(part: Part, vendor: Vendor) -> str | None:
    """The id by which this provider holds the file of a part already; None when the part has no such reference."""
    source: object = part["image"] if part["type"] == "image" else part["data"]
    held = source.get("reference") if is_object(source) else None
    if not is_object(held):
        return None
    # The files of a company are the same for all its APIs; without a name, an id is that of whoever is asked.
    ids = (held.get(name) for name in (vendor.provider, vendor.provider.partition("-")[0], ""))
    return next((id_ for id_ in ids if isinstance(id_, str)), None)


def exact_type(encoded: str, otherwise: str) -> str:
    """The type of an image by its first bytes in base64."""
    return next((exact for start, exact in _SIGNATURES.items() if encoded.startswith(start)), otherwise)


def _from_data_url(source: str, stated: str, filename: str | None, vendor: Vendor) -> Media:
    head, comma, body = source.removeprefix("data:").partition(",")
    if not comma:
        raise vendor.unsupported("a data: URL without a comma")
    media_type, *options = head.split(";")
    if "base64" not in options:
        body = base64.b64encode(unquote_to_bytes(body)).decode("ascii")
    return Media(_exact_type(media_type or stated, body), filename, base64=body)


def _exact_type(stated: str, encoded: str) -> str:
    if not stated.endswith("/*") and stated != _UNKNOWN:
        return stated
    return exact_type(encoded, stated)

"""Images and files in every way that a message may hold them."""

import pytest

from weft.errors import ProviderError
from weft.llm.media import Media, media_of
from weft.llm.openai_sdk import OPENAI
from weft.threads.messages import Part

GIF = "R0lGODlhAQABAAAAACw="


@pytest.mark.parametrize(
    ("part", "media"),
    [
        ({"type": "image", "image": "https://a.b/c"}, Media("image/*", url="https://a.b/c")),
        ({"type": "image", "image": GIF}, Media("image/gif", base64=GIF)),
        ({"type": "image", "image": "/9j/4AAQ", "mediaType": "image/*"}, Media("image/jpeg", base64="/9j/4AAQ")),
        ({"type": "image", "image": "UklGRg==", "mediaType": "image/x"}, Media("image/x", base64="UklGRg==")),
        ({"type": "image", "image": "AAAA"}, Media("image/*", base64="AAAA")),
        ({"type": "image", "image": f"data:image/png;base64,{GIF}"}, Media("image/png", base64=GIF)),
        ({"type": "file", "data": "data:,a%20b", "mediaType": "text/plain"}, Media("text/plain", base64="YSBi")),
        (
            {"type": "file", "data": "data:text/csv;charset=utf-8;base64,YQ==", "mediaType": "text/x", "filename": "f"},
            Media("text/csv", "f", base64="YQ=="),
        ),
    ],
)
def test_reads(part: Part, media: Media) -> None:
    assert media_of(part, OPENAI) == media


@pytest.mark.parametrize("source", ["file:///etc/passwd", "ftp://a.b/c", "data:image/png;base64"])
def test_what_no_provider_could_fetch_is_refused(source: str) -> None:
    with pytest.raises(ProviderError, match="cannot be given") as raised:
        media_of({"type": "image", "image": source}, OPENAI)
    assert raised.value.provider_code == "unsupported_content"
